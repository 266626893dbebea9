"""Calls about events: the list with every filter of the calendar, and one event."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import force_locale
from marshmallow import fields, validate
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from hub.api.desk import answered, as_dict, calls, day_wanted
from hub.calendar import queries
from hub.calendar.filters import ARGUMENTS, from_arguments
from hub.calendar.showing import Shown, shown
from hub.programme import queries as programme_queries
from hub.programme.models import Event
from shared.time import from_wire, local_day, now, to_wire
from shared.web import zone
from shared.web.calls import Problem
from shared.web.languages import DEFAULT
from shared.web.shapes import Shape, columns_shape

api = calls("events", "Offers and events of all houses, each date by itself; cancelled ones stay.")

PER_PAGE = 50
PER_PAGE_MAX = 200
_AT = "~"  # between the instant and the number in a cursor
_ABOUT = {
    "words": "Words that must all occur; a beginning finds the word",
    "district": "Name of a district",
    "quarter": "Name of a quarter",
    "centre": "Id of a house",
    "theme": "Key of a theme, see /api/1/city/themes",
    "target_group": "A target group: children, youth, families, seniors …",
    "language": "A language in which it takes place: de, tr, ar …",
    "kind": "offer, event, open_meeting, consultation, politician_surgery",
    "age": "Somebody's age in years: what is open to them",
    "access": "An accessibility feature: step_free, induction_loop …",
    "free": "1: free of charge only",
    "online": "1: only what can be joined from home",
    "registration": "1: only where one can have a place kept",
}


class Where(Shape):
    """The house where something takes place."""

    centre_id = fields.String()
    name = fields.String()
    district = fields.String()
    quarter = fields.String()
    street = fields.String()
    postcode = fields.String()
    town = fields.String()
    latitude = fields.Float(allow_none=True)
    longitude = fields.Float(allow_none=True)


class Said(Shape):
    """What an event says in another language."""

    title = fields.String()
    summary = fields.String()
    description = fields.String()


class Twin(Shape):
    """The same event as another house publishes it."""

    centre_id = fields.String()
    event_id = fields.String()
    house = fields.String()
    cancelled = fields.Boolean()


EventShown = columns_shape(
    Event,
    "Event",
    queries.SHOWN,
    url=fields.URL(),
    theme_label=fields.String(),
    where=fields.Nested(Where),
    also_by=fields.List(fields.Nested(Twin)),
    translations=fields.Dict(keys=fields.String(), values=fields.Nested(Said)),
)


class EventPage(Shape):
    """A page of the list. `next` is what to send as `weiter` for the next page, null at the end."""

    items = fields.List(fields.Nested(EventShown))
    next = fields.String(allow_none=True)
    time_zone = fields.String(metadata={"description": "The zone of `ab` and `bis`; instants are in UTC."})


_FILTERS: dict[str, Any] = {
    argument: fields.String(load_default="", metadata={"description": _ABOUT.get(name, "")})
    for name, argument in ARGUMENTS.items()
}
_Narrowed: Any = Shape.from_dict(_FILTERS, name="Narrowed")


class EventsWanted(_Narrowed):  # type: ignore[misc]
    """The filters are those of the calendar's pages, in the same arguments."""

    ab = day_wanted("First day, 2026-11-23; today if left out")
    bis = day_wanted("Last day; no end if left out")
    anzahl = fields.Integer(load_default=PER_PAGE, validate=validate.Range(1, PER_PAGE_MAX))
    weiter = fields.String(load_default="", metadata={"description": "`next` of the page before"})


@api.get("")
@api.arguments(EventsWanted, location="query")
@api.response(200, EventPage)
@answered(EventsWanted)
def events(session: Session, asked: dict[str, Any]) -> Any:
    """List events that start from a day on, in the order of their start."""
    first = asked["ab"] or now().astimezone(zone()).date()
    starts = local_day(first, zone())[0]
    ends = local_day(asked["bis"], zone())[1] if asked["bis"] else None
    skipped = 0
    if asked["weiter"]:
        starts, skipped = _place_of(asked["weiter"])
    filters = from_arguments(MultiDict({name: asked[name] for name in ARGUMENTS.values()}))
    number = asked["anzahl"]
    rows = queries.listed(session, filters, starts, ends, offset=skipped, limit=number + 1, columns=queries.SHOWN)
    return {
        "items": written(session, rows[:number]),
        "next": _cursor(rows[:number], starts, skipped) if len(rows) > number else None,
        "time_zone": str(zone()),
    }


@api.get("/<centre_id>/<event_id>")
@api.response(200, EventShown)
@answered()
def event(session: Session, centre_id: str, event_id: str) -> Any:
    """Show one event."""
    row = queries.find_event(session, centre_id, event_id)
    if row is None:
        raise Problem(404, "event_unknown", "There is no such event, or its house has withdrawn it.")
    (found,) = written(session, [row])
    return found


def written(session: Session, rows: Any) -> list[dict[str, Any]]:
    """Return events as the API writes them."""
    with force_locale(DEFAULT):
        events = shown(session, rows)
    said = programme_queries.all_words(session, rows)
    return [
        {
            **_written(each),
            "also_by": [asdict(twin) for twin in each.also],
            "translations": {language: words._asdict() for language, words in said.get(key, {}).items()},
        }
        for each in events
        for key in [(each.event.centre_id, each.event.id)]
    ]


def _written(each: Shown) -> dict[str, Any]:
    event = each.event
    return {
        **as_dict(event),
        "url": url_for("calendar.event_page", centre_id=event.centre_id, event_id=event.id, _external=True),
        "theme_label": each.theme,
        "where": each.place._asdict(),
    }


def _cursor(rows: Any, starts: datetime, skipped: int) -> str:
    """Return where the next page begins: at the start of the last event given, after those of that instant."""
    last = rows[-1].starts_at
    given = sum(row.starts_at == last for row in rows)
    return f"{to_wire(last)}{_AT}{given + skipped if last == starts else given}"


def _place_of(cursor: str) -> tuple[datetime, int]:
    instant, _, number = cursor.partition(_AT)
    try:
        if not (number.isascii() and number.isdecimal() and len(number) <= 6):
            raise ValueError(number)
        return from_wire(instant), int(number)
    except ValueError as error:
        raise Problem(422, "cursor_unknown", "`weiter` is taken from `next` of the page before.") from error
