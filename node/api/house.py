"""Calls about the house itself: its profile, its opening hours, whether it is open now."""

from typing import Any

from marshmallow import fields, validate
from sqlalchemy.orm import Session

from node.api.desk import allowed, calls
from node.api.shapes import entry_shape
from node.centre import service as centre
from node.centre.models import Centre
from node.centre.service import ProfileEntry
from node.core.rights import Right
from node.opening_hours import service as hours
from node.opening_hours.models import OpeningHours
from node.opening_hours.service import HoursEntry
from shared.records.base import Instant
from shared.records.centres import CENTRES, CentreSchema
from shared.records.opening_hours import OPENING_HOURS, OpeningHoursSchema
from shared.time import now
from shared.web import zone
from shared.web.calls import Problem
from shared.web.shapes import Shape, columns_shape

api = calls("house", "The house: its profile, its opening hours.")

ProfileShown = columns_shape(Centre, "Profile", ("id", *CENTRES.field_names))
ProfileGiven = entry_shape(ProfileEntry, "ProfileGiven", Centre, CentreSchema)
HoursShown = columns_shape(OpeningHours, "Hours", ("id", *OPENING_HOURS.field_names))
HoursGiven = entry_shape(HoursEntry, "HoursGiven", OpeningHours, OpeningHoursSchema)


class OpenNow(Shape):
    """Whether one may walk in, until when, and when next if not."""

    open = fields.Boolean()
    until = Instant(allow_none=True)
    opens_at = Instant(allow_none=True)


class Weekdays(Shape):
    """For which days of the week a row is added; none: the row's own."""

    weekdays = fields.List(fields.Integer(validate=validate.Range(0, 6)), load_default=[])


@api.get("/profile")
@allowed()
@api.response(200, ProfileShown)
def profile(session: Session) -> Any:
    """Show the profile."""
    found = centre.profile(session)
    if found is None:
        raise Problem(404, "no_profile", "Nobody has written the profile of this house yet.")
    return found


@api.put("/profile")
@allowed(Right.ARRANGE_HOUSE)
@api.arguments(ProfileGiven)
@api.response(200, ProfileShown)
def keep_profile(session: Session, entry: ProfileEntry) -> Any:
    """Write the profile."""
    return centre.keep_profile(session, entry)


@api.get("/open-now")
@allowed()
@api.response(200, OpenNow)
def open_now(session: Session) -> Any:
    """Tell whether the house is open."""
    state = hours.state_at(hours.hours_in_force(session), now(), zone())
    opens_at = state.opens.starts_at if state.opens else None
    return {"open": state.slot is not None, "until": state.until, "opens_at": opens_at}


@api.get("/hours")
@allowed()
@api.response(200, HoursShown(many=True))
def rows(session: Session) -> Any:
    """List all rows: the ordinary week, seasons, exceptions, closures."""
    return hours.list_hours(session)


@api.post("/hours")
@allowed(Right.ARRANGE_HOUSE)
@api.arguments(HoursGiven)
@api.arguments(Weekdays, location="query")
@api.response(201, HoursShown(many=True))
def add_row(session: Session, entry: HoursEntry, asked: dict[str, Any]) -> Any:
    """Add a row for one day of the week or several."""
    return hours.add_hours(session, entry, asked["weekdays"])


@api.put("/hours/<row_id>")
@allowed(Right.ARRANGE_HOUSE)
@api.arguments(HoursGiven)
@api.response(200, HoursShown)
def edit_row(session: Session, entry: HoursEntry, row_id: str) -> Any:
    """Change a row."""
    return hours.edit_hours(session, row_id, entry)


@api.delete("/hours/<row_id>")
@allowed(Right.ARRANGE_HOUSE)
@api.response(204)
def remove_row(session: Session, row_id: str) -> None:
    """Delete a row."""
    hours.remove_hours(session, row_id)
