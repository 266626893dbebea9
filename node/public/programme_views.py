"""The programme for everyone: a list by days first, then the week and the month, and each event."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from flask import abort, render_template, request, url_for
from sqlalchemy.orm import Session

from node.centre import service as centres
from node.core.db import reading
from node.programme import service as programme
from node.programme.models import Event
from node.public import documents, grid, service
from node.public.service import Wanted
from node.public.views import pages
from node.registration import service as registration
from node.spaces import service as spaces
from node.themes import service as themes
from shared.records.events import Registration
from shared.time import local_day, now
from shared.web import pagination, zone
from shared.web.filters import local_time, short_date
from shared.web.filters import month as month_name
from shared.web.languages import language
from shared.web.vocabulary import LANGUAGES, TARGET_GROUPS, WEEKDAYS

__all__ = ["pages"]  # the same blueprint as in `views`, with these pages on it
PER_PAGE = 30
OTHER_DATES = 6


class Narrowing(NamedTuple):
    """The filters of a page: what is wanted, what can be chosen, and how an address keeps it."""

    wanted: Wanted
    themes: list[tuple[str, str]]
    labels: dict[str, str]
    arguments: dict[str, str]


@pages.get("/programm", endpoint="programme")
def programme_list() -> str:
    """List what is on, day by day and page by page."""
    at = now()
    with reading() as session:
        narrowing = narrowed(session, at)
        number = pagination.wanted(request.args.get(pagination.ARGUMENT))
        page = service.page_of(session, service.coming(at, narrowing.wanted), number, PER_PAGE)
        said = service.words_of(session, page.items, language())
        names = space_names(session)
    return _render(
        "public/programme.html",
        narrowing,
        page=page,
        days=_by_day(page.items, at),
        said=said,
        names=names,
        as_of_time=at,
        today=at.astimezone(zone()).date(),
    )


@pages.get("/programm/woche")
def week() -> str:
    """Show a week as seven columns; on a narrow screen they stand below each other."""
    at = now()
    today = at.astimezone(zone()).date()
    monday = grid.monday_of(request.args.get("tag"), today)
    days = (monday, monday + timedelta(days=6))
    before, after = ({"tag": (monday + timedelta(weeks=step)).isoformat()} for step in (-1, 1))
    return _grid_page("public/week.html", days, today, None, first=monday, last=days[1], before=before, after=after)


@pages.get("/programm/monat")
def month() -> str:
    """Show a month as a table of weeks."""
    at = now()
    today = at.astimezone(zone()).date()
    first = grid.month_of(request.args.get("monat"), today)
    before, after = ({"monat": f"{day:%Y-%m}"} for day in (grid.before(first), grid.after(first)))
    return _grid_page(
        "public/month.html",
        grid.days_of_month(first),
        today,
        first,
        name=month_name(first),
        here={"monat": f"{first:%Y-%m}"},
        before=before,
        after=after,
    )


@pages.get("/programm/<event_id>")
def event(event_id: str) -> str:
    """Show one event, in the reader's language where the house has written it."""
    at = now()
    with reading() as session:
        found = public_event(session, event_id)
        centre = centres.profile(session)
        names = space_names(session)
        labels = themes.theme_labels(session, language())
        said = programme.words_in(session, [found], language())[found.id]
        others = service.other_dates(session, found, at, OTHER_DATES)
        closed = registration.why_closed(found, at)
        places = registration.places_of(session, found) if found.registration != Registration.NONE else None
    return render_template(
        "public/event.html",
        event=found,
        said=said,
        theme=labels.get(found.theme, found.theme),
        space_name=names.get(found.space_id or "", ""),
        others=others,
        may_register=closed is None,
        has_ended=closed is registration.Closed.ENDED,
        places=places,
        linked=documents.event_linked(
            found, centre, place_of(found, names), url_for("public.event", event_id=found.id, _external=True)
        ),
    )


@pages.app_template_filter("clock")
def clock(starts_at: datetime, ends_at: datetime) -> str:
    """`10:00–12:00`, with the days where it begins and ends on different ones; for lists by day."""
    if starts_at.astimezone(zone()).date() == ends_at.astimezone(zone()).date():
        return f"{local_time(starts_at)}–{local_time(ends_at)}"
    return f"{short_date(starts_at)}, {local_time(starts_at)} – {short_date(ends_at)}, {local_time(ends_at)}"


def narrowed(session: Session, at: datetime) -> Narrowing:
    """Read the filters from the address; what nobody offers is as if it were not asked for."""
    labels = themes.theme_labels(session, language())
    offered = [(key, labels.get(key, key)) for key in service.themes_in_use(session, at)]
    asked = request.args
    wanted = Wanted(
        theme=_one_of(asked.get("thema"), dict(offered)),
        group=_one_of(asked.get("gruppe"), TARGET_GROUPS),
        language=_one_of(asked.get("sprache"), LANGUAGES),
        free=asked.get("kostenlos") == "1",
        step_free=asked.get("stufenlos") == "1",
        online=asked.get("online") == "1",
        words=asked.get("suche", "").strip()[:100],
    )
    chosen = {
        "thema": wanted.theme,
        "gruppe": wanted.group,
        "sprache": wanted.language,
        "kostenlos": "1" if wanted.free else "",
        "stufenlos": "1" if wanted.step_free else "",
        "online": "1" if wanted.online else "",
        "suche": wanted.words,
    }
    return Narrowing(wanted, offered, labels, {name: value for name, value in chosen.items() if value})


def public_event(session: Session, event_id: str) -> Event:
    """Return an event that the public may see, or answer that there is none."""
    return service.find_event(session, event_id) or abort(404)


def space_names(session: Session) -> dict[str, str]:
    """Return the name of each space by its id."""
    return {space.id: space.name for space in spaces.list_spaces(session)}


def place_of(event: Any, names: dict[str, str]) -> str:
    """Return where an event is, as far as the house says so."""
    return ", ".join(part for part in (names.get(event.space_id or "", ""), event.place) if part)


def _grid_page(template: str, days: tuple[date, date], today: date, inside: date | None, **said: Any) -> str:
    at = now()
    start, end = local_day(days[0], zone())[0], local_day(days[1], zone())[1]
    with reading() as session:
        narrowing = narrowed(session, at)
        rows = service.between(session, start, end, narrowing.wanted)
        words = service.words_of(session, rows, language())
    weeks = grid.weeks(days, rows, today, zone(), inside)
    return _render(
        template, narrowing, weeks=weeks, number=len(rows), said=words, weekdays=WEEKDAYS, as_of_time=at, **said
    )


def _render(template: str, narrowing: Narrowing, **said: Any) -> str:
    return render_template(
        template,
        wanted=narrowing.wanted,
        themes=narrowing.themes,
        labels=narrowing.labels,
        arguments=narrowing.arguments,
        groups=TARGET_GROUPS,
        languages_spoken=LANGUAGES,
        **said,
    )


def _by_day(rows: Sequence[Any], at: datetime) -> list[tuple[date, list[Any]]]:
    """Return the rows by the day on which they begin; what began before today stands under today."""
    today = at.astimezone(zone()).date()
    found: dict[date, list[Any]] = {}
    for row in rows:
        found.setdefault(max(row.starts_at.astimezone(zone()).date(), today), []).append(row)
    return list(found.items())


def _one_of(value: str | None, offered: Any) -> str:
    return value if value and value in offered else ""
