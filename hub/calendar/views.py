"""The calendar of the city, where every visitor begins: what is on in all houses, as a list, a month, an event."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from hub.announcements import queries as announcement_queries
from hub.calendar import months, queries, search
from hub.calendar.filters import to_arguments
from hub.calendar.forms import CalendarForm
from hub.calendar.json_ld import json_ld
from hub.calendar.showing import Shown, shown, weekday_name
from hub.calendar.wishes import Step, Wish, address, frame, moved, read_wish
from hub.core.db import reading
from hub.network import queries as network_queries
from hub.programme import queries as programme_queries
from hub.spaces import queries as space_queries
from shared.records.events import Registration
from shared.time import local_day, now
from shared.web import pagination, vocabulary, zone
from shared.web.filters import month as month_name
from shared.web.languages import DEFAULT, language

pages = Blueprint(
    "calendar", __name__, template_folder="templates", static_folder="static", static_url_path="/kalender/static"
)
DAYS_OF_WEEK = 7


@pages.get("/kalender")
def agenda() -> str:
    """Show the list, 50 a page, from a day on."""
    at = now()
    with reading() as session:
        form, wish = read_wish(session, at)
        starts, _ = wish.interval
        found = _page(session, wish, pagination.wanted(request.args.get(pagination.ARGUMENT)))
        begun = [] if found.page > 1 or wish.hour else queries.lasting(session, wish.filters, starts, starts)
        return render_template(
            "calendar/agenda.html",
            **frame(session, form, wish, at),
            page=found,
            more_than=queries.COUNTED_MAX if found.total > queries.COUNTED_MAX else 0,
            days=_by_day(shown(session, found.items)),
            begun=shown(session, begun),
            waiting=search.waiting(session) if wish.filters.words else 0,
            announcements=announcement_queries.for_the_public(session, at),
            shortcuts=_shortcuts(wish),
            steps_of=_steps(wish),
        )


@pages.get("/monat")
def month() -> str:
    """Show a month as a table; a phone shows it as a list of days."""
    at = now()
    with reading() as session:
        form, wish = read_wish(session, at)
        first, day = _month(form, wish)
        days = months.days_shown(first)
        found = queries.by_day(session, wish.filters, days, zone(), shown=months.ROOM_PER_DAY)
        starts, ends = local_day(days[0], zone())[0], local_day(days[-1], zone())[1]
        lasting = queries.lasting(session, wish.filters, starts, ends, limit=queries.LASTING_MAX)
        weeks = months.weeks(first, found, lasting, wish.today, zone())
        return render_template(
            "calendar/month.html",
            **frame(session, form, wish, at),
            first=first,
            day=day,
            month_name=month_name(first),
            weekdays=[weekday_name(each) for each in days[: months.DAYS_OF_WEEK]],
            before=_month_step(wish, months.month_before(first), gettext("Previous month")),
            after=_month_step(wish, months.next_month(first), gettext("Next month")),
            here=_month_step(wish, wish.today, gettext("This month")),
            weeks=weeks,
            number=sum(day.number for week in weeks for day in week if day.in_month),
            told=told(session, [entry.event for week in weeks for day in week for entry in day.first]),
        )


@pages.get("/veranstaltung/<centre_id>/<event_id>")
def event_page(centre_id: str, event_id: str) -> str:
    """Show one event under its lasting address; `text` asks for what the house says in another language."""
    at = now()
    with reading() as session:
        row = queries.find_event(session, centre_id, event_id) or abort(404)
        said = programme_queries.all_words(session, [row]).get((centre_id, event_id), {})
        wanted = request.args.get("text", "")
        (each,) = shown(session, [row], wanted if wanted in (*said, DEFAULT) else language())
        here = url_for("calendar.event_page", centre_id=centre_id, event_id=event_id, _external=True)
        return render_template(
            "calendar/event.html",
            shown=each,
            event=row,
            space=space_queries.name_of(session, centre_id, row.space_id),
            further=queries.further_dates(session, row, at),
            languages=_languages(each, sorted(said)),
            registration_over=_registration_over(row, at),
            json_ld=json_ld(each, here, zone(), said),
            words=vocabulary,
            over=row.ends_at < at,
            has_left=centre_id in network_queries.revoked(session),
        )


def _month(form: CalendarForm, wish: Wish) -> tuple[date, date]:
    """Return the first day of the wished month, and the day that other views go on with from there."""
    if request.args.get("tag"):
        return wish.day.replace(day=1), wish.day
    first = months.month_of(request.args.get("monat"), wish.today)
    day = wish.today if wish.today.replace(day=1) == first else first
    form.tag.data = day  # type: ignore[assignment]
    return first, day


def told(session: Session, rows: list[Any]) -> dict[tuple[str, str], Shown]:
    """Return by (centre, event) what a table shows of these events."""
    different = {(row.centre_id, row.id): row for row in rows}
    return {(each.event.centre_id, each.event.id): each for each in shown(session, different.values())}


def _languages(each: Shown, translated: list[str]) -> list[tuple[str, Any, bool]]:
    """Return (code, name, is it shown) of the languages that the event has texts in; none if it has just one."""
    spoken = each.language if each.words else DEFAULT
    names = vocabulary.LANGUAGES
    return [(code, names.get(code, code), code == spoken) for code in (DEFAULT, *translated)] if translated else []


def _registration_over(row: Any, at: Any) -> bool:
    closes_at = row.registration_closes_at or row.starts_at
    return bool(row.registration != Registration.NONE and closes_at < at)


def _page(session: Session, wish: Wish, number: int) -> pagination.Page[Any]:
    """Return the wished page; the list ends where counting does."""
    starts, ends = wish.interval
    total = queries.count(session, wish.filters, starts, ends)
    last = max(1, -(-min(total, queries.COUNTED_MAX) // pagination.PER_PAGE))
    number = min(number, last)
    offset = (number - 1) * pagination.PER_PAGE
    rows = queries.listed(session, wish.filters, starts, ends, offset=offset, limit=pagination.PER_PAGE)
    return pagination.Page(rows, number, total)


def _by_day(events: list[Shown]) -> list[tuple[date, list[Shown]]]:
    days: dict[date, list[Shown]] = {}
    for each in events:
        days.setdefault(each.event.starts_at.astimezone(zone()).date(), []).append(each)
    return list(days.items())


def _steps(wish: Wish) -> tuple[Step, Step]:
    """Return the ways to the days before and after: as many as are shown, a week where the end is open."""
    length = (wish.until - wish.since).days + 1 if wish.until else DAYS_OF_WEEK
    back, on = moved(wish.since, -length), moved(wish.since, length)
    return _list_step(wish, back, length, gettext("Earlier")), _list_step(wish, on, length, gettext("Later"))


def _list_step(wish: Wish, since: date, length: int, label: str) -> Step:
    until = {"bis": moved(since, length - 1).isoformat()} if wish.until else {}
    return Step(label, address("calendar.agenda", wish.filters, ab=since.isoformat(), **until))


def _month_step(wish: Wish, day: date, label: str) -> Step:
    here = f"{day.year:04}-{day.month:02}"
    return Step(label, address("calendar.month", wish.filters, monat=here))


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
