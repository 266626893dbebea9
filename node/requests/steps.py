"""The way through the questions: which are asked, in which order, what is answered, what does not fit.

Rule: a question is shown when all before it are answered; so a lost draft leads to the first one.
"""

from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from node.bookings.refusals import in_words as booking_in_words
from node.rentals import service as rentals
from node.requests import forms, rooms
from node.requests.answers import Answers
from node.requests.rooms import NoSuchRoom, NotFree
from node.spaces.models import Space
from shared.errors import Refusal
from shared.records.bookings import Slot
from shared.records.spaces import seats_of
from shared.web.filters import local_time, number

FORMS: dict[str, type[forms.QuestionForm]] = {
    "raum": forms.RoomForm,
    "anlass": forms.PurposeForm,
    "tag": forms.DayForm,
    "zeit": forms.TimeForm,
    "personen": forms.PeopleForm,
    "vorschlag": forms.ProposalForm,
    "name": forms.NameForm,
    "kontakt": forms.ContactForm,
    "nachricht": forms.NoteForm,
    "hausordnung": forms.RulesForm,
}
_NEEDED = {key: key for key in FORMS} | {"zeit": "von"}


class Problem(NamedTuple):
    """What does not fit any more, and the question where something can be done about it."""

    step: str
    text: str


def asked(answers: Answers, has_rules: bool) -> list[str]:
    """Return the questions in their order."""
    left_out = set() if answers.wants_recommendation else {"vorschlag"}
    return [key for key in FORMS if key not in (left_out if has_rules else left_out | {"hausordnung"})]


def is_answered(answers: Answers, step: str) -> bool:
    """Whether a question has its answer; a note may be empty, but has to have been asked for."""
    if step == "nachricht":
        return step in answers.said
    if step == "kontakt":
        return bool(answers.text("telefon") or answers.text("email"))
    return bool(answers.text(_NEEDED[step]))


def first_open(answers: Answers, has_rules: bool) -> str | None:
    """Return the first question without an answer, None if all have one."""
    return next((step for step in asked(answers, has_rules) if not is_answered(answers, step)), None)


def find_problem(session: Session, answers: Answers, zone: ZoneInfo, now: datetime) -> Problem | None:
    """Return the first thing that stands against the request as it is answered so far, or None.

    What is not answered yet stands against nothing.
    """
    slot = answers.slot(zone)
    if not answers.room_id:
        return None
    at_room = "vorschlag" if answers.wants_recommendation else "raum"
    try:
        space = rooms.get_room(session, answers.room_id)
        if slot is not None:
            rooms.refuse_unfit(session, space, slot, zone, now)
    except NoSuchRoom:
        return Problem(at_room, _("This room can no longer be asked for. Please choose another one."))
    except NotFree as refusal:
        return Problem("zeit", _not_free(space, refusal.free))
    except Refusal as refusal:
        return Problem("zeit", booking_in_words(refusal))
    return _too_small(answers, space, at_room)


def rules_in_force(session: Session, now: datetime, zone: ZoneInfo) -> rentals.HouseRules | None:
    """Return the house rules that a request accepts, None if the house has none."""
    return rentals.rules_on(session, now.astimezone(zone).date())


def stretches_in_words(free: tuple[Slot, ...] | list[Slot]) -> str:
    """Return `08:00–12:00, 14:00–22:00`; midnight at the end of a day is 24:00."""
    ends = [local_time(one.ends_at) for one in free]
    return ", ".join(
        f"{local_time(one.starts_at)}–{'24:00' if end == '00:00' else end}" for one, end in zip(free, ends, strict=True)
    )


def _not_free(space: Space, free: tuple[Slot, ...]) -> str:
    if not free:
        said = _("%(room)s is taken all that day. Please choose another day or another room.", room=space.name)
    else:
        times = stretches_in_words(free)
        said = _("%(room)s is not free then. On that day it is free %(times)s.", room=space.name, times=times)
    return str(said)


def _too_small(answers: Answers, space: Space, at_room: str) -> Problem | None:
    seating = answers.text("bestuhlung")
    seats = seats_of(space, "" if seating == forms.NO_SEATING else seating)
    if not seats or answers.persons <= seats:
        return None
    said = _("%(room)s takes at most %(seats)s people this way.", room=space.name, seats=number(seats))
    hint = _("Please choose another seating or fewer people, or another room.")
    return Problem("personen" if at_room == "raum" else at_room, f"{said} {hint}")
