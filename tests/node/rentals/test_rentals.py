"""What a rental costs, its deposit, and the rules of the house that somebody accepted."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from node.bookings import service as bookings
from node.bookings.service import BookingEntry
from node.rentals import service
from node.rentals.service import FeeClassEntry
from shared.database import Database
from shared.records.bookings import BookingKind, Slot
from tests.factories import DAY, NOW, local_slot, make_space


@dataclass
class Prices:
    """Prices of a class, in cents."""

    hour_cents: int | None = None
    half_day_cents: int | None = None
    day_cents: int | None = None


USUAL = Prices(hour_cents=1200, half_day_cents=4000, day_cents=7000)


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.transaction() as opened:
        yield opened


@pytest.mark.parametrize(
    ("hours", "cents"), [(1, 1200), (1.25, 2400), (3, 3600), (4, 4000), (5, 4000), (6, 7000), (24, 7000), (27, 10600)]
)
def test_the_cheapest_of_hours_half_day_and_day_counts(hours: float, cents: int) -> None:
    """A started hour is a whole one; half a day is five hours; each further day begins anew."""
    starts_at = local_slot("08:00", "09:00").starts_at
    assert service.price_of(USUAL, Slot(starts_at, starts_at + timedelta(hours=hours))) == cents


@pytest.mark.parametrize(
    ("prices", "hours", "cents"),
    [
        (Prices(), 8, 0),
        (Prices(hour_cents=0), 8, 0),
        (Prices(hour_cents=500), 8, 4000),
        (Prices(day_cents=9000), 2, 9000),
        (Prices(half_day_cents=3000), 9, 6000),
    ],
)
def test_what_a_class_does_not_name_is_not_offered(prices: Prices, hours: int, cents: int) -> None:
    """A class without prices is free; one with a day only costs the day for two hours, too."""
    starts_at = local_slot("08:00", "09:00").starts_at
    assert service.price_of(prices, Slot(starts_at, starts_at + timedelta(hours=hours))) == cents


def rental(session: Session, fee_class_id: str, start: str = "10:00", end: str = "12:00") -> bookings.BookingEntry:
    """Return the entry of a rental in a new space."""
    space = make_space(session)
    slot = local_slot(start, end)
    return BookingEntry(space_id=space.id, slot=slot, kind=BookingKind.RENTAL, fee_class_id=fee_class_id)


def test_the_price_follows_a_move_but_not_a_dearer_class(session: Session) -> None:
    """What was agreed stays until the booking itself moves."""
    usual = service.add_fee_class(
        session, FeeClassEntry(key="usual", name="Üblich", hour_cents=1000, deposit_cents=5000)
    )
    entry = rental(session, usual.id)
    made = bookings.take_booking(session, entry, now=NOW)
    service.edit_fee_class(session, usual.id, FeeClassEntry(key="usual", name="Üblich", hour_cents=2000))
    kept = service.find_rental(session, made.id)
    assert kept is not None
    assert (kept.price_cents, kept.deposit_cents) == (2000, 5000)
    longer = BookingEntry(space_id=entry.space_id, slot=local_slot("10:00", "13:00"), kind=BookingKind.RENTAL)
    bookings.move_booking(session, made.id, longer)
    assert kept.price_cents == 6000


def test_a_deposit_is_taken_once_and_given_back_once(session: Session) -> None:
    """Who did so and when is kept; a second time is refused."""
    usual = service.add_fee_class(session, FeeClassEntry(key="usual", name="Üblich", deposit_cents=5000))
    made = bookings.take_booking(session, rental(session, usual.id), now=NOW)
    with pytest.raises(service.DepositRefused):
        service.return_deposit(session, made.id, now=NOW, by="Anna")
    service.take_deposit(session, made.id, now=NOW, by="Anna")
    with pytest.raises(service.DepositRefused):
        service.take_deposit(session, made.id, now=NOW, by="Bea")
    later = NOW + timedelta(days=1)
    back = service.return_deposit(session, made.id, "10 € für ein Glas", now=later, by="Bea")
    assert (back.deposit_taken_by, back.deposit_returned_by, back.deposit_returned_at) == ("Anna", "Bea", later)
    with pytest.raises(service.DepositRefused):
        service.return_deposit(session, made.id, now=later)


def test_the_rules_of_the_day_are_the_newest_that_are_in_force(session: Session) -> None:
    """A version for next year does not bind this week; the same words again are no new version."""
    service.write_rules(session, "Erste Fassung", DAY, now=NOW)
    service.write_rules(session, "Zweite Fassung", date(2027, 1, 1), now=NOW)
    found = [service.rules_on(session, day) for day in (DAY - timedelta(days=1), DAY, date(2027, 1, 1))]
    assert [rules.version if rules else None for rules in found] == [None, 1, 2]
    with pytest.raises(service.RulesUnchanged):
        service.write_rules(session, "Zweite Fassung", date(2027, 1, 1), now=NOW)


def test_an_acceptance_names_who_and_which_version(session: Session) -> None:
    """Accepting twice is one acceptance; nobody is not a name."""
    service.write_rules(session, "Erste Fassung", DAY, now=NOW)
    made = bookings.take_booking(session, rental(session, ""), now=NOW)
    for _again in range(2):
        service.accept_rules(session, made.id, 1, " Ülkü Yıldız ", now=NOW, by="Anna")
    [accepted] = service.acceptances_of(session, made.id)
    assert (accepted.accepted_by, accepted.version, accepted.noted_by) == ("Ülkü Yıldız", 1, "Anna")
    with pytest.raises(service.NobodyNamed):
        service.accept_rules(session, made.id, 1, " ", now=NOW)
    with pytest.raises(service.RulesUnknown):
        service.accept_rules(session, made.id, 9, "Ülkü", now=NOW)
