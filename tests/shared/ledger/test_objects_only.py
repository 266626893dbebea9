"""Nobody writes replicated tables past the session's objects; else a change would never travel."""

import ast
from pathlib import Path

import pytest

from shared.records.catalogue import COLLECTIONS

ROOT = Path(__file__).parents[3]
NAMES = {collection.name for collection in COLLECTIONS}
VERBS = (
    "insert into ",
    "update ",
    "delete from ",
    "replace into ",
    "insert or ignore into ",
    "insert or replace into ",
)
BULK_CALLS = {"insert", "update", "delete", "bulk_insert_mappings", "bulk_update_mappings", "bulk_save_objects"}


def sources() -> list[Path]:
    """Return the programs of both sites; migrations change tables before anybody is watching."""
    found = [path for side in ("node", "hub") for path in sorted((ROOT / side).rglob("*.py"))]
    assert len(found) > 20
    return [path for path in found if "migrations" not in path.parts]


def replicated_classes() -> set[str]:
    """Return the names of the mapped classes that are made from a collection's columns."""
    mixins = {collection.columns.__name__ for collection in COLLECTIONS}
    found = set()
    for path in sources():
        for item in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(item, ast.ClassDef) and mixins & {ast.unparse(base) for base in item.bases}:
                found.add(item.name)
    return found


def offences(text: str, classes: set[str]) -> list[str]:
    """Return statements in a program that write a replicated table without its objects."""
    found = []
    for item in ast.walk(ast.parse(text)):
        if isinstance(item, ast.Constant) and isinstance(item.value, str):
            words = " ".join(item.value.lower().split())
            found += [words for verb in VERBS for name in NAMES if words.startswith(f"{verb}{name}")
                      and not words[len(verb) + len(name) :][:1].isidentifier()]  # fmt: skip
        if isinstance(item, ast.Call):
            called = item.func.attr if isinstance(item.func, ast.Attribute) else getattr(item.func, "id", "")
            first = ast.unparse(item.args[0]).split(".") if item.args else []
            if called in BULK_CALLS and set(first[:2]) & classes:
                found.append(ast.unparse(item))
    return found


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_program_writes_past_the_objects(path: Path) -> None:
    """Neither raw SQL nor a bulk statement on a replicated table stands in either site."""
    assert offences(path.read_text(encoding="utf-8"), replicated_classes()) == []


@pytest.mark.parametrize(
    "text",
    [
        'session.execute(text("UPDATE bookings SET state = 1"))',
        'session.execute(text("delete  from\\n events"))',
        "session.execute(update(Booking).values(state=1))",
        "session.execute(delete(models.Booking))",
        "connection.execute(sqlalchemy.insert(Booking.__table__))",
        "session.bulk_insert_mappings(Booking, rows)",
    ],
)
def test_the_search_finds_what_it_looks_for(text: str) -> None:
    """A search that finds nothing proves nothing."""
    assert offences(text, {"Booking"})


@pytest.mark.parametrize(
    "text", ['text("UPDATE bookings_seen SET a = 1")', "session.delete(booking)", "select(Booking)"]
)
def test_the_search_leaves_honest_programs_alone(text: str) -> None:
    """Other tables and the session's own delete are none of its business."""
    assert offences(text, {"Booking"}) == []
