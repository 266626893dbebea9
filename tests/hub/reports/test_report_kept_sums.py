"""The kept sums are those of the records, whatever came late, was corrected, moved or deleted."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from hub.attendance.models import EventAttendance
from hub.bookings.models import Booking
from hub.centres.models import Centre
from hub.programme.models import Event
from hub.reports import sums
from hub.reports.models import DistrictSum, ReportPlace, ReportSum
from hub.visits.models import HourCount, VisitDay
from shared.ids import new_id

BERLIN = ZoneInfo("Europe/Berlin")
CENTRES = ("hamborn", "homberg", "walsum")
DISTRICTS = ("Hamborn", "Homberg", "Walsum", "")
SPRING_NIGHT, AUTUMN_NIGHT = datetime(2026, 3, 28, 20, tzinfo=UTC), datetime(2026, 10, 24, 20, tzinfo=UTC)
TURN_OF_YEAR = datetime(2025, 12, 31, 20, tzinfo=UTC)
STEPS = 120


def kept(city: Any) -> tuple[dict[Any, int], dict[Any, Any]]:
    """Return the sums of centres and of districts as they stand."""
    with city.database.reading() as session:
        centres = session.scalars(select(ReportSum)).all()
        districts = session.scalars(select(DistrictSum)).all()
    return (
        {(row.centre_id, row.measure, row.way, row.month, row.key): row.amount for row in centres},
        {(row.district, row.measure, row.way, row.month, row.key): (row.amount, row.parts) for row in districts},
    )


def plainly(city: Any) -> tuple[dict[Any, int], dict[Any, Any]]:
    """Add up the records themselves, in the plainest way: row by row, in Python."""
    found: Counter[Any] = Counter()
    with city.database.reading() as session:
        events = {(event.centre_id, event.id): event for event in session.scalars(select(Event))}
        came = {(row.centre_id, row.event_id): row for row in session.scalars(select(EventAttendance))}
        for hour in session.scalars(select(HourCount)):
            local = hour.hour_starts_at.astimezone(BERLIN)
            week = f"{local.weekday()}-{local:%H}"
            add(found, hour, "visits", local, hour.count, kind=hour.kind, target_group=hour.target_group, week=week)
        for day in session.scalars(select(VisitDay)):
            partly = day.state == "counted" and not day.complete
            add(found, day, "days", day.day, 1, state="partly" if partly else day.state)
        for key, event in events.items():
            add_event(found, event, came.get(key))
        for booking in session.scalars(select(Booking)):
            add_booking(found, booking, events.get((booking.centre_id, booking.event_id)))
        profiles = session.execute(select(Centre.centre_id, Centre.district).order_by(Centre.id.desc())).all()
    place = {row.centre_id: row.district for row in profiles}
    together: dict[Any, Any] = {}
    for (centre, *rest), amount in found.items():
        sum_before, parts = together.get((place.get(centre, ""), *rest), (0, 0))
        together[place.get(centre, ""), *rest] = (sum_before + amount, parts + 1)
    return dict(found), together


def add(found: Counter[Any], row: Any, measure: str, at: Any, amount: int, **ways: Any) -> None:
    local = at.astimezone(BERLIN) if isinstance(at, datetime) else at
    for way, keys in {"": "", **ways}.items():
        for key in keys if isinstance(keys, tuple) else (keys,):
            found[row.centre_id, measure, way, local.year * 100 + local.month, key] += amount


def add_event(found: Counter[Any], event: Any, here: Any) -> None:
    cost = {None: "ask", 0: "free"}.get(event.cost_cents, "paid")
    ways = {"theme": event.theme, "kind": event.kind, "place": event.attendance, "cost": cost}
    ways |= {"target_group": event.target_groups or ("",), "language": event.languages or ("",)}
    measures = {"events": 1} if event.state == "published" else {"cancelled_events": 1}
    if here is not None and event.state == "published":
        measures |= {"registered": here.registered, "waiting": here.waiting}
        if here.attended is not None:
            measures |= {"checked": here.registered, "missed": max(0, here.registered - here.attended)}
        if (here.attended, here.headcount) != (None, None):
            measures["came"] = (here.attended or 0) + (here.headcount or 0)
    for measure, amount in measures.items():
        add(found, event, measure, event.starts_at, amount, **ways)


def add_booking(found: Counter[Any], booking: Any, event: Any) -> None:
    names = {"confirmed": "bookings", "declined": "declined_bookings", "cancelled": "cancelled_bookings"}
    if booking.kind == "blocked" or booking.state not in names:
        return
    ways = {"kind": booking.kind, "theme": event.theme if event else ""}
    add(found, booking, names[booking.state], booking.starts_at, 1, **ways)
    if booking.state == "confirmed":
        seconds = int((booking.ends_at - booking.starts_at).total_seconds())
        add(found, booking, "booked_hours", booking.starts_at, seconds, **ways)


class Life:
    """Changes that arrive at a hub in any order, drawn from chance."""

    def __init__(self, session: Session, chance: random.Random) -> None:
        self.session = session
        self.chance = chance

    def step(self) -> None:
        self.chance.choice(
            (self.count, self.count, self.correct, self.day, self.event, self.event, self.change_event, self.booking,
             self.attend, self.change_booking, self.move, self.erase, self.erase_one)
        )()  # fmt: skip

    def instant(self) -> datetime:
        """Mostly near the nights in which clocks or years change."""
        night = self.chance.choice((SPRING_NIGHT, AUTUMN_NIGHT, TURN_OF_YEAR))
        return night + timedelta(hours=self.chance.randrange(12), days=self.chance.choice((0, 0, 0, 7, -60)))

    def centre(self) -> str:
        return self.chance.choice(CENTRES)

    def some(self, kind: Any) -> Any:
        rows = self.session.scalars(select(kind).order_by(kind.centre_id, kind.id)).all()
        return self.chance.choice(rows) if rows else None

    def change(self, row: Any, **values: Any) -> None:
        """Change a row as ingest does, past the ORM."""
        kind: Any = type(row)
        self.session.execute(update(kind).where(kind.centre_id == row.centre_id, kind.id == row.id).values(**values))

    def count(self) -> None:
        kind = self.chance.choice(("open_meeting", "programme"))
        group = self.chance.choice(("", "seniors"))
        centre = self.centre()
        self.session.add(
            HourCount(
                centre_id=centre, id=new_id(), hour_starts_at=self.instant(), kind=kind, target_group=group,
                count=self.chance.randrange(5),
            )
        )  # fmt: skip

    def correct(self) -> None:
        if row := self.some(HourCount):
            self.change(row, count=self.chance.randrange(9), hour_starts_at=self.instant())

    def day(self) -> None:
        state = self.chance.choice(("counted", "closed", "not_counted"))
        day = self.instant().date()
        complete = state == "counted" and self.chance.random() < 0.5
        self.session.add(VisitDay(centre_id=self.centre(), id=new_id(), day=day, state=state, complete=complete))

    def event(self) -> None:
        starts_at = self.instant()
        self.session.add(
            Event(
                centre_id=self.centre(), id=new_id(), kind="event", state="published", title="Chor",
                theme=self.chance.choice(("sport", "")), starts_at=starts_at, ends_at=starts_at, updated_at=starts_at,
                target_groups=self.chance.choice(((), ("seniors", "women"))), languages=("de", "tr"), cost_cents=None,
            )
        )  # fmt: skip

    def change_event(self) -> None:
        if row := self.some(Event):
            state, theme = self.chance.choice(("published", "cancelled")), self.chance.choice(("sport", "arts"))
            moved = {"starts_at": self.instant()} if self.chance.random() < 0.5 else {}
            self.change(row, state=state, theme=theme, cost_cents=self.chance.choice((0, 5)), **moved)

    def booking(self) -> None:
        event, starts_at = self.some(Event), self.instant()
        self.session.add(
            Booking(
                centre_id=event.centre_id if event else self.centre(), id=new_id(), space_id=new_id(),
                starts_at=starts_at, ends_at=starts_at + timedelta(hours=2), event_id=event and event.id,
                kind=self.chance.choice(("rental", "blocked", "programme")),
                state=self.chance.choice(("confirmed", "requested", "declined")),
            )
        )  # fmt: skip

    def change_booking(self) -> None:
        if row := self.some(Booking):
            self.change(row, state=self.chance.choice(("confirmed", "cancelled")), ends_at=row.ends_at + timedelta(1))

    def attend(self) -> None:
        """A figure may arrive before its event, or for one that never does."""
        event = self.some(Event)
        known = self.some(EventAttendance)
        if known and self.chance.random() < 0.5:
            self.change(known, registered=self.chance.randrange(9), attended=self.chance.choice((None, 0, 12)))
            return
        taken = event and self.session.get(EventAttendance, (event.centre_id, event.id))
        centre, event_id = (event.centre_id, event.id) if event and not taken else (self.centre(), new_id())
        self.session.add(
            EventAttendance(
                centre_id=centre, id=event_id, event_id=event_id, registered=5, headcount=3, as_of=SPRING_NIGHT
            )
        )

    def move(self) -> None:
        """A profile arrives, a second one too; its district changes."""
        row = self.some(Centre)
        if row is None or self.chance.random() < 0.3:
            self.session.add(
                Centre(
                    centre_id=self.centre(), id=new_id(), name="Haus", kind="stadtteilzentrum",
                    district=self.chance.choice(DISTRICTS),
                )
            )  # fmt: skip
        else:
            self.change(row, district=self.chance.choice(DISTRICTS), quarter=self.chance.choice(("", "Marxloh")))

    def erase(self) -> None:
        """A house takes back all of one kind."""
        if self.chance.random() < 0.1:
            kind: Any = self.chance.choice((HourCount, Event, Booking, VisitDay, EventAttendance, Centre))
            self.session.execute(delete(kind).where(kind.centre_id == self.centre()))

    def erase_one(self) -> None:
        row = self.some(self.chance.choice((HourCount, Event, Booking, VisitDay, EventAttendance, Centre)))
        if row is not None:
            kind: Any = type(row)
            self.session.execute(delete(kind).where(kind.centre_id == row.centre_id, kind.id == row.id))


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_the_sums_are_those_of_the_records(city: Any, seed: int) -> None:
    """Random changes with catch-ups in between: kept sums, plain sums and a rebuild are the same."""
    chance = random.Random(seed)
    for _ in range(STEPS):
        with city.database.transaction() as session:
            Life(session, chance).step()
        if chance.random() < 0.2:
            with city.database.transaction() as session:
                sums.catch_up(session, BERLIN, at_most=3)  # in the middle of things
        if chance.random() < 0.1:
            city.add_up()
            assert kept(city) == plainly(city)
    city.add_up()
    now = kept(city)
    assert now == plainly(city)
    with city.database.transaction() as session:
        assert sums.rebuild(session) > 0
    city.add_up()
    with city.database.transaction() as session:
        sums.add_up_districts(session)
    assert kept(city) == now


def test_a_booking_follows_the_theme_of_its_event(city: Any) -> None:
    """Also one that begins in the month before its event: the last evening of October for the first of November."""
    event = city.event("hamborn", "2026-11-01T08:00:00Z", theme="sport")
    city.booking("hamborn", "2026-10-31T18:00:00Z", hours=15, event_id=event)
    city.add_up()
    with city.database.transaction() as session:
        session.execute(update(Event).where(Event.id == event).values(theme="arts"))
    city.add_up()
    themes = {key[3:]: amount for key, amount in kept(city)[0].items() if key[1:3] == ("bookings", "theme")}
    assert themes == {(202610, "arts"): 1}


def test_a_rebuild_mends_sums_that_somebody_broke(city: Any) -> None:
    """Rows that nothing stands for go, wrong ones are set right, those of districts too."""
    city.centre("hamborn")
    city.visits("hamborn", "2026-10-05T08:00:00Z", 3)
    city.add_up()
    right = kept(city)
    with city.database.transaction() as session:
        session.execute(update(ReportSum).where(ReportSum.way == "kind").values(amount=99))
        session.execute(update(DistrictSum).values(amount=77, parts=9))
        session.add(ReportSum(centre_id="ghost", measure="visits", way="", month=202610, key="", amount=5))
        session.add(ReportSum(centre_id="hamborn", measure="visits", way="", month=202609, key="", amount=5))
        sums.rebuild(session)
    city.add_up()
    with city.database.transaction() as session:
        sums.add_up_districts(session)
    assert kept(city) == right


def test_idle_catching_up_finds_nothing(city: Any) -> None:
    """What was added up is due no more; a change that no figure looks at makes nothing due."""
    event = city.event("hamborn", "2026-10-05T08:00:00Z")
    assert city.add_up() > 0
    assert city.add_up() == 0
    with city.database.transaction() as session:
        session.execute(update(Event).where(Event.id == event).values(title="Chor", sequence=2))
    assert city.add_up() == 0


def test_a_correction_leaves_other_months_alone(city: Any) -> None:
    """Only the month of the changed hour is due: one note."""
    for month in (8, 9, 10):
        hour = city.visits("hamborn", f"2026-{month:02d}-05T08:00:00Z", 3)
    city.add_up()
    with city.database.transaction() as session:
        session.execute(update(HourCount).where(HourCount.id == hour).values(count=9))
        session.execute(update(HourCount).where(HourCount.id == hour).values(count=8))
    assert city.add_up() == 1
    assert kept(city)[0]["hamborn", "visits", "", 202610, ""] == 8


def test_the_hour_that_comes_twice_is_one_hour_of_the_day(city: Any) -> None:
    """In the autumn night 00:00 and 01:00 UTC are both 2 o'clock; in the spring night 2 o'clock never comes."""
    city.visits("hamborn", "2026-10-25T00:00:00Z", 3)
    city.visits("hamborn", "2026-10-25T01:00:00Z", 4)
    city.visits("hamborn", "2026-03-29T00:00:00Z", 1)
    city.visits("hamborn", "2026-03-29T01:00:00Z", 2)
    city.add_up()
    weeks = {key[3:]: amount for key, amount in kept(city)[0].items() if key[2] == "week"}
    assert weeks == {(202610, "6-02"): 7, (202603, "6-01"): 1, (202603, "6-03"): 2}


@pytest.mark.parametrize(("day", "months"), [("2026-10-31", {202610, 202611}), ("2026-10-30", {202610})])
def test_a_day_of_utc_may_touch_two_months(day: str, months: set[int]) -> None:
    """The last hours of 31 October in UTC are November in Duisburg."""
    assert sums.months_of(day, BERLIN) == months


def test_an_upsert_of_ingest_is_noted(city: Any) -> None:
    """Ingest writes `INSERT … ON CONFLICT DO UPDATE`; what that changes is due, what it repeats is not."""
    city.visits("hamborn", "2026-10-05T08:00:00Z", 3)
    city.add_up()
    again = "INSERT INTO visits SELECT * FROM visits WHERE true ON CONFLICT (centre_id, id) DO UPDATE SET count = 5"
    with city.database.transaction() as session:
        session.connection().exec_driver_sql(again)
    assert city.add_up() == 1
    with city.database.transaction() as session:
        session.connection().exec_driver_sql(again)
    assert city.add_up() == 0
    assert kept(city)[0]["hamborn", "visits", "", 202610, ""] == 5


def test_every_centre_with_sums_has_a_place(city: Any) -> None:
    """One whose profile has not arrived stands in no district, and moves when it comes."""
    city.visits("hamborn", "2026-10-05T08:00:00Z", 3)
    city.add_up()
    assert {key[0] for key in kept(city)[1]} == {""}
    city.centre("hamborn", district="Hamborn")
    city.add_up()
    assert {key[0] for key in kept(city)[1]} == {"Hamborn"}
    with city.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ReportPlace)) == 1


@pytest.mark.parametrize("far", [date(1, 1, 1), date(1899, 12, 31), date(2200, 1, 1), date(9999, 12, 31)])
def test_a_day_of_a_year_that_no_house_means_stops_nobody(city: Any, far: date) -> None:
    """A day is any date of the calendar, near whose ends nothing can be reckoned; its house is first on the list."""
    city.day("a-house", far)
    city.day("walsum", date(2026, 11, 2))
    city.add_up()
    found = kept(city)
    assert {key[0] for key in found[0]} == {"walsum"}
    with city.database.transaction() as session:
        sums.rebuild(session)
    city.add_up()
    assert kept(city) == found
