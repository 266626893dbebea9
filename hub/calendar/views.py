"""The calendar of the city, where every visitor begins: what is on in all houses, as a list, a month, an event."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from hub.announcements import queries as announcement_queries
from hub.calendar import months, queries, search
from hub.calendar.filters import Filters, from_arguments, to_arguments
from hub.calendar.forms import CalendarForm
from hub.calendar.json_ld import json_ld
from hub.calendar.showing import shown, title_of, weekday_name
from hub.centres import queries as centre_queries
from hub.city import queries as city_queries
from hub.core.db import reading
from hub.network import queries as network_queries
from hub.spaces import queries as space_queries
from hub.themes import queries as theme_queries
from shared.time import local_day, now
from shared.web import pagination, vocabulary, zone
from shared.web.filters import month as month_name
from shared.web.languages import language

pages = Blueprint(
    "calendar", __name__, template_folder="templates", static_folder="static", static_url_path="/kalender/static"
)

STALE_AFTER = timedelta(hours=36)  # a house that is off for a day and a night is not yet late


@dataclass(frozen=True)
class Wish:
    """What an address asks for: filters and days. `until` is the last day, None for an open end."""

    filters: Filters
    since: date
    until: date | None
    today: date

    @property
    def interval(self) -> tuple[datetime, datetime | None]:
        return local_day(self.since, zone())[0], local_day(self.until, zone())[1] if self.until else None


@pages.get("/kalender")
def agenda() -> str:
    """Show the list, 50 a page, from a day on."""
    at = now()
    with reading() as session:
        form, wish = _wish(session, at)
        starts, _ = wish.interval
        found = _page(session, wish, pagination.wanted(request.args.get(pagination.ARGUMENT)))
        begun = [] if found.page > 1 else queries.lasting(session, wish.filters, starts, starts)
        return render_template(
            "calendar/agenda.html",
            **_frame(session, form, wish, at),
            page=found,
            more_than=queries.COUNTED_MAX if found.total > queries.COUNTED_MAX else 0,
            days=_by_day(shown(session, found.items)),
            begun=shown(session, begun),
            waiting=search.waiting(session) if wish.filters.words else 0,
            announcements=announcement_queries.for_the_public(session, at),
            shortcuts=_shortcuts(wish),
        )


@pages.get("/monat")
def month() -> str:
    """Show a month as a table; a phone shows it as a list of days."""
    at = now()
    with reading() as session:
        form, wish = _wish(session, at)
        first = months.month_of(request.args.get("monat"), wish.today)
        days = months.days_shown(first)
        found = queries.by_day(session, wish.filters, days, zone(), shown=months.ROOM_PER_DAY)
        starts, ends = local_day(days[0], zone())[0], local_day(days[-1], zone())[1]
        lasting = queries.lasting(session, wish.filters, starts, ends)
        weeks = months.weeks(first, found, lasting, wish.today, zone())
        names = dict(centre_queries.names(session))
        return render_template(
            "calendar/month.html",
            **_frame(session, form, wish, at),
            first=first,
            month_name=month_name(first),
            weekdays=[weekday_name(day) for day in days[: months.DAYS_OF_WEEK]],
            before=months.month_before(first),
            after=months.next_month(first),
            weeks=weeks,
            number=sum(day.number for week in weeks for day in week if day.in_month),
            names=names,
        )


@pages.get("/veranstaltung/<centre_id>/<event_id>")
def event_page(centre_id: str, event_id: str) -> str:
    """Show one event under its lasting address."""
    with reading() as session:
        row = queries.find_event(session, centre_id, event_id) or abort(404)
        (each,) = shown(session, [row])
        address = url_for("calendar.event_page", centre_id=centre_id, event_id=event_id, _external=True)
        return render_template(
            "calendar/event.html",
            shown=each,
            event=row,
            space=space_queries.name_of(session, centre_id, row.space_id),
            further=queries.further_dates(session, row, now()),
            json_ld=json_ld(each, address, zone()),
            words=vocabulary,
            over=row.ends_at < now(),
        )


def _wish(session: Session, at: datetime) -> tuple[CalendarForm, Wish]:
    form = CalendarForm().offer(
        city_queries.districts(session), centre_queries.names(session), theme_queries.labels(session, language())
    )
    form.validate()
    today = at.astimezone(zone()).date()
    since = form.ab.data or today
    until = form.bis.data if form.bis.data and form.bis.data >= since else None
    return form, Wish(from_arguments(request.args), since, until, today)


def _page(session: Session, wish: Wish, number: int) -> pagination.Page[Any]:
    """Return the wished page; the list ends where counting does."""
    starts, ends = wish.interval
    total = queries.count(session, wish.filters, starts, ends)
    last = max(1, -(-min(total, queries.COUNTED_MAX) // pagination.PER_PAGE))
    number = min(number, last)
    offset = (number - 1) * pagination.PER_PAGE
    rows = queries.listed(session, wish.filters, starts, ends, offset=offset, limit=pagination.PER_PAGE)
    return pagination.Page(rows, number, total)


def _by_day(events: list[Any]) -> list[tuple[date, list[Any]]]:
    days: dict[date, list[Any]] = {}
    for each in events:
        days.setdefault(each.event.starts_at.astimezone(zone()).date(), []).append(each)
    return list(days.items())


def _frame(session: Session, form: CalendarForm, wish: Wish, at: datetime) -> dict[str, Any]:
    """Return what the list and the month both show around themselves."""
    arguments = to_arguments(wish.filters)
    return {
        "form": form,
        "wish": wish,
        "arguments": arguments,
        "active": _active(form, wish.filters),
        "title": title_of(session, wish.filters),
        "feed_url": url_for("calendar_feeds.feed", _external=True, **arguments),
        "at": at,
        "late": _late(session, at),
    }


def _late(session: Session, at: datetime) -> list[tuple[str, datetime | None]]:
    """Return the centres whose dates may be out of date, and since when."""
    expected = network_queries.expected_centres(session)
    return [(one.name, one.as_of) for one in expected if one.as_of is None or at - one.as_of > STALE_AFTER]


def _active(form: CalendarForm, filters: Filters) -> list[tuple[str, str, str]]:
    """Return (label, value in words, argument) of each filter that is set."""
    active = []
    for argument, value in to_arguments(filters).items():
        field = form[argument]
        labels = {choice.value: choice.label for choice in getattr(field, "choices", None) or ()}
        active.append((str(field.label.text), "" if value == "1" else str(labels.get(value, value)), argument))
    return active


def _shortcuts(wish: Wish) -> list[tuple[str, dict[str, Any], bool]]:
    """Return (label, arguments, is it shown) of the stretches of time that people ask for most."""
    today = wish.today
    saturday = today if today.weekday() in (5, 6) else today + timedelta(days=5 - today.weekday())
    sunday = saturday + timedelta(days=6 - saturday.weekday())
    monday = today + timedelta(days=7 - today.weekday())
    stretches = (
        (gettext("From today"), today, None),
        (gettext("Today"), today, today),
        (gettext("Tomorrow"), today + timedelta(days=1), today + timedelta(days=1)),
        (gettext("Weekend"), saturday, sunday),
        (gettext("Next week"), monday, monday + timedelta(days=6)),
    )
    arguments = to_arguments(wish.filters)
    return [
        (
            label,
            {**arguments, "ab": since.isoformat(), **({"bis": until.isoformat()} if until else {})},
            (since, until) == (wish.since, wish.until),
        )
        for label, since, until in stretches
    ]
