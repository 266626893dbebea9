"""A timetable on paper: one page of A4, on its side, as a PDF.

Rule: it is always one page. The sheets (`paper/*.typ`) make the letters smaller until all fits.
"""

import json
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from node.bookings.labels import KINDS
from node.timetable.labels import how_often, tag_of, times, title_of, wall
from node.timetable.week import STEP_MIN, Block, Hours, Piece, Row, Week
from shared.records.bookings import BookingKind
from shared.web.filters import local_date, local_datetime, short_date
from shared.web.languages import language
from shared.web.vocabulary import WEEKDAYS

_PAPER = Path(__file__).parent / "paper"


def title_of_week(week: Week, *, ordinary: bool) -> str:
    """`Week of 23.11. – 29.11.2026`, or `Ordinary week`."""
    if ordinary:
        return str(_("Ordinary week"))
    return str(_("Week of %(first)s to %(last)s", first=short_date(week.days[0]), last=local_date(week.days[-1])))


def house_pdf(week: Week, house: str, *, at: datetime, ordinary: bool, public: bool = False) -> bytes:
    """Return the week of all spaces as a PDF of one page."""
    names = {row.space.id: row.space.name for row in week.rows}
    rows = [
        {
            "name": row.space.name,
            "level": row.level,
            "days": [[_entry(piece, names) for piece in day] for day in row.days],
        }
        for row in week.rows
    ]
    title = _("Room timetable")
    return _printed("house", _frame(week, title, house, at, ordinary=ordinary, public=public) | {"rows": rows})


def space_pdf(week: Week, row: Row, hours: Hours, house: str, *, at: datetime, ordinary: bool) -> bytes:
    """Return the week of one space by the hour as a PDF of one page."""
    names = {each.space.id: each.space.name for each in week.rows}
    lines = [
        {
            "hour": wall(hours.from_min + number * STEP_MIN) if number * STEP_MIN % 60 == 0 else "",
            "days": [_block(block, names) for block in line],
        }
        for number, line in enumerate(hours.lines)
    ]
    away = _("The guest space is not ours at that time.") if hours.has_limits else ""
    frame = _frame(week, row.space.name, house, at, ordinary=ordinary)
    return _printed("space", frame | {"lines": lines, "away": away})


def _frame(week: Week, title: str, house: str, at: datetime, *, ordinary: bool, public: bool = False) -> dict[str, Any]:
    """Return what stands around the table."""
    days = [str(name) if ordinary else short_date(day) for name, day in zip(WEEKDAYS, week.days, strict=True)]
    kinds = {BookingKind.PROGRAMME: KINDS[BookingKind.PROGRAMME]} if public else KINDS
    return {
        "title": title,
        "week": title_of_week(week, ordinary=ordinary),
        "house": house,
        "foot": _("As of %(time)s", time=local_datetime(at)),
        "language": language(),
        "space": _("Space"),
        "days": days,
        "legend": [{"kind": str(kind), "name": str(name)} for kind, name in kinds.items()],
    }


def _entry(piece: Piece, names: dict[str, str]) -> dict[str, str]:
    use = piece.use
    other = names.get(use.space_id, "") if piece.in_other else ""
    about = [] if piece.in_other else [tag_of(use), how_often(use)]
    return {
        "time": times(piece),
        "title": other or title_of(use),
        "kind": "other" if piece.in_other else use.kind,
        "about": ", ".join(part for part in about if part),
    }


def _block(block: Block | None, names: dict[str, str]) -> dict[str, Any] | None:
    if block is None:
        return None
    entries = [_entry(piece, names) | {"title": title_of(piece.use)} for piece in block.pieces]
    for entry, piece in zip(entries, block.pieces, strict=True):
        if piece.in_other:
            entry["about"] = names.get(piece.use.space_id, "")
    return {"lines": block.lines, "entries": entries, "ours": block.ours}


def _printed(paper: str, sheet: dict[str, Any]) -> bytes:
    # Loaded when the first paper is made: most houses print once a week, and it takes 7 MB.
    made: Any = import_module("typst").compile(
        (_PAPER / f"{paper}.typ").read_bytes(), sys_inputs={"sheet": json.dumps(sheet)}
    )
    return bytes(made)
