"""Everything about one person: found over all kinds, exported, erased.

Rule: the log tells that somebody looked, exported or erased, of which kind and record; never
whom. What was typed to find the person is kept nowhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from node.core import audit, erasures
from node.core.privacy import Finding, PersonalData, Registry
from node.privacy.refusals import NeedleTooShort
from shared.errors import Refusal

NEEDLE_LENGTH_MIN = 3
SEARCHED, EXPORTED, ERASED = "searched", "exported", "erased"
_TABLE = "privacy"


@dataclass(frozen=True)
class Chosen:
    """A record of the person: its kind and its id, as a form carries them."""

    data: PersonalData
    id: str

    @property
    def value(self) -> str:
        return f"{self.data.key}:{self.id}"


@dataclass(frozen=True)
class Shown:
    """A record and all that is kept in it."""

    chosen: Chosen
    content: Any


@dataclass(frozen=True)
class Kept:
    """A record that cannot be erased yet, and why."""

    chosen: Chosen
    refusal: Refusal


def search(session: Session, registry: Registry, needle: str) -> list[tuple[PersonalData, Sequence[Finding]]]:
    """Return what each kind has about whoever the needle fits; raise NeedleTooShort."""
    needle = " ".join(needle.split())
    if len(needle) < NEEDLE_LENGTH_MIN:
        raise NeedleTooShort(NEEDLE_LENGTH_MIN)
    found = [(data, data.find(session, needle)) for data in registry]
    return [(data, findings) for data, findings in found if findings]


def chosen_of(registry: Registry, values: Sequence[str]) -> list[Chosen]:
    """Return what a form chose, each once; unknown kinds are left out."""
    parted = [value.partition(":") for value in dict.fromkeys(values)]
    return [Chosen(registry.kinds[key], record_id) for key, _colon, record_id in parted if key in registry.kinds]


def export(session: Session, wanted: Sequence[Chosen]) -> list[Shown]:
    """Return all that is kept in the records that were chosen; what is gone meanwhile is left out."""
    contents = [(chosen, chosen.data.export(session, chosen.id)) for chosen in wanted]
    return [Shown(chosen, content) for chosen, content in contents if content]


def erase(session: Session, wanted: Sequence[Chosen], *, now: datetime) -> list[Kept]:
    """Forget the person in the records that were chosen; return those that cannot be erased yet."""
    kept = []
    for chosen in wanted:
        savepoint = session.begin_nested()
        try:
            chosen.data.erase(session, chosen.id, now)
            savepoint.commit()
        except Refusal as refusal:
            savepoint.rollback()
            kept.append(Kept(chosen, refusal))
            continue
        note(session, ERASED, [chosen], now=now)
        erasures.note(session, chosen.data.key, chosen.id, now)
    return kept


def note(session: Session, action: str, wanted: Sequence[Chosen], *, now: datetime) -> None:
    """Note in the log what was done to which records; a search has none."""
    for chosen in wanted:
        audit.note(session, action, chosen.data.key, chosen.id, now=now)


def note_search(session: Session, *, now: datetime) -> None:
    audit.note(session, SEARCHED, _TABLE, "", now=now)
