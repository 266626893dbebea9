"""Series of bookings: begun with a look ahead, edited without touching the past, nothing missing in silence."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from node.bookings import series, service
from node.bookings.models import Booking
from node.bookings.series import SeriesEntry
from node.bookings.series_outlook import Outlook, look_ahead, place_of
from node.bookings.service import BookingEntry
from node.equipment import service as equipment
from node.series.models import BookingSeries
from node.series.recurrence import Pattern, Reason
from node.series.refusals import NoDates, TooManyDates
from node.series.rule import read
from node.series.steps import Wish
from node.spaces.models import Space
from node.spaces.service import retire_space
from shared.database import Database
from shared.records.bookings import BookingKind, BookingState, SpaceTaken
from tests.factories import NOW, ZONE, local_slot, make_booking, make_space

TUESDAY = date(2026, 11, 24)


def entry(
    space: Space,
    rule: str = "FREQ=WEEKLY;COUNT=4",
    *,
    day: date = TUESDAY,
    start: str = "18:00",
    hours: float = 2,
    **said: Any,
) -> SeriesEntry:
    """Return what is said of a weekly evening."""
    skips = said.pop("skips", ())
    starts = datetime.combine(day, time.fromisoformat(start))
    pattern = Pattern(read(rule), starts, starts + timedelta(hours=hours), ZONE).settled()
    what = {"title": "Chorprobe", "kind": BookingKind.INTERNAL, **said}
    return SeriesEntry(
        pattern=pattern, said=BookingEntry(space_id=space.id, slot=pattern.slot_on(day), **what), skips=skips
    )


def begin(session: Session, wanted: SeriesEntry, wishes: Any = None, now: datetime = NOW) -> BookingSeries:
    made, _outcome = series.begin_series(session, wanted, wishes or {}, now=now, by="anna")
    return made


def edit(
    session: Session,
    row: BookingSeries,
    wanted: SeriesEntry,
    *,
    now: datetime = NOW,
    keep_own: bool = True,
    wishes: Any = None,
) -> Any:
    """Edit from the first day that the entry names."""
    day = series.edit_begins(row, wanted.pattern.starts.date(), now)
    return series.edit_series(session, row, wanted, day, wishes or {}, keep_own=keep_own, now=now, by="anna", why="neu")


def ahead(session: Session, wanted: SeriesEntry) -> dict[date, Outlook]:
    return look_ahead(session, series.look_at_new(session, wanted), ZONE, now=NOW)


def dates(session: Session, row: BookingSeries, now: datetime = NOW) -> list[tuple[str, str]]:
    """Return each date of a series with its wall time, or why it is missing."""
    found = []
    for line in series.dates_of(session, row, now=now):
        if line.written is not None:
            starts = line.written.place.slot.starts_at.astimezone(ZONE)
            state = "" if line.written.stands else " cancelled"
            found.append((f"{line.day:%d.%m.}", f"{starts:%d.%m. %H:%M}{state}"))
        else:
            assert line.omission is not None
            found.append((f"{line.day:%d.%m.}", line.omission.reason))
    return found


@pytest.fixture
def session(database: Database) -> Any:
    with database.transaction() as opened:
        yield opened


def test_each_date_is_a_booking_of_its_own(session: Session) -> None:
    """Four evenings are four confirmed bookings that say what the series says."""
    row = begin(session, entry(make_space(session), contact_name="Frau Yilmaz"))
    made = session.scalars(select(Booking).where(Booking.series_id == row.id).order_by(Booking.starts_at)).all()
    assert [booking.occurrence_on for booking in made] == [TUESDAY + timedelta(weeks=week) for week in range(4)]
    assert {(booking.title, booking.contact_name, booking.state) for booking in made} == {
        ("Chorprobe", "Frau Yilmaz", BookingState.CONFIRMED)
    }


def test_a_taken_date_is_foretold_with_who_and_what_instead(session: Session) -> None:
    """The look ahead names the booking in the way and offers another time and another space."""
    hall, side = make_space(session, "Saal"), make_space(session, "Nebenraum")
    fest = make_booking(session, hall, "17:00", "19:00", TUESDAY + timedelta(weeks=1), title="Fest")
    found = ahead(session, entry(hall))
    assert [outlook.free for outlook in found.values()] == [True, False, True, True]
    trouble = found[TUESDAY + timedelta(weeks=1)]
    assert trouble.culprit is fest
    assert [(choice.space_name, f"{choice.slot.starts_at.astimezone(ZONE):%H:%M}") for choice in trouble.choices] == [
        ("Saal", "19:00"),
        ("Saal", "15:00"),
        ("Nebenraum", "18:00"),
    ]
    chosen = place_of(trouble.choices[2].value, ZONE)
    assert chosen == (side.id, trouble.choices[2].slot)
    row = begin(session, entry(hall), {TUESDAY + timedelta(weeks=1): chosen})
    assert [line.written is not None for line in series.dates_of(session, row, now=NOW)] == [True] * 4


def test_a_refused_date_is_noted_and_can_be_tried_again(session: Session) -> None:
    """The other dates are written; the missing one says what was in its way until it is booked."""
    hall = make_space(session)
    fest = make_booking(session, hall, "17:00", "19:00", TUESDAY, title="Fest")
    row, outcome = series.begin_series(session, entry(hall), {}, now=NOW, by="anna")
    assert (outcome.made, [failed.day for failed in outcome.failed]) == (3, [TUESDAY])
    line = series.dates_of(session, row, now=NOW)[0]
    assert line.omission is not None
    assert (line.omission.reason, line.omission.blocked_by) == ("taken", fest.id)
    assert isinstance(series.try_again(session, row, TUESDAY, now=NOW), SpaceTaken)
    service.cancel_booking(session, fest.id, "fällt aus", now=NOW)
    assert series.try_again(session, row, TUESDAY, now=NOW) is None
    assert dates(session, row)[0] == ("24.11.", "24.11. 18:00")
    with pytest.raises(series.OccurrenceUnknown):
        series.try_again(session, row, TUESDAY, now=NOW)


def test_a_missing_date_can_be_left_to_rest(session: Session) -> None:
    """Whoever gives a date up says so; it stays listed as left out."""
    hall = make_space(session)
    make_booking(session, hall, "17:00", "19:00", TUESDAY)
    row = begin(session, entry(hall))
    series.leave_out(session, row, TUESDAY, now=NOW)
    assert dates(session, row)[0] == ("24.11.", Reason.LEFT_OUT)


def test_buffers_count_for_a_series(session: Session) -> None:
    """An evening that begins in the clearing time of another booking is not free."""
    hall = make_space(session, buffer_after_min=30)
    make_booking(session, hall, "16:00", "17:45", TUESDAY)
    found = ahead(session, entry(hall))
    assert not found[TUESDAY].free
    assert f"{found[TUESDAY].choices[0].slot.starts_at.astimezone(ZONE):%H:%M}" == "18:15"


def test_a_half_of_the_hall_is_in_the_way_of_the_hall(session: Session) -> None:
    """Spaces that share a part collide in a look ahead, too."""
    hall = make_space(session)
    half = make_space(session, "links", hall)
    make_space(session, "rechts", hall)
    make_booking(session, half, "18:00", "19:00", TUESDAY)
    assert not ahead(session, entry(hall))[TUESDAY].free


def test_dates_too_near_to_each_other_for_their_buffers_are_foretold(session: Session) -> None:
    """Twenty-three hours every day with two hours of clearing: every second date collides with the one before."""
    hall = make_space(session, buffer_after_min=120)
    found = ahead(session, entry(hall, "FREQ=DAILY;COUNT=3", hours=23))
    assert [outlook.itself for outlook in found.values()] == [False, True, False]


def test_holidays_are_left_out_on_wish_and_can_be_held_all_the_same(session: Session) -> None:
    """New Year's Day is noted with its name; somebody may still choose to meet on it."""
    hall = make_space(session)
    fridays = entry(hall, "FREQ=WEEKLY;COUNT=3", day=date(2026, 12, 18), skips=("public",))
    row = begin(session, fridays, {date(2027, 1, 1): Wish.ANYWAY})
    assert dates(session, row) == [
        ("18.12.", "18.12. 18:00"),
        ("25.12.", Reason.PUBLIC_HOLIDAY),
        ("01.01.", "01.01. 18:00"),
    ]


def test_a_date_can_be_left_out_before_it_is_written(session: Session) -> None:
    """The wish is noted, so that the page can say why the date is missing."""
    row = begin(session, entry(make_space(session)), {TUESDAY: Wish.LEAVE_OUT})
    assert dates(session, row)[0] == ("24.11.", Reason.LEFT_OUT)


def test_an_edit_of_all_leaves_the_past_alone(session: Session) -> None:
    """After two dates have begun, a new time cuts the series: the first two keep theirs."""
    hall = make_space(session)
    row = begin(session, entry(hall))
    later = local_slot("18:30", "19:00", TUESDAY + timedelta(weeks=1)).starts_at
    changed, outcome = edit(session, row, entry(hall, "FREQ=WEEKLY;COUNT=2", day=TUESDAY, start="19:00"), now=later)
    assert outcome.moved == 2
    assert changed.follows_id == row.id
    assert dates(session, row) == [("24.11.", "24.11. 18:00"), ("01.12.", "01.12. 18:00")]
    assert dates(session, changed) == [("08.12.", "08.12. 19:00"), ("15.12.", "15.12. 19:00")]
    assert row.pattern.rule.until == date(2026, 12, 1)
    assert series.find_following(session, row) is changed


def test_an_edit_before_the_first_date_changes_the_series_itself(session: Session) -> None:
    """Nothing lies before it, so nothing is cut."""
    hall, side = make_space(session), make_space(session, "Nebenraum")
    row = begin(session, entry(hall))
    changed, _outcome = edit(session, row, entry(side, title="Chor"))
    assert changed is row
    made = session.scalars(select(Booking).where(Booking.series_id == row.id)).all()
    assert {(booking.space_id, booking.title) for booking in made} == {(side.id, "Chor")}


def test_this_and_following_splits_in_the_middle(session: Session) -> None:
    """From the third date on another time; the first two stay with the old series."""
    hall = make_space(session)
    row = begin(session, entry(hall))
    changed, _outcome = edit(session, row, entry(hall, "FREQ=WEEKLY;COUNT=2", day=date(2026, 12, 8), start="10:00"))
    assert [when for _day, when in dates(session, row)] == ["24.11. 18:00", "01.12. 18:00"]
    assert [when for _day, when in dates(session, changed)] == ["08.12. 10:00", "15.12. 10:00"]


def test_a_date_changed_on_its_own_is_kept_and_told_apart(session: Session) -> None:
    """An edit of all moves the others; the one that was moved by hand stays, unless said otherwise."""
    hall = make_space(session)
    row = begin(session, entry(hall))
    second = series.dates_of(session, row, now=NOW)[1].written
    assert second is not None
    assert not second.own
    by_hand = BookingEntry.of(service.get_booking(session, second.id))
    moved = BookingEntry(**{**vars(by_hand), "slot": local_slot("09:00", "11:00", date(2026, 12, 2))})
    service.move_booking(session, second.id, moved)
    session.get_one(Booking, second.id).series_id = row.id
    assert [line.written.own for line in series.dates_of(session, row, now=NOW) if line.written] == [
        False,
        True,
        False,
        False,
    ]
    edit(session, row, entry(hall, start="19:00"))
    assert dates(session, row)[:3] == [
        ("24.11.", "24.11. 19:00"),
        ("01.12.", "02.12. 09:00"),
        ("08.12.", "08.12. 19:00"),
    ]
    edit(session, row, entry(hall, start="20:00"), keep_own=False)
    assert dates(session, row)[1] == ("01.12.", "01.12. 20:00")


def test_tuesdays_become_wednesdays_by_moving(session: Session) -> None:
    """Each booking moves to the nearest new day; none is lost and made anew."""
    hall = make_space(session)
    row = begin(session, entry(hall))
    before = [line.written.id for line in series.dates_of(session, row, now=NOW) if line.written]
    wednesdays = entry(hall, "FREQ=WEEKLY;BYDAY=WE;COUNT=4")
    _changed, outcome = series.edit_series(session, row, wednesdays, TUESDAY, {}, keep_own=True, now=NOW)
    assert (outcome.moved, outcome.made, outcome.cancelled) == (4, 0, 0)
    assert [line.written.id for line in series.dates_of(session, row, now=NOW) if line.written] == before
    assert dates(session, row)[0] == ("25.11.", "25.11. 18:00")


def test_dates_may_move_into_each_others_old_times(session: Session) -> None:
    """Every day an hour later than the length of a date: each moves into what the next one leaves."""
    hall = make_space(session)
    row = begin(session, entry(hall, "FREQ=DAILY;COUNT=4", hours=20))
    _changed, outcome = edit(session, row, entry(hall, "FREQ=DAILY;COUNT=4", start="23:00", hours=20))
    assert (outcome.moved, outcome.failed) == (4, [])


def test_a_date_that_cannot_move_stays_and_is_reported(session: Session) -> None:
    """The new time is taken on one date: that one keeps its old time, and nothing is lost."""
    hall = make_space(session)
    row = begin(session, entry(hall))
    make_booking(session, hall, "20:00", "21:00", date(2026, 12, 1))
    wanted = entry(hall, start="19:30")
    steps = series.look_at_edit(session, row, wanted, TUESDAY, keep_own=True, now=NOW)
    assert [outlook.free for outlook in look_ahead(session, steps, ZONE, now=NOW).values()] == [True, False, True, True]
    _changed, outcome = edit(session, row, wanted)
    assert [(failed.day, failed.stays) for failed in outcome.failed] == [(date(2026, 12, 1), True)]
    assert dates(session, row)[1] == ("01.12.", "01.12. 18:00")


def test_a_shorter_series_cancels_what_it_loses_and_a_longer_one_books_more(session: Session) -> None:
    """The end moves in place, in both directions."""
    hall = make_space(session)
    row = begin(session, entry(hall))
    edit(session, row, entry(hall, "FREQ=WEEKLY;COUNT=3"))
    assert dates(session, row)[3] == ("15.12.", "15.12. 18:00 cancelled")
    later = local_slot("21:00", "22:00", date(2026, 12, 1)).starts_at
    changed, outcome = edit(session, row, entry(hall, "FREQ=WEEKLY;COUNT=4", day=date(2026, 12, 8)), now=later)
    assert changed is row
    assert outcome.made == 2
    assert [when for _day, when in dates(session, row)][-2:] == ["22.12. 18:00", "29.12. 18:00"]


def test_a_date_cancelled_on_its_own_stays_cancelled(session: Session) -> None:
    """No edit brings it back."""
    hall = make_space(session)
    row = begin(session, entry(hall))
    first = series.dates_of(session, row, now=NOW)[0].written
    assert first is not None
    service.cancel_booking(session, first.id, "krank", now=NOW)
    edit(session, row, entry(hall, start="19:00"))
    assert dates(session, row)[:2] == [("24.11.", "24.11. 18:00 cancelled"), ("01.12.", "01.12. 19:00")]


def test_new_holidays_cancel_only_what_was_not_held_on_purpose(session: Session) -> None:
    """A series that now leaves out holidays cancels those; one held all the same stays through later edits."""
    hall = make_space(session)
    fridays = {"rule": "FREQ=WEEKLY;COUNT=3", "day": date(2026, 12, 18)}
    row = begin(session, entry(hall, **fridays))
    edit(session, row, entry(hall, **fridays, skips=("public",)))
    assert [when for _day, when in dates(session, row)][1:] == ["25.12. 18:00 cancelled", "01.01. 18:00 cancelled"]
    other = make_space(session, "Küche")
    held = begin(session, entry(other, **fridays, skips=("public",)), {date(2026, 12, 25): Wish.ANYWAY})
    edit(session, held, entry(other, **fridays, skips=("public",), start="19:00"))
    assert [when for _day, when in dates(session, held)][1:] == ["25.12. 19:00", Reason.PUBLIC_HOLIDAY]


def test_cancelling_from_one_date_on_keeps_those_before(session: Session) -> None:
    """The space is free again, the reason stays with each date, and the series ends there."""
    hall = make_space(session)
    row = begin(session, entry(hall))
    assert series.cancel_series(session, row, date(2026, 12, 8), "Chorleiterin verzogen", now=NOW, by="anna") == 2
    assert [when for _day, when in dates(session, row)] == [
        "24.11. 18:00",
        "01.12. 18:00",
        "08.12. 18:00 cancelled",
        "15.12. 18:00 cancelled",
    ]
    assert row.pattern.rule.until == date(2026, 12, 7)
    assert make_booking(session, hall, "18:00", "19:00", date(2026, 12, 8)).state == BookingState.CONFIRMED


def test_cancelling_all_never_touches_the_past(session: Session) -> None:
    """What has begun took place."""
    row = begin(session, entry(make_space(session)))
    later = local_slot("18:30", "19:00", TUESDAY).starts_at
    assert series.cancel_series(session, row, None, "Umbau", now=later) == 3
    assert dates(session, row, later)[0] == ("24.11.", "24.11. 18:00")


def test_an_evening_past_midnight_goes_over_the_turn_of_the_year(session: Session) -> None:
    """20:00 to 02:00 on New Year's Eve is one booking that ends in the new year."""
    row = begin(
        session, entry(make_space(session), "FREQ=WEEKLY;COUNT=2", day=date(2026, 12, 31), start="20:00", hours=6)
    )
    first = session.scalars(select(Booking).where(Booking.series_id == row.id).order_by(Booking.starts_at)).first()
    assert first is not None
    assert first.ends_at == datetime(2027, 1, 1, 1, 0, tzinfo=UTC)


def test_what_fails_on_every_date_is_refused_at_once(session: Session) -> None:
    """A retired space, no dates at all, too many dates: nothing is written."""
    hall, closed = make_space(session), make_space(session, "Keller")
    retire_space(session, closed.id)
    with pytest.raises(service.SpaceRetired):
        begin(session, entry(closed))
    with pytest.raises(NoDates):
        begin(session, entry(hall, "FREQ=WEEKLY;UNTIL=20200101"))
    with pytest.raises(TooManyDates):
        begin(session, entry(hall, "FREQ=DAILY;COUNT=300"))
    assert session.scalars(select(Booking)).all() == []


def test_a_rule_of_the_space_is_foretold_and_can_be_set_aside(session: Session) -> None:
    """A longest booking that a rental breaks is told in the look ahead; somebody may overrule it for all dates."""
    hall = make_space(session, length_max_min=60)
    rental = entry(hall, kind=BookingKind.RENTAL, contact_name="Frau Yilmaz")
    steps = series.look_at_new(session, rental)
    assert not look_ahead(session, steps, ZONE, now=NOW, kind=BookingKind.RENTAL)[TUESDAY].free
    assert look_ahead(session, steps, ZONE, now=NOW, kind=BookingKind.RENTAL, overruled=True)[TUESDAY].free
    assert look_ahead(session, steps, ZONE, now=NOW, kind=BookingKind.INTERNAL)[TUESDAY].free
    refused, outcome = series.begin_series(session, rental, {}, now=NOW)
    assert (outcome.made, len(outcome.failed)) == (0, 4)
    assert {line.omission.detail for line in series.dates_of(session, refused, now=NOW) if line.omission} == {
        "BookingTooLong"
    }
    knowing = service.Overruling("anna", "Stammgruppe")
    _row, outcome = series.begin_series(session, rental, {}, now=NOW, by="anna", overruling=knowing)
    assert outcome.made == 4
    kept = session.scalars(select(Booking.overruled)).all()
    assert kept == ["length: Stammgruppe"] * 4


def test_equipment_goes_along_with_each_date(session: Session) -> None:
    """The projector is kept for every date; where it is out the date is missing, and says why."""
    hall, side = make_space(session), make_space(session, "Nebenraum")
    beamer = equipment.add_item(session, equipment.ItemEntry(name="Beamer"))
    other = make_booking(session, side, "18:00", "20:00", TUESDAY, equipment={beamer.id: 1})
    row = begin(session, entry(hall, equipment={beamer.id: 1}))
    line = series.dates_of(session, row, now=NOW)[0]
    assert line.omission is not None
    assert (line.omission.reason, line.omission.detail) == ("refused", "StockExceeded")
    assert service.bookings_between(session, local_slot("18:00", "20:00", TUESDAY)) == [other]
    second = series.dates_of(session, row, now=NOW)[1].written
    assert second is not None
    assert equipment.with_bookings(session, [second.id]) == {second.id: {beamer.id: 1}}
    assert not second.own


def test_what_was_added_to_one_date_is_not_lost_by_an_edit(session: Session) -> None:
    """A date with a projector of its own counts as changed on its own."""
    hall = make_space(session)
    beamer = equipment.add_item(session, equipment.ItemEntry(name="Beamer"))
    row = begin(session, entry(hall))
    first = series.dates_of(session, row, now=NOW)[0].written
    assert first is not None
    equipment.reserve(session, first.id, beamer.id, 1, first.place.slot)
    edit(session, row, entry(hall, start="19:00"))
    assert dates(session, row)[:2] == [("24.11.", "24.11. 18:00"), ("01.12.", "01.12. 19:00")]
    assert equipment.with_bookings(session, [first.id]) == {first.id: {beamer.id: 1}}
    edit(session, row, entry(hall, start="19:00"), keep_own=False)
    assert equipment.with_bookings(session, [first.id]) == {}


def test_sixty_dates_are_looked_at_with_a_few_queries(database: Database) -> None:
    """However many dates and conflicts, the look ahead asks the database a handful of times."""
    with database.transaction() as session:
        hall = make_space(session)
        make_space(session, "Nebenraum")
        for week in range(0, 60, 2):
            make_booking(session, hall, "18:30", "19:00", TUESDAY + timedelta(weeks=week))
        hall_id = hall.id
    asked: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    with database.reading() as session:
        wanted = entry(session.get_one(Space, hall_id), "FREQ=WEEKLY;COUNT=60", skips=("public", "school"))
        ahead(session, wanted)  # the first one computes the holidays of two years
        asked.clear()
        found = ahead(session, wanted)
    assert len(found) == 60
    assert sum(not outlook.free for outlook in found.values()) == 30
    assert len(asked) <= 10, asked
