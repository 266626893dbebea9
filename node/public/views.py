"""The pages under /haus that tell about the house itself, for everyone, also on paper and without the internet."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, jsonify, render_template, url_for

from node.announcements import service as announcements
from node.centre import service as centres
from node.core.db import reading
from node.opening_hours import service as opening_hours
from node.public import documents, service
from node.requests import service as requests
from node.spaces import labels as space_labels
from shared.records.holidays import Holiday, public_holidays
from shared.time import now
from shared.web import vocabulary, zone
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
NEXT_EVENTS = 8
HOURS_DAYS = 14
DATA_DAYS = 28  # what the house tells machines ahead
HOLIDAYS_AHEAD = timedelta(days=365)


@pages.get("")
def house() -> str:
    """Show who we are, open or not, the coming days, what is on next, what the city says."""
    at = now()
    with reading() as session:
        centre = centres.profile(session)
        hours = opening_hours.list_hours(session)
        in_force = opening_hours.hours_in_force(session, language())
        events = session.execute(service.coming(at).limit(NEXT_EVENTS)).all()
        said = service.words_of(session, events, language())
        told = announcements.current(session, at, public_only=True)
    here = url_for("public.house", _external=True)
    today = at.astimezone(zone()).date()
    days = opening_hours.days_from(in_force, today, zone())
    return render_template(
        "public/house.html",
        centre=centre,
        has_hours=bool(hours),
        open_state=opening_hours.state_at(in_force, at, zone()),
        days=days,
        closed_today=not days[0].slots and days[0].is_exception,
        events_today=[event for event in events if event.starts_at.astimezone(zone()).date() <= today],
        events_later=[event for event in events if event.starts_at.astimezone(zone()).date() > today],
        said=said,
        announcements=told,
        linked=documents.house_linked(centre, hours, _closed_on(centre, today), here) if centre else None,
        words=words,
        as_of_time=at,
    )


@pages.get("/oeffnungszeiten")
def hours() -> str:
    """Show open now, the coming days, the ordinary week, and what differs from it."""
    at = now()
    today = at.astimezone(zone()).date()
    with reading() as session:
        centre = centres.profile(session)
        rows = opening_hours.list_hours(session)
        in_force = opening_hours.hours_in_force(session, language())
    listed = [one for one in opening_hours.periods(rows) if one.valid_until is None or one.valid_until >= today]
    return render_template(
        "public/hours.html",
        centre=centre,
        open_state=opening_hours.state_at(in_force, at, zone()),
        days=opening_hours.days_from(in_force, today, zone(), HOURS_DAYS),
        ordinary=[one for one in listed if not (one.valid_from and one.valid_until)],
        other=[one for one in listed if one.valid_from and one.valid_until],
        holidays=_closed_on(centre, today),
        as_of_time=at,
    )


@pages.get("/oeffnungszeiten.json")
def hours_data() -> Any:
    """The opening hours as data: open now, the next change, the coming days."""
    at = now()
    with reading() as session:
        centre = centres.profile(session)
        in_force = opening_hours.hours_in_force(session, language())
    days = opening_hours.days_from(in_force, at.astimezone(zone()).date(), zone(), DATA_DAYS)
    state = opening_hours.state_at(in_force, at, zone())
    answer = jsonify(documents.hours_data(centre.name if centre else "", state, days, str(zone()), at))
    answer.headers["Access-Control-Allow-Origin"] = "*"  # other sites may show it; nothing here is secret
    return answer


@pages.get("/raeume")
def rooms() -> str:
    """Show the rooms that one may ask for, in plain words."""
    with reading() as session:
        found = requests.for_guests(session)
        centre = centres.profile(session)
    return render_template(
        "public/rooms.html",
        spaces=found,
        names={space.id: space.name for space in found},
        centre=centre,
        kinds=vocabulary.SPACE_KINDS,
        features=vocabulary.SPACE_FEATURES,
        accessibility=vocabulary.ACCESSIBILITY,
        seatings_of=space_labels.seatings_of,
        rules_of=space_labels.rules_of,
        words=words,
    )


def _closed_on(centre: Any, today: date) -> list[Holiday]:
    """Return the coming public holidays if the house is closed on them."""
    if centre is None or not centre.closed_on_holidays:
        return []
    return list(public_holidays(today, today + HOLIDAYS_AHEAD, centre.region, language()))
