"""A process that reserves, moves, returns and shrinks at random, for the test of many concurrent writers.

    python writer.py DATABASE_URL SEED ATTEMPTS

It prints what became of each attempt.
"""

import random
import sys
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from node.equipment import service
from node.equipment.models import Reservation
from node.equipment.service import ItemEntry, LendingEntry, LendingOver, StockExceeded, StockPromised
from shared.database import Database
from shared.ids import new_id
from shared.records.bookings import Slot
from tests.factories import local_slot

FAR = 2190  # what is over does not hold the stock: the test looks at days that are not
NOON = local_slot("08:00", "09:00").starts_at.replace(year=FAR)


def attempt(session: Session, choice: random.Random) -> str:
    """Reserve, move, lend, take back or change the stock; return what was tried."""
    starts_at = NOON + choice.randrange(24) * timedelta(minutes=30)
    slot = Slot(starts_at, starts_at + choice.randrange(1, 6) * timedelta(minutes=30))
    item = choice.choice(service.list_items(session))
    what = choice.choices(["reserve", "move", "lend", "return", "stock"], weights=[6, 4, 3, 2, 1])[0]
    if what == "reserve":
        service.reserve(session, new_id(), item.id, choice.randrange(1, 5), slot)
    elif what == "lend":
        service.lend(session, LendingEntry(item_id=item.id, count=1, slot=slot, lent_to="wer"), now=NOON)
    elif what == "stock":
        service.edit_item(session, item.id, ItemEntry(name=item.name, stock=choice.randrange(6, 13)))
    else:
        kind = Reservation.booking_id.is_not(None) if what == "move" else Reservation.booking_id.is_(None)
        ids = session.scalars(select(Reservation).where(kind).order_by(Reservation.id)).all()
        if ids and what == "move":
            service.move_with_booking(session, str(choice.choice(ids).booking_id), slot)
        elif ids:
            service.take_back(session, choice.choice(ids).id, now=NOON)
    return what


def main(url: str, seed: int, attempts: int) -> None:
    database = Database(url)
    choice = random.Random(seed)
    for _number in range(attempts):
        try:
            with database.transaction() as session:
                what = attempt(session, choice)
            print("done", what, flush=True)
        except (StockExceeded, StockPromised):
            print("refused", flush=True)
        except LendingOver:
            print("back already", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
