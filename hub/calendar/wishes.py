"""What an address asks the calendar for, and the frame that all its views have around them.

Rule: the choices of a form are few, however many houses the city has: quarters and houses can be
chosen once a district is, or where there are not many.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import request, url_for
from sqlalchemy.orm import Session

from hub.calendar.filters import Filters, from_arguments, to_arguments
from hub.calendar.forms import CalendarForm
from hub.calendar.showing import title_of
from hub.centres import queries as centre_queries
from hub.city import queries as city_queries
from hub.network import queries as network_queries
from hub.themes import queries as theme_queries
from shared.time import YEARS, at_local, local_day
from shared.web import zone
from shared.web.languages import language

STALE_AFTER = timedelta(hours=36)  # a house that is off for a day and a night is not yet late
CHOICES_MAX = 60  # more than that is no choice, and a slow page


@dataclass(frozen=True)
class Wish:
    """What an address asks for: filters and days. `until` is the last day, None for an open end.

    `hour`: the list begins at this hour of its first day. `day` is the one day that another view
    of the same would show.
    """

    filters: Filters
    since: date
    until: date | None
    today: date
    day: date
    hour: int = 0

    @property
    def interval(self) -> tuple[datetime, datetime | None]:
        begins = local_day(self.since, zone())[0]
        if self.hour:
            begins = at_local(self.since, datetime.min.time().replace(hour=self.hour), zone())
        return begins, local_day(self.until, zone())[1] if self.until else None


@dataclass(frozen=True)
class Step:
    """A link to another stretch of time."""

    label: str
    address: str


def read_wish(session: Session, at: datetime) -> tuple[CalendarForm, Wish]:
    """Return the form and what it asks for."""
    filters = from_arguments(request.args)
    form = CalendarForm().offer(
        city_queries.districts(session),
        _centres(session, filters),
        theme_queries.labels(session, language()),
        _quarters(session, filters),
    )
    form.validate()
    today = at.astimezone(zone()).date()
    since = form.ab.data or today
    until = form.bis.data if form.bis.data and form.bis.data >= since else None
    if not form.tag.raw_data:
        form.tag.data = since  # type: ignore[assignment]
    return form, Wish(filters, since, until, today, form.tag.data or since, _hour(request.args.get("um")))


def frame(session: Session, form: CalendarForm, wish: Wish, at: datetime) -> dict[str, Any]:
    """Return what all views of the calendar show around themselves."""
    arguments = to_arguments(wish.filters)
    return {
        "form": form,
        "wish": wish,
        "arguments": arguments,
        "active": _active(form, wish.filters),
        "title": title_of(session, wish.filters),
        "feed_url": url_for("calendar_feeds.feed", _external=True, **arguments),
        "at": at,
        "late": late_houses(session, at),
    }


def late_houses(session: Session, at: datetime, centre_id: str = "") -> list[tuple[str, datetime | None]]:
    """Return the centres (or just this one) whose dates may be out of date, and since when."""
    expected = [one for one in network_queries.expected_centres(session) if centre_id in ("", one.centre_id)]
    return [(one.name, one.as_of) for one in expected if one.as_of is None or at - one.as_of > STALE_AFTER]


def address(endpoint: str, filters: Filters, **more: Any) -> str:
    """Return the address of a view with these filters."""
    arguments: dict[str, Any] = {**to_arguments(filters), **more}
    return url_for(endpoint, **arguments)


def moved(day: date, days: int) -> date:
    """Return another day; one beyond the years that dates can have stays where it is."""
    first, last = date(YEARS[0] + 1, 1, 1), date(YEARS[1] - 1, 12, 31)
    return min(max(day, first) + timedelta(days=days), last) if days > 0 else max(day + timedelta(days=days), first)


def _hour(argument: str | None) -> int:
    return int(argument) if argument and argument.isdecimal() and len(argument) < 3 and int(argument) < 24 else 0


def _quarters(session: Session, filters: Filters) -> list[str]:
    found = [part.quarter for part in city_queries.quarters(session, filters.district)]
    return (
        found if filters.district or len(found) <= CHOICES_MAX else [name for name in found if name == filters.quarter]
    )


def _centres(session: Session, filters: Filters) -> Sequence[tuple[str, str]]:
    narrowed = bool(filters.district or filters.quarter)
    found = centre_queries.names_in(session, filters.district, filters.quarter, up_to=None if narrowed else CHOICES_MAX)
    if filters.centre and filters.centre not in dict(found):
        chosen = centre_queries.places(session, [filters.centre])[filters.centre]
        return [*found, (chosen.centre_id, chosen.name)] if chosen.name != chosen.centre_id else found
    return found


def _active(form: CalendarForm, filters: Filters) -> list[tuple[str, str, str]]:
    """Return (label, value in words, argument) of each filter that is set."""
    active = []
    for argument, value in to_arguments(filters).items():
        field = form[argument]
        labels = {choice.value: choice.label for choice in getattr(field, "choices", None) or ()}
        active.append((str(field.label.text), "" if value == "1" else str(labels.get(value, value)), argument))
    return active
