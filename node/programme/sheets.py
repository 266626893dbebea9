"""The sheet of a week as words: what stands on the notice board, on the page and in the PDF alike.

Rule: one page of A4. The more is on, the less is said of each: first the sentences go, then
the sheet gets two columns.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from importlib import import_module
from itertools import groupby
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from node.centre.models import Centre
from node.programme.models import Event
from shared.records.events import EventState, Registration
from shared.web import vocabulary, zone
from shared.web.filters import local_date, local_datetime, local_time, money, weekday_date
from shared.web.languages import language

ROOMY_MAX, DENSE_MAX = 14, 22  # events on a page with their sentences, without; beyond: in two columns
_PAPER = Path(__file__).parent / "paper" / "sheet.typ"


@dataclass(frozen=True)
class Item:
    """An event on the sheet. `off` says that it is cancelled and why; then nothing else is said."""

    id: str
    time: str
    name: str
    summary: str
    about: str
    cancelled: bool
    off: str


@dataclass(frozen=True)
class Day:
    name: str
    events: Sequence[Item]


@dataclass(frozen=True)
class Sheet:
    title: str
    house: str
    foot: str
    density: str
    language: str
    days: Sequence[Day]


def sheet_of(
    events: Sequence[Event],
    days: tuple[date, date],
    centre: Centre | None,
    names: Mapping[str, str],
    *,
    now: datetime,
) -> Sheet:
    """Return the sheet of `events` (by time) from the first to the last of `days`; `names` are those of the spaces."""
    density = "roomy" if len(events) <= ROOMY_MAX else "dense" if len(events) <= DENSE_MAX else "tight"
    by_day = groupby(events, lambda event: event.starts_at.astimezone(zone()).date())
    return Sheet(
        title=_("Programme from %(first)s to %(last)s", first=local_date(days[0]), last=local_date(days[1])),
        house=centre.name if centre else "",
        foot=" · ".join(part for part in (*_address(centre), _("As of %(time)s", time=local_datetime(now))) if part),
        density=density,
        language=language(),
        days=[Day(weekday_date(day), [_item(event, names, density) for event in some]) for day, some in by_day],
    )


def pdf_of(sheet: Sheet) -> bytes:
    """Return the sheet as a PDF of one page."""
    # Loaded when the first paper is made: most houses print once a week, and it takes 7 MB.
    made: Any = import_module("typst").compile(_PAPER.read_bytes(), sys_inputs={"sheet": json.dumps(asdict(sheet))})
    return bytes(made)


def _item(event: Event, names: Mapping[str, str], density: str) -> Item:
    cancelled = event.state == EventState.CANCELLED
    off = _("Cancelled: %(reason)s", reason=event.cancel_reason) if event.cancel_reason else _("Cancelled")
    return Item(
        id=event.id,
        time=f"{local_time(event.starts_at)}–{local_time(event.ends_at)}",
        name=event.title,
        summary=event.summary if density == "roomy" and not cancelled else "",
        about="" if cancelled else " · ".join(part for part in _about(event, names) if part),
        cancelled=cancelled,
        off=off if cancelled else "",
    )


def _about(event: Event, names: Mapping[str, str]) -> Iterable[str]:
    yield names.get(event.space_id or "", "")
    yield event.place
    yield vocabulary.ages(event.age_min, event.age_max)
    if event.cost_cents == 0:
        yield _("free of charge")
    elif event.cost_cents:
        yield money(event.cost_cents)
    yield event.cost_note
    if event.registration != Registration.NONE:
        yield str(vocabulary.REGISTRATION.get(event.registration, event.registration))
    if event.partners:
        yield _("with %(partners)s", partners=event.partners)


def _address(centre: Centre | None) -> tuple[str, ...]:
    if centre is None:
        return ()
    return centre.name, centre.street, f"{centre.postcode} {centre.town}".strip(), centre.phone, centre.email
