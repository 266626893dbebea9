"""A process that books and moves at random, for the test of many concurrent writers.

    python writer.py DATABASE_URL SEED ATTEMPTS

It prints a line before each attempt and one with the outcome after it, so that what a killed
writer has done can be counted.
"""

import random
import sys
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from node.bookings import service
from node.bookings.models import Booking
from node.bookings.service import BookingEntry
from node.spaces import service as spaces
from shared.database import Database
from shared.records.bookings import BookingState, Slot, SpaceTaken, TransitionRefused
from tests.factories import DAY, NOW, local_slot

QUARTER = timedelta(minutes=15)


def attempt(session: Session, choice: random.Random) -> str:
    """Take a booking, move one, confirm a request or (seldom) cancel one; return what was tried."""
    space = choice.choice(spaces.list_spaces(session))
    starts_at = local_slot("08:00", "09:00", DAY).starts_at + choice.randrange(48) * QUARTER
    entry = BookingEntry(space_id=space.id, slot=Slot(starts_at, starts_at + choice.randrange(1, 9) * QUARTER))
    what = choice.choices(["create", "edit", "confirm", "cancel"], weights=[5, 6, 2, 3])[0]
    wanted = BookingState.REQUESTED if what == "confirm" else BookingState.CONFIRMED
    standing = session.scalars(select(Booking.id).where(Booking.state == wanted).order_by(Booking.id)).all()
    if what == "create" or not standing:
        state = choice.choices([BookingState.CONFIRMED, BookingState.REQUESTED], weights=[5, 1])[0]
        service.take_booking(session, entry, now=NOW, state=state)
        return "create"
    if what == "edit":
        service.move_booking(session, choice.choice(standing), entry)
    elif what == "confirm":
        service.confirm_booking(session, choice.choice(standing), now=NOW)
    else:
        service.cancel_booking(session, choice.choice(standing), "", now=NOW)
    return what


def main(url: str, seed: int, attempts: int) -> None:
    database = Database(url)
    choice = random.Random(seed)
    for number in range(attempts):
        print("try", number, flush=True)
        try:
            with database.transaction() as session:
                what = attempt(session, choice)
            print("done", what, flush=True)
        except SpaceTaken as refusal:
            print("taken" if refusal.booking_id else "taken by nobody", flush=True)
        except TransitionRefused:
            print("decided by another writer meanwhile", flush=True)
        except OperationalError as error:
            if "locked" not in str(error.orig):
                raise
            print("waited in vain", flush=True)  # SQLite serves waiting writers in no order, on a busy machine not all


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
