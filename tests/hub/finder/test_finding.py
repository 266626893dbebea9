"""What a space answers when somebody looks for a room."""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from hub.finder.answers import Why
from hub.finder.openings import Manner
from hub.spaces.models import Space
from shared.database import Database
from tests.hub.finder.conftest import (
    DAY,
    NOW,
    answer,
    ask,
    local,
    put_booking,
    put_guest_hours,
    put_hours,
    put_house,
    put_space,
    told,
)


@pytest.fixture
def hall(session: Session) -> str:
    """The only space of a house that is open from eight to ten at night."""
    put_house(session)
    return put_space(session, capacity=40)


def test_an_empty_hall_is_free_as_wished(session: Session, hall: str) -> None:
    """At the very time, and it says how many it seats and in which way it is open."""
    one = answer(session)
    assert told(one) == "free 10:00"
    assert (one.ends_at, one.seats, one.manner, one.shift_min) == (local("12:00"), 40, Manner.OPEN, 0)


def test_a_taken_hall_says_how_much_later_it_is_free(session: Session, hall: str) -> None:
    """Half an hour, with the reason."""
    put_booking(session, hall, "08:00", "10:30")
    one = answer(session)
    assert told(one) == "near 10:30"
    assert (one.shift_min, one.why) == (30, Why.TAKEN)


def test_the_nearer_time_wins_be_it_earlier(session: Session, hall: str) -> None:
    """Fifteen minutes earlier rather than two hours later."""
    put_booking(session, hall, "11:45", "12:00")
    assert told(answer(session)) == "near 09:45"


def test_beyond_two_hours_it_is_the_first_time_possible(session: Session, hall: str) -> None:
    """On the same day, or on the next on which it goes: at the time nearest to the wish."""
    put_booking(session, hall, "08:00", "14:00")
    assert told(answer(session)) == "first_time 14:00"
    put_booking(session, hall, "13:00", "22:00")
    assert told(answer(session)) == "first_time 24.11. 10:00"


def test_between_two_bookings_lies_the_larger_buffer_and_not_the_sum(session: Session) -> None:
    """Thirty minutes after one and a quarter before the next are thirty minutes."""
    put_house(session)
    hall = put_space(session, buffer_before_min=15, buffer_after_min=30)
    put_booking(session, hall, "08:00", "10:00")
    assert told(answer(session)) == "near 10:30"


def test_a_hall_is_taken_with_its_half_and_the_other_way_round(session: Session) -> None:
    """Through three levels; the other half stays free."""
    put_house(session)
    house = put_space(session, "Haus")
    hall = put_space(session, "Saal", parent_id=house)
    half = put_space(session, "Hälfte", parent_id=hall)
    put_space(session, "Andere Hälfte", parent_id=hall)
    put_booking(session, half, "08:00", "22:00")
    verdicts = {one.name: told(one) for one in ask(session).answers}
    assert verdicts == {
        "Andere Hälfte": "free 10:00",
        "Haus": "first_time 24.11. 10:00",
        "Saal": "first_time 24.11. 10:00",
        "Hälfte": "first_time 24.11. 10:00",
    }


def test_the_buffers_of_a_half_keep_the_hall_away_too(session: Session) -> None:
    """Whoever stands in the way brings their own buffer."""
    put_house(session)
    hall = put_space(session, "Saal")
    half = put_space(session, "Hälfte", parent_id=hall, buffer_after_min=60)
    put_booking(session, half, "08:00", "10:00")
    assert {one.name: told(one) for one in ask(session).answers}["Saal"] == "near 11:00"


def test_a_request_takes_nothing_but_nobody_is_promised_its_time(session: Session, hall: str) -> None:
    """It is said that somebody has asked; other times are offered around it only."""
    put_booking(session, hall, "10:00", "12:00", state="requested")
    assert told(answer(session)) == "asked_for 10:00"
    put_booking(session, hall, "09:30", "10:15")
    assert told(answer(session)) == "near 12:00"


def test_what_was_declined_or_cancelled_is_in_nobodys_way(session: Session, hall: str) -> None:
    """As if it had never been."""
    put_booking(session, hall, "10:00", "12:00", state="declined")
    put_booking(session, hall, "10:00", "12:00", state="cancelled")
    assert told(answer(session)) == "free 10:00"


def test_a_space_of_which_nobody_asked_stands_before_one_that_is_asked_for(session: Session, hall: str) -> None:
    """Though it has more spare seats."""
    put_space(session, "Großer Saal", capacity=400)
    put_booking(session, hall, "10:00", "12:00", state="requested")
    assert [one.name for one in ask(session).answers] == ["Großer Saal", "Saal"]


def test_a_booking_from_the_night_before_and_one_of_weeks_are_seen(session: Session, hall: str) -> None:
    """What began long ago is still in the way."""
    put_booking(session, hall, "23:00", "09:00", DAY - timedelta(days=1), last=DAY)
    assert told(answer(session, starts="08:00")) == "near 09:00"
    put_booking(session, hall, "00:00", "15:00", DAY - timedelta(days=20), last=DAY + timedelta(days=3))
    assert told(answer(session)) == "first_time 26.11. 15:00"


def test_a_use_may_go_past_midnight_where_the_house_is_open(session: Session) -> None:
    """Friday's hours reach into Saturday, and so does the booking."""
    put_house(session, hours=[("open", 4, "18:00", "02:00"), ("open", 5, "10:00", "12:00")])
    put_space(session)
    friday = DAY + timedelta(days=4)
    assert answer(session, starts="23:00", hours=3, day=friday).verdict == "free"
    assert answer(session, starts="23:00", hours=3.25, day=friday).shift_min == -15


def test_a_house_is_asked_only_while_it_is_open(session: Session) -> None:
    """Outside its hours the nearest time within them is offered."""
    put_house(session, hours=[("open", 0, "14:00", "18:00"), ("open", 2, "09:00", "12:00")])
    put_space(session)
    one = answer(session, starts="12:30")
    assert (told(one), one.why) == ("near 14:00", Why.CLOSED)
    assert told(answer(session, starts="19:00")) == "first_time 16:00"
    assert told(answer(session, starts="10:00", day=DAY + timedelta(days=1))) == "first_time 25.11. 10:00"


def test_hours_by_appointment_count_and_say_so(session: Session) -> None:
    """Somebody comes if it is agreed."""
    put_house(session, hours=[("open", 0, "14:00", "18:00"), ("by_appointment", 0, "18:00", "21:00")])
    put_space(session)
    one = answer(session, starts="17:00", hours=3)
    assert (told(one), one.manner) == ("free 17:00", Manner.BY_APPOINTMENT)


def test_a_self_managed_space_may_be_used_outside_opening_hours(session: Session) -> None:
    """By agreement; one that is not is closed then. Whoever wants somebody there is told of opening hours."""
    put_house(session, hours=[("open", None, "10:00", "16:00"), ("self_managed", None, "16:00", "20:00")])
    put_space(session, "Vereinsraum", self_managed=True)
    put_space(session, "Saal")
    found = {one.name: (told(one), one.manner) for one in ask(session, starts="18:00").answers}
    assert found["Vereinsraum"] == ("free 18:00", Manner.SELF_MANAGED)
    assert found["Saal"] == ("first_time 14:00", Manner.OPEN)
    attended = {told(one) for one in ask(session, starts="18:00", attended=True).answers}
    assert attended == {"first_time 14:00"}


def test_a_closed_day_is_closed_for_those_who_open_by_themselves_too(session: Session) -> None:
    """A closure and a public holiday alike."""
    put_house(session, closed_on_holidays=True)
    put_space(session, self_managed=True)
    put_hours(session, "open", None, "00:00", "00:00", valid_from=DAY, valid_until=DAY, closed=True)
    assert told(answer(session)) == "first_time 24.11. 10:00"
    christmas = date(2026, 12, 25)
    assert answer(session, day=christmas).starts_at == local("10:00", date(2026, 12, 27))


def test_a_season_replaces_the_ordinary_week(session: Session) -> None:
    """In the summer the house opens in the afternoon only."""
    put_house(session)
    put_space(session)
    put_hours(session, "open", None, "15:00", "19:00", valid_from=DAY, valid_until=DAY + timedelta(days=30))
    assert told(answer(session)) == "first_time 15:00"


def test_a_house_that_tells_no_hours_says_so(session: Session) -> None:
    """It may be free; nobody knows when somebody is there."""
    put_house(session, hours=[])
    put_space(session)
    one = answer(session)
    assert (told(one), one.manner) == ("free 10:00", Manner.UNKNOWN)


def test_a_guest_space_has_hours_of_its_own_and_not_those_of_the_house(session: Session) -> None:
    """A school's hall in the evening, and its half as well; without hours it is never free."""
    put_house(session, hours=[("open", None, "08:00", "16:00")])
    school = put_space(session, "Aula", is_guest_space=True, host_building="Schule")
    put_space(session, "Bühne", parent_id=school)
    put_space(session, "Turnhalle", is_guest_space=True)
    put_guest_hours(session, school, "18:00", "22:00")
    found = {one.name: told(one) for one in ask(session, starts="18:00").answers}
    assert found == {"Aula": "free 18:00", "Bühne": "free 18:00", "Turnhalle": "never"}
    assert ask(session, own_rooms=True).total == 0


def test_notice_counts_from_now(session: Session) -> None:
    """Two days ahead: the first time possible is after them."""
    put_house(session)
    put_space(session, notice_hours=48)
    one = answer(session, now=NOW)
    assert (told(one), one.why) == ("first_time 24.11. 10:00", Why.NOTICE)
    assert told(answer(session, now=local("09:30", DAY - timedelta(days=2)))) == "free 10:00"


def test_what_is_over_is_not_offered(session: Session, hall: str) -> None:
    """Whoever asks at noon for ten o'clock gets the next quarter of an hour."""
    one = answer(session, now=local("11:50"))
    assert (told(one), one.why) == ("near 12:00", Why.OVER)


def test_what_does_not_fit_is_counted_by_reason(session: Session, hall: str) -> None:
    """Too small, without what is wished, for shorter uses, not let at all; an office is not even that."""
    put_space(session, "Büro", kind="office")
    put_space(session, "Zimmer", capacity=8)
    put_space(session, "Keller", capacity=60, bookable=False)
    put_space(session, "Studio", capacity=60, length_max_min=60)
    put_space(session, "Bühne", capacity=60, features=("stage",), accessibility=("step_free",))
    found = ask(session, persons=30)
    assert {(each.why, each.number) for each in found.unfit} == {
        (Why.TOO_SMALL, 1), (Why.NOT_BOOKABLE, 1), (Why.TOO_LONG, 1),
    }  # fmt: skip
    assert found.unfit[0].examples[0]["name"] == "Zimmer"
    assert [one.name for one in found.answers] == ["Saal", "Bühne"], "the fewest spare seats first"
    equipped = ask(session, persons=30, features=("stage",), accessibility=("step_free",))
    assert [one.name for one in equipped.answers] == ["Bühne"]


def test_the_wished_seating_decides_where_it_is_known(session: Session) -> None:
    """Forty in rows are eighteen at tables; where nobody said, the largest number counts."""
    put_house(session)
    put_space(session, capacity=40, capacity_rows=40, capacity_tables=18)
    assert ask(session, persons=30, seating="rows").total == 1
    assert ask(session, persons=30, seating="tables").total == 0
    assert ask(session, persons=30, seating="circle").total == 1


def test_a_toilet_of_the_house_serves_all_its_own_rooms(session: Session) -> None:
    """But a step-free house may have rooms upstairs, and a school is another building."""
    put_house(session, accessibility=("accessible_toilet", "step_free"))
    put_space(session)
    put_space(session, "Aula", is_guest_space=True)
    assert [one.name for one in ask(session, accessibility=("accessible_toilet",)).answers] == ["Saal"]
    assert ask(session, accessibility=("step_free",)).total == 0


def test_other_districts_answer_after_the_wished_one(session: Session, hall: str) -> None:
    """If they are asked at all."""
    put_house(session, "mitte", "Mitte")
    put_space(session, "Kleiner Saal", centre_id="mitte", capacity=4)
    assert [one.centre_id for one in ask(session, district="Hamborn").answers] == ["hamborn"]
    both = ask(session, district="Hamborn", elsewhere=True)
    assert [one.centre_id for one in both.answers] == ["hamborn", "mitte"]


def test_any_time_of_a_day_or_a_week_is_the_first_within_it(session: Session, hall: str) -> None:
    """Free is who has room on one of the days."""
    assert told(answer(session, starts=None)) == "free 08:00"
    put_booking(session, hall, "08:00", "21:00")
    assert told(answer(session, starts=None)) == "first_time 24.11. 08:00"
    assert told(answer(session, starts=None, days=7)) == "free 24.11. 08:00"
    assert told(answer(session, days=7)) == "free 24.11. 10:00"


def test_a_free_evening_of_the_week_comes_before_a_nearly_free_one(session: Session, hall: str) -> None:
    """On Monday an hour later, on Tuesday as wished: Tuesday."""
    put_booking(session, hall, "10:00", "11:00")
    assert told(answer(session, days=7)) == "free 24.11. 10:00"


def test_pages_are_cut_from_one_order(session: Session) -> None:
    """However far somebody reads; the number of all is known on each page."""
    put_house(session)
    for number in range(30):
        taken = put_space(session, f"Raum {number:02}", rank=number)
        if number % 3:
            put_booking(session, taken, "08:00", "22:00", last=DAY + timedelta(days=number))
    whole = ask(session, per_page=100)
    pages = [ask(session, page=page, per_page=7) for page in range(1, 6)]
    assert [one.name for page in pages for one in page.answers] == [one.name for one in whole.answers]
    assert {page.total for page in pages} == {30}
    assert ask(session, page=99, per_page=7).page == 5


def test_what_is_never_possible_says_why(session: Session, hall: str) -> None:
    """Taken for weeks, or never open that long."""
    put_booking(session, hall, "00:00", "23:00", last=DAY + timedelta(days=30))
    one = answer(session)
    assert (one.verdict, one.why) == ("never", Why.TAKEN)
    night = answer(session, hours=20)
    assert (night.verdict, night.why) == ("never", Why.CLOSED)


def test_ids_of_one_house_mean_nothing_in_another(session: Session, hall: str) -> None:
    """A booking that names a foreign space is in nobody's way there."""
    put_house(session, "mitte", "Mitte")
    put_booking(session, hall, "08:00", "22:00", centre_id="mitte")
    assert told(answer(session)) == "free 10:00"


def test_a_circle_in_the_tree_ends_somewhere(session: Session) -> None:
    """A program that sends nonsense keeps nobody from finding rooms."""
    put_house(session)
    one, other = put_space(session, "Eins"), put_space(session, "Zwei")
    session.connection().execute(update(Space.__table__).where(Space.id == one).values(parent_id=other))
    session.connection().execute(update(Space.__table__).where(Space.id == other).values(parent_id=one))
    assert ask(session).total == 2


def test_a_change_is_seen_at_the_next_look(store: Database) -> None:
    """Whatever is remembered of a house: its spaces, its hours, its profile, that it is gone."""
    with store.transaction() as session:
        put_house(session)
        put_space(session, capacity=10)
    with store.reading() as session:
        assert told(answer(session, persons=10)) == "free 10:00"
    with store.transaction() as session:
        session.connection().execute(update(Space.__table__).values(capacity=5))
    with store.reading() as session:
        assert ask(session, persons=10).total == 0
    with store.transaction() as session:
        put_hours(session, "open", None, "00:00", "00:00", valid_from=DAY, valid_until=DAY, closed=True)
    with store.reading() as session:
        assert told(answer(session)) == "first_time 24.11. 10:00"
    with store.transaction() as session:
        session.connection().execute(delete(Space.__table__))
    with store.reading() as session:
        assert ask(session).total == 0


def test_what_was_rolled_back_is_not_remembered(store: Database) -> None:
    """A look inside a transaction that fails leaves nothing behind, though the next change looks alike."""
    with store.transaction() as session:
        put_house(session)
    with store.transaction() as session:
        put_space(session, "Luftschloss")
        assert ask(session).total == 1
        session.rollback()
    with store.transaction() as session:
        put_space(session, "Saal")
    with store.reading() as session:
        assert [one.name for one in ask(session).answers] == ["Saal"]
