"""The pages under /haus, for everyone, also on paper and without the internet."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, abort, current_app, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from node.announcements import service as announcements
from node.centre import service as centres
from node.core.db import reading
from node.opening_hours import service as opening_hours
from node.programme.models import Event
from node.public import documents, service
from node.spaces import service as spaces
from node.themes import service as themes
from shared.time import now
from shared.web import pagination, zone
from shared.web.languages import language
from shared.web.vocabulary import words

pages = Blueprint(
    "public",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/dateien",
    url_prefix="/haus",
)
PER_PAGE = 30
NEXT_EVENTS = 8
CALENDAR_PAST = timedelta(days=30)  # subscribers still see what has just been
CALENDAR_EVENTS_MAX = 2_000


@pages.get("")
def house() -> str:
    """Show who we are, open or not, the coming days, what is on next, what the city says."""
    at = now()
    with reading() as session:
        centre = centres.profile(session)
        hours = opening_hours.list_hours(session)
        in_force = opening_hours.hours_in_force(session, language())
        events = list(session.scalars(service.programme_query(at).limit(NEXT_EVENTS)))
        told = announcements.current(session, at, public_only=True)
    here = url_for("public.house", _external=True)
    return render_template(
        "public/house.html",
        centre=centre,
        has_hours=bool(hours),
        open_state=opening_hours.state_at(in_force, at, zone()),
        days=opening_hours.days_from(in_force, at.astimezone(zone()).date(), zone()),
        events=events,
        announcements=told,
        linked=documents.house_linked(centre, hours, here) if centre else None,
        words=words,
        as_of_time=at,
    )


@pages.get("/programm")
def programme() -> str:
    """List what is on, page by page, of all themes or one."""
    at = now()
    theme = request.args.get("thema", "")
    with reading() as session:
        labels = themes.theme_labels(session, language())
        offered = [(key, labels.get(key, key)) for key in service.themes_in_use(session, at)]
        theme = theme if theme in dict(offered) else ""
        page = pagination.of_query(
            session, service.programme_query(at, theme), pagination.wanted(request.args.get("seite")), PER_PAGE
        )
        names = _space_names(session)
    return render_template(
        "public/programme.html",
        page=page,
        theme=theme,
        themes=offered,
        labels=labels,
        names=names,
        as_of_time=at,
    )


@pages.get("/programm/<event_id>")
def event(event_id: str) -> str:
    """Show one event."""
    with reading() as session:
        found = _event(session, event_id)
        centre = centres.profile(session)
        names = _space_names(session)
        labels = themes.theme_labels(session, language())
    place = _place(found, names)
    here = url_for("public.event", event_id=found.id, _external=True)
    return render_template(
        "public/event.html",
        event=found,
        theme=labels.get(found.theme, found.theme),
        space_name=names.get(found.space_id or "", ""),
        linked=documents.event_linked(found, centre, place, here),
    )


@pages.get("/programm.ics")
def calendar() -> Any:
    """The programme as a calendar file, of all themes or one."""
    at = now()
    with reading() as session:
        query = service.programme_query(at - CALENDAR_PAST, request.args.get("thema", ""))
        return _file(session, list(session.scalars(query.limit(CALENDAR_EVENTS_MAX))), "programm.ics")


@pages.get("/programm/<event_id>/termin.ics")
def event_file(event_id: str) -> Any:
    """One event as a calendar file."""
    with reading() as session:
        return _file(session, [_event(session, event_id)], "termin.ics")


def _file(session: Session, events: list[Event], name: str) -> Any:
    centre = centres.profile(session)
    names = _space_names(session)
    street = f"{centre.street}, {centre.postcode} {centre.town}".strip(", ") if centre else ""
    body = documents.calendar_file(
        events,
        centre_id=current_app.extensions["stadtherz.config"].centre_id,
        name=centre.name if centre else _("Programme"),
        places=lambda event: ", ".join(part for part in (_place(event, names), street) if part),
        address=lambda event: url_for("public.event", event_id=event.id, _external=True),
    )
    response = Response(body, mimetype="text/calendar", headers={"Content-Disposition": f'inline; filename="{name}"'})
    response.add_etag()
    return response.make_conditional(request)


def _event(session: Session, event_id: str) -> Event:
    found = service.find_event(session, event_id)
    if found is None:
        abort(404)
    return found


def _space_names(session: Session) -> dict[str, str]:
    return {space.id: space.name for space in spaces.list_spaces(session)}


def _place(event: Event, names: dict[str, str]) -> str:
    return ", ".join(part for part in (names.get(event.space_id or "", ""), event.place) if part)
