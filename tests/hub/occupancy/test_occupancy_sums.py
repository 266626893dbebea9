"""The sums follow every change, late ones too, and are what a rebuild and a slow look come to."""

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from hub.bookings.models import Booking
from hub.centres.models import Centre
from hub.core.db import Base
from hub.occupancy import summing
from hub.occupancy.models import OccupancyDue, OccupancyHouse, OccupancyMonth, OccupancyReach, OccupancyToDo
from hub.opening_hours.models import OpeningHours
from hub.spaces.models import Space, SpaceHours
from shared.database import Database
from tests.hub.occupancy.conftest import (
    HOUSE,
    NOW,
    ZONE,
    catch_up,
    id_born,
    put,
    put_booking,
    put_centre,
    put_guest_hours,
    put_hours,
    put_space,
)
from tests.hub.occupancy.oracle import Oracle

LOOKED_AT = ((2026, 10), (2027, 3))  # the months in which the clocks change
BORN = (date(2026, 9, 20), date(2026, 10, 10), date(2026, 11, 2), date(2026, 11, 20))
FIRST_QUARTER = datetime(2026, 8, 30, tzinfo=UTC)


def stored(session: Session) -> dict[tuple[str, str, bool, str], tuple[int, ...]]:
    """Return all sums: (month, space, top, part) -> (open, inside, outside, blocked)."""
    columns: list[Any] = list(OccupancyMonth.__table__.columns)
    rows = session.execute(select(*columns)).all()
    return {
        (row.month, row.space_id, row.top, row.part): (row.open_s, row.inside_s, row.outside_s, row.blocked_s)
        for row in rows
    }


def hours_in(session: Session, month: str) -> tuple[float, ...]:
    """Return what the house has in a month: hours open, used inside, used outside, blocked."""
    columns = (OccupancyHouse.open_s, OccupancyHouse.inside_s, OccupancyHouse.outside_s, OccupancyHouse.blocked_s)
    rows = session.execute(select(*columns).where(OccupancyHouse.month == month)).all()
    return tuple(sum(column) / 3600 for column in zip(*rows, strict=True)) or (0, 0, 0, 0)


def due(session: Session) -> list[tuple[str, str]]:
    rows = session.execute(select(OccupancyDue.first, OccupancyDue.last).order_by(OccupancyDue.first))
    return [(row[0], row[1]) for row in rows]


@pytest.fixture
def hall(session: Session) -> str:
    """A hall that is open from ten to eighteen, each day since 1 September, added up."""
    put_centre(session)
    put_hours(session, "10:00", "18:00")
    found = put_space(session)
    catch_up(session)
    assert due(session) == []
    return found


def test_a_booking_makes_its_months_due_and_no_others(session: Session, hall: str) -> None:
    """An hour in November costs the sums one month."""
    put_booking(session, hall, "2026-11-23T09:00:00Z", 2)
    assert due(session) == [("2026-11", "2026-11")]
    assert catch_up(session) == 1
    assert hours_in(session, "2026-11") == (30 * 8, 2, 0, 0)


def test_a_booking_at_the_edge_counts_in_the_months_of_the_wall_clock(session: Session, hall: str) -> None:
    """From half past eleven on the last evening until half past one: half an hour here, an hour and a half there."""
    put_booking(session, hall, "2026-10-31T22:30:00Z", 2)
    assert due(session) == [("2026-10", "2026-11")]
    catch_up(session)
    assert hours_in(session, "2026-10")[2] == 0.5
    assert hours_in(session, "2026-11")[2] == 1.5


def test_what_is_not_confirmed_costs_and_counts_nothing(session: Session, hall: str) -> None:
    """Requests come and go without a sum being touched."""
    booking = put_booking(session, hall, "2026-11-23T09:00:00Z", state="requested")
    session.execute(update(Booking).where(Booking.id == booking).values(state="declined"))
    session.execute(delete(Booking))
    assert due(session) == []


def test_a_late_correction_and_a_deletion_reach_both_months(session: Session, hall: str) -> None:
    """A booking that moves leaves its old month; one that is deleted leaves altogether."""
    booking = put_booking(session, hall, "2026-09-10T09:00:00Z", 2)
    catch_up(session)
    moved = datetime(2026, 10, 10, 9, tzinfo=UTC)
    session.execute(
        update(Booking).where(Booking.id == booking).values(starts_at=moved, ends_at=moved + timedelta(hours=3))
    )
    assert due(session) == [("2026-09", "2026-09"), ("2026-10", "2026-10")]
    catch_up(session)
    assert (hours_in(session, "2026-09")[1], hours_in(session, "2026-10")[1]) == (0, 3)
    session.execute(delete(Booking))
    catch_up(session)
    assert hours_in(session, "2026-10")[1] == 0


def test_a_change_of_the_event_of_a_booking_costs_nothing(session: Session, hall: str) -> None:
    """Only when, where and whether it is."""
    put_booking(session, hall, "2026-11-23T09:00:00Z")
    catch_up(session)
    session.execute(update(Booking).values(event_id=id_born(date(2026, 1, 1))))
    assert due(session) == []


def test_the_same_booking_again_is_noted_once(session: Session, hall: str) -> None:
    """Ingest writes `INSERT … ON CONFLICT DO UPDATE`; a batch of a month is one line of the list."""
    for day in range(2, 21):
        put_booking(session, hall, f"2026-11-{day:02}T09:00:00Z")
    again = "INSERT INTO bookings SELECT * FROM bookings WHERE true"
    again += " ON CONFLICT (centre_id, id) DO UPDATE SET kind = 'blocked'"
    session.connection().exec_driver_sql(again)
    session.connection().exec_driver_sql(again)
    assert due(session) == [("2026-11", "2026-11")]
    catch_up(session)
    assert hours_in(session, "2026-11") == (30 * 8 - 19, 0, 0, 19)


@pytest.mark.parametrize(
    "change",
    [
        lambda session, _: put_hours(session, "08:00", "20:00"),
        lambda session, _: session.execute(update(OpeningHours).values(closes_local="20:00")),
        lambda session, _: session.execute(delete(OpeningHours)),
        lambda session, _: session.execute(update(Centre).values(closed_on_holidays=True)),
        lambda session, hall: session.execute(update(Space).values(is_guest_space=True)),
        lambda session, hall: put_guest_hours(session, hall, "18:00", "20:00"),
        lambda session, _: put_space(session, "Büro"),
    ],
)
def test_what_says_when_a_house_is_open_makes_all_its_months_due(
    session: Session, hall: str, change: Callable[[Session, str], Any]
) -> None:
    """From the first month of its spaces to the horizon, a year ahead."""
    change(session, hall)
    assert due(session) == [("0000-00", "9999-99")]
    assert catch_up(session) == len("SOND") + 12 - 1


def test_a_new_phone_number_costs_nothing(session: Session, hall: str) -> None:
    """Nor does a new name of a room."""
    session.execute(update(Centre).values(phone="1"))
    session.execute(update(Space).values(name="Festsaal", capacity=3))
    assert due(session) == []


def test_an_earlier_booking_lengthens_what_is_known_of_a_space(session: Session, hall: str) -> None:
    """Booked in June though entered in September: then it was open in July and August, too."""
    assert hours_in(session, "2026-07") == (0, 0, 0, 0)
    booking = put_booking(session, hall, "2026-06-30T09:00:00Z")
    assert catch_up(session) == 4  # June to August, and the month in which it was thought to begin
    assert hours_in(session, "2026-06") == (8, 1, 0, 0)
    assert hours_in(session, "2026-07") == (31 * 8, 0, 0, 0)
    session.execute(delete(Booking).where(Booking.id == booking))
    catch_up(session)
    assert hours_in(session, "2026-07") == (0, 0, 0, 0)


def test_a_space_out_of_use_keeps_its_past(session: Session, hall: str) -> None:
    """Until its last booking it was on offer; since then it is neither open nor free."""
    put_booking(session, hall, "2026-10-02T09:00:00Z")
    session.execute(update(Space).values(bookable=False))
    catch_up(session)
    assert [hours_in(session, month)[0] for month in ("2026-09", "2026-10", "2026-11")] == [240, 16, 0]


def test_a_space_that_is_deleted_leaves_nothing(session: Session, hall: str) -> None:
    """Its bookings may still be there: nobody knows what they are of."""
    put_booking(session, hall, "2026-11-23T09:00:00Z")
    catch_up(session)
    session.execute(delete(Space))
    catch_up(session)
    assert stored(session) == {}
    assert summing.is_idle(session, NOW, ZONE)


def test_months_come_into_sight_as_time_goes_by(session: Session, hall: str) -> None:
    """In January the horizon is two months further; nothing else is added up again."""
    assert max(month for month, *_ in stored(session)) == "2027-11"
    later = datetime(2027, 1, 5, tzinfo=UTC)
    assert not summing.is_idle(session, later, ZONE)
    assert catch_up(session, later) == 2
    assert max(month for month, *_ in stored(session)) == "2028-01"
    assert summing.is_idle(session, later, ZONE)


def test_a_booking_beyond_the_horizon_waits_for_its_month(session: Session, hall: str) -> None:
    """A slip of the year must not add up a century."""
    put_booking(session, hall, "2099-11-23T09:00:00Z")
    assert catch_up(session) == 0


def test_a_hub_that_never_added_up_begins_by_itself(session: Session, hall: str) -> None:
    """After the update of a hub that has records already nobody has to do anything."""
    before = stored(session)
    for table in (OccupancyReach, OccupancyMonth, OccupancyHouse, OccupancyToDo, OccupancyDue):
        session.execute(delete(table))
    assert not summing.is_idle(session, NOW, ZONE)
    catch_up(session)
    assert stored(session) == before


def test_what_is_still_to_be_added_up_is_told(session: Session, hall: str) -> None:
    """Noted by a trigger or on the job's own list: both are not in the sums yet."""
    put_booking(session, hall, "2026-11-23T09:00:00Z")
    assert summing.waiting(session, "2026-10", "2026-12") == [HOUSE]
    summing.take_up(session)
    assert due(session) == []
    assert summing.waiting(session, "2026-10", "2026-12") == [HOUSE]
    assert summing.waiting(session, "2026-12", "2026-12") == []
    summing.work_off(session)
    assert summing.waiting(session) == []


class Dice:
    """Changes a house at random, as its node might; all times on a quarter of an hour."""

    def __init__(self, session: Session, seed: int) -> None:
        self.session, self.dice, self.made = session, random.Random(seed), 0

    def step(self) -> None:
        self.dice.choices(
            (
                self.book,
                self.change_booking,
                self.drop,
                self.open,
                self.add_space,
                self.change_space,
                self.change_house,
            ),
            (8, 4, 3, 3, 2, 3, 1),
        )[0]()

    def book(self) -> None:
        space = self.some(Space)
        if space:
            put(self.session, Booking, space_id=space, **self.times(), **self.kinds())

    def change_booking(self) -> None:
        changes = self.dice.choice((self.times(), self.kinds(), {"space_id": self.some(Space) or id_born(BORN[0])}))
        self.session.execute(update(Booking).where(Booking.id == self.some(Booking)).values(**changes))

    def drop(self) -> None:
        table = self.dice.choice((Booking, Booking, OpeningHours, SpaceHours, Space))
        self.session.execute(delete(table).where(table.id == self.some(table)))

    def open(self) -> None:
        first = date(2026, 8, 25) + timedelta(days=self.dice.randrange(230))
        limits = {"valid_from": first, "valid_until": first + timedelta(days=self.dice.randrange(40))}
        said = {
            "weekday": self.dice.choice((None, *range(7))),
            "opens_local": self.wall(),
            "closes_local": self.wall(),
            **(limits if self.dice.random() < 0.4 else {}),
        }
        if self.dice.random() < 0.3:
            put(self.session, SpaceHours, space_id=self.some(Space) or id_born(BORN[0]), **said)
        else:
            kind = self.dice.choice(("open", "open", "consultation", "self_managed", "by_appointment"))
            put(self.session, OpeningHours, **said, kind=kind, closed=self.dice.random() < 0.15)

    def add_space(self) -> None:
        self.made += 1
        parent = self.some(Space) if self.dice.random() < 0.6 else None
        record = {"id": id_born(self.dice.choice(BORN), self.made), "name": f"Raum {self.made}", "kind": "office"}
        put(
            self.session,
            Space,
            **record,
            parent_id=parent,
            bookable=self.dice.random() < 0.8,
            is_guest_space=self.dice.random() < 0.2,
        )

    def change_space(self) -> None:
        said = self.dice.choice(
            ({"bookable": self.dice.random() < 0.5}, {"is_guest_space": self.dice.random() < 0.5}, {"parent_id": None})
        )
        self.session.execute(update(Space).where(Space.id == self.some(Space)).values(**said))

    def change_house(self) -> None:
        zone = self.dice.choice(("Europe/Berlin", "Europe/Berlin", "Atlantic/Azores", "Pacific/Auckland"))
        values = {"closed_on_holidays": self.dice.random() < 0.5, "time_zone": zone}
        self.session.execute(update(Centre).values(**values))

    def some(self, table: Any) -> str | None:
        found = self.session.scalars(select(table.id).order_by(table.id)).all()
        return self.dice.choice(found) if found else None

    def times(self) -> dict[str, datetime]:
        starts_at = FIRST_QUARTER + timedelta(minutes=15 * self.dice.randrange(4 * 24 * 220))
        length = self.dice.choice((1, 4, 8, 14, 40, 4 * 24 * 3, 4 * 24 * 31))
        return {"starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=15 * length)}

    def kinds(self) -> dict[str, str]:
        kind = self.dice.choice(("programme", "rental", "self_managed", "blocked"))
        return {
            "kind": kind,
            "state": self.dice.choice(("confirmed", "confirmed", "confirmed", "requested", "cancelled")),
        }

    def wall(self) -> str:
        return f"{self.dice.randrange(24):02}:{self.dice.choice((0, 15, 30, 45)):02}"


@pytest.mark.parametrize("seed", range(4))
def test_random_changes_a_rebuild_and_a_slow_look_agree(session: Session, seed: int) -> None:
    """Whatever happens in whatever order, with the job at work in between."""
    put_centre(session)
    put_centre(session, "hochfeld")
    put_booking(
        session,
        put_space(session, "Café", "hochfeld", born=date(2026, 9, 2)),
        "2026-11-23T09:00:00Z",
        centre="hochfeld",
    )
    dice = Dice(session, seed)
    for _ in range(3):
        dice.add_space()
        dice.open()
    for _ in range(60):
        dice.step()
        if dice.dice.random() < 0.3:
            summing.look_ahead(session, NOW, ZONE)
            summing.take_up(session)
            summing.work_off(session, at_most=1)
    catch_up(session)
    found = stored(session)
    oracle = Oracle(session, HOUSE)
    for year, number in LOOKED_AT:
        of_month = {
            key[1:]: value
            for key, value in found.items()
            if key[0] == f"{year}-{number:02}" and key[1] in oracle.spaces
        }
        assert of_month == oracle.month(year, number)
    houses = select(OccupancyHouse.month, OccupancyHouse.part, OccupancyHouse.centre_id, OccupancyHouse.inside_s)
    of_houses = sorted(session.execute(houses).all())
    summing.rebuild(session)
    catch_up(session)
    assert stored(session) == found
    assert sorted(session.execute(houses).all()) == of_houses
    assert sum(row.inside_s for row in of_houses) == sum(value[1] for key, value in found.items() if key[2])


@pytest.mark.service("postgresql")
def test_a_change_that_is_not_yet_committed_is_not_lost(postgres_url: str) -> None:
    """On PostgreSQL the job works beside ingest: what a writer still holds is left for the next look."""
    database = Database(postgres_url)
    Base.metadata.create_all(database.engine)
    with database.transaction() as session:
        put_hours(session, "10:00", "18:00")
        hall = put_space(session)
        catch_up(session)
        put_booking(session, hall, "2026-11-23T09:00:00Z")
    with database.transaction() as ingest:
        put_booking(ingest, hall, "2026-11-24T09:00:00Z")  # the same month, noted already: the note is held
        with database.transaction() as job:
            assert summing.take_up(job) is None
    with database.transaction() as session:
        assert catch_up(session) == 1
        assert hours_in(session, "2026-11")[1] == 2
    database.dispose()


def test_a_rebuild_removes_what_should_not_be_there(session: Session, hall: str) -> None:
    """Sums of a house that nobody knows any more, and of months before there was a space."""
    nothing = {"open_s": 1, "inside_s": 1, "outside_s": 0, "blocked_s": 0, "part": "morning"}
    session.execute(insert(OccupancyHouse), [{"centre_id": "gone", "month": "2026-11", **nothing}])
    session.execute(insert(OccupancyHouse), [{"centre_id": HOUSE, "month": "2021-01", **nothing}])
    summing.rebuild(session)
    catch_up(session)
    assert hours_in(session, "2026-11") == (240, 0, 0, 0)
    assert hours_in(session, "2021-01") == (0, 0, 0, 0)


def test_batches_and_single_rows_are_noted_alike(session: Session, hall: str) -> None:
    """A statement with many rows, as ingest writes, notes each house and month once."""
    rows = [
        {
            "centre_id": HOUSE, "id": id_born(date(2026, 1, 1), number), "space_id": hall, "kind": "rental",
            "state": "confirmed" if number % 2 else "requested",
            "starts_at": NOW + timedelta(days=number, hours=2), "ends_at": NOW + timedelta(days=number, hours=3),
        }
        for number in range(40)
    ]  # fmt: skip
    session.connection().execute(insert(Booking.__table__), rows)
    months = [("2026-11", "2026-11"), ("2026-11", "2026-12"), ("2026-12", "2026-12"), ("2026-12", "2027-01")]
    assert due(session) == months
    catch_up(session)
    assert sum(hours_in(session, month)[1] for month in ("2026-11", "2026-12", "2027-01")) == 20


def test_a_house_that_tells_nonsense_stops_nobody(session: Session, hall: str) -> None:
    """An id from the end of time and a zone that is a folder: the job passes on to the next house."""
    put_centre(session, "a-house", time_zone="Europe")
    put_hours(session, "10:00", "18:00", "a-house")
    odd = put_space(session, centre="a-house", id="ffffffff-ffff-7fff-bfff-ffffffffffff")
    put_booking(session, odd, "2026-11-02T09:00:00Z", 1, "a-house")
    put_booking(session, hall, "2026-11-23T09:00:00Z", 2)
    catch_up(session)
    assert hours_in(session, "2026-11")[1] == 2 + 1
