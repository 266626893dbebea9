"""Keys handed out and taken back, and the log of groups that open and close by themselves."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from node.keys import service
from node.keys.models import KeyHandover
from node.keys.service import HandoverEntry, KeyRingEntry
from shared.database import Database
from shared.ids import new_id
from shared.records.bookings import BookingKind
from tests.factories import DAY, NOW, make_booking, make_space

ANNA, BEN = HandoverEntry(holder_name="Anna"), HandoverEntry(holder_name="Ben")


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.transaction() as opened:
        yield opened


def test_a_key_is_with_one_person_at_a_time(session: Session) -> None:
    """The second to ask is told who has it; after it came back it can be given again."""
    key = service.add_key(session, KeyRingEntry(label="Saal"))
    given = service.hand_out(session, key.id, ANNA, now=NOW, by="Theke")
    with pytest.raises(service.KeyOut) as refused:
        service.hand_out(session, key.id, BEN, now=NOW)
    assert [holder.holder_name for holder in refused.value.holders] == ["Anna"]
    service.take_back(session, given.id, now=NOW + timedelta(hours=2), to="Theke")
    assert service.hand_out(session, key.id, BEN, now=NOW + timedelta(hours=3)).copy_number == 1
    assert [each.holder_name for each in service.handovers_of_key(session, key.id)] == ["Ben", "Anna"]


def test_the_database_itself_refuses_a_copy_that_is_out(database: Database) -> None:
    """Whoever writes past the service cannot give a copy away twice either."""
    with database.transaction() as session:
        key_id = service.add_key(session, KeyRingEntry(label="Saal", copies=2)).id
        service.hand_out(session, key_id, ANNA, now=NOW)
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.add(KeyHandover(id=new_id(), key_id=key_id, copy_number=1, holder_name="Ben", given_at=NOW))


def test_each_copy_is_counted(session: Session) -> None:
    """Two copies go to two people; the house keeps no fewer than are out."""
    key = service.add_key(session, KeyRingEntry(label="Haustür", copies=2))
    service.hand_out(session, key.id, ANNA, now=NOW)
    service.hand_out(session, key.id, BEN, now=NOW)
    [ring] = service.list_rings(session)
    assert (ring.free, len(ring.out)) == ((), 2)
    with pytest.raises(service.KeyOut):
        service.hand_out(session, key.id, ANNA, now=NOW)
    with pytest.raises(service.CopiesOut):
        service.edit_key(session, key.id, KeyRingEntry(label="Haustür", copies=1))


def test_a_key_comes_back_once(session: Session) -> None:
    """A second tap changes nothing; a label is there once."""
    key = service.add_key(session, KeyRingEntry(label="Saal"))
    given = service.hand_out(session, key.id, ANNA, now=NOW)
    service.take_back(session, given.id, now=NOW, to="Theke")
    with pytest.raises(service.ReturnedAlready):
        service.take_back(session, given.id, now=NOW + timedelta(days=1), to="Büro")
    assert given.returned_to == "Theke"
    with pytest.raises(service.KeyExists):
        service.add_key(session, KeyRingEntry(label="Saal"))
    with pytest.raises(service.NobodyNamed):
        service.hand_out(session, key.id, HandoverEntry(holder_name=" "), now=NOW)


def test_what_is_due_first_stands_first(session: Session) -> None:
    """Keys without a date of return come last."""
    for number, due in enumerate((None, NOW + timedelta(days=2), NOW - timedelta(days=1))):
        key = service.add_key(session, KeyRingEntry(label=f"Ring {number}"))
        service.hand_out(session, key.id, HandoverEntry(holder_name=f"P{number}", due_at=due), now=NOW)
    assert [handover.holder_name for handover in service.out_now(session)] == ["P2", "P1", "P0"]


def test_a_group_notes_opening_and_closing_once(session: Session) -> None:
    """Whoever closes without having opened is not refused; a second note names the first."""
    booking = make_booking(session, kind=BookingKind.SELF_MANAGED)
    service.note_opened(session, booking.id, at=NOW, by="Chor")
    with pytest.raises(service.OpenedAlready) as refused:
        service.note_opened(session, booking.id, at=NOW, by="Theke")
    assert refused.value.by == "Chor"
    noted = service.note_closed(session, booking.id, at=NOW, by="Chor", in_order=False, note="Fenster klemmt")
    assert (noted.in_order, noted.note) == (False, "Fenster klemmt")
    other = make_booking(session, start="14:00", end="15:00", kind=BookingKind.SELF_MANAGED)
    service.note_closed(session, other.id, at=NOW, by="Chor")
    with pytest.raises(service.ClosedAlready):
        service.note_closed(session, other.id, at=NOW, by="Theke")
    with pytest.raises(service.NotSelfManaged):
        service.note_opened(session, make_booking(session, start="17:00", end="18:00").id, at=NOW, by="Chor")


def test_a_missing_closing_is_asked_for_the_next_mornings(session: Session) -> None:
    """What is over without a word of closing shows up; noted, running and long past ones do not."""
    hall = make_space(session)
    said = {"kind": BookingKind.SELF_MANAGED}
    closed = make_booking(session, hall, "10:00", "11:00", DAY, **said)
    missing = make_booking(session, hall, "18:00", "21:00", DAY, **said)
    make_booking(session, hall, "21:00", "22:00", DAY, kind=BookingKind.RENTAL)
    make_booking(session, hall, "09:00", "10:00", DAY - timedelta(days=9), **said)
    running = make_booking(session, hall, "08:30", "12:00", DAY + timedelta(days=1), **said)
    service.note_closed(session, closed.id, at=NOW, by="Chor")
    morning = NOW + timedelta(days=1)
    assert running.starts_at < morning < running.ends_at
    assert [each.booking.id for each in service.not_closed(session, morning)] == [missing.id]


def test_a_time_that_does_not_fit_the_booking_is_refused(database: Database) -> None:
    """Far from the booking, or closed before it was opened."""
    with database.transaction() as session:
        booking = make_booking(session, start="10:00", end="12:00", kind=BookingKind.SELF_MANAGED)
        with pytest.raises(service.NotedTimeImpossible):
            service.note_opened(session, booking.id, at=booking.starts_at - timedelta(days=2), by="Chor")
        service.note_opened(session, booking.id, at=booking.starts_at, by="Chor")
        with pytest.raises(service.NotedTimeImpossible):
            service.note_closed(session, booking.id, at=booking.starts_at - timedelta(hours=1), by="Chor")
        assert service.note_closed(session, booking.id, at=booking.ends_at, by="Chor").closed_at == booking.ends_at
