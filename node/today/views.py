"""The start page of staff. The door (`/`) leads here, and visitors to the public page."""

from flask import Blueprint, render_template

from node.announcements import service as announcements
from node.backup import service as backup
from node.bookings import service as bookings
from node.core.accounts import staff_required
from node.core.db import reading
from node.core.rights import Right, may
from node.equipment import service as equipment
from node.keys import service as keys
from node.opening_hours import service as opening_hours
from node.programme import service as programme
from node.recovery import service as recovery
from node.registration import service as registration
from node.spaces import service as spaces
from node.visits import service as visits
from shared.records.bookings import Slot
from shared.time import local_day, now
from shared.web import zone

pages = Blueprint(
    "today", __name__, template_folder="templates", static_folder="static", static_url_path="/heute/dateien"
)


@pages.get("/heute")
@staff_required
def page() -> str:
    """Today's events and bookings, visits so far, open or not, what the city says."""
    at = now()
    today = at.astimezone(zone()).date()
    day = Slot(*local_day(today, zone()))
    with reading() as session:
        sums = visits.sums_of_day(session, today, zone())
        return render_template(
            "today/page.html",
            today=today,
            within=day,
            as_of_time=at,
            events=programme.published_between(session, *day, with_cancelled=True),
            bookings=bookings.bookings_of_day(session, day),
            requests=bookings.open_requests(session, at, limit=20),
            space_names={space.id: space.name for space in spaces.list_spaces(session)},
            visits_total=sum(sums.values()),
            open_state=opening_hours.state_at(opening_hours.hours_in_force(session), at, zone()),
            announcements=announcements.current(session, at, limit=3),
            offers=recovery.count_open(session),
            backups=backup.standing(session, at) if may(Right.RUN_HOUSE) else None,
            not_closed=keys.not_closed(session, at) if may(Right.TAKE_BOOKINGS) else (),
            keys_overdue=keys.count_overdue(session, at) if may(Right.TAKE_BOOKINGS) else 0,
            things_overdue=equipment.count_overdue(session, at) if may(Right.TAKE_BOOKINGS) else 0,
            calls=registration.count_calls(session, at) if may(Right.REGISTER_PEOPLE) else 0,
            counting=visits.find_question(session, at, zone()) if may(Right.CORRECT_COUNTS) else None,
        )
