"""Which months arrived and when, and which days were counted: what stands beside every figure."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from hub.network.members import bind_anew, get_member
from hub.network.models import Member
from hub.reports import receipts
from hub.reports.counting import Counting, counting, days_over, incomplete_places
from hub.reports.periods import Month, Period
from hub.reports.queries import Scope
from hub.reports.receipts import DUE_AFTER, Punctuality, punctuality

BERLIN = ZoneInfo("Europe/Berlin")
AUTUMN = Period(Month(2026, 9), Month(2026, 10))
SUMMER = Period(Month(2026, 7), Month(2026, 9))
JULY_ENDS = datetime(2026, 7, 31, 22, tzinfo=UTC)
SEPTEMBER_ENDS = datetime(2026, 9, 30, 22, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 23, 9, tzinfo=UTC)


def admit(city: Any, centre_id: str, at: datetime, agreed_at: datetime | None) -> None:
    with city.database.transaction() as session:
        said = {"name": centre_id, "public_key": "k", "admitted_at": at, "agreed_up_at": agreed_at}
        session.add(Member(centre_id=centre_id, **said))


def agree(city: Any, centre_id: str, at: datetime) -> int:
    """Let a centre agree with the hub at `at`, and the hub look a moment later; return how many months arrived."""
    with city.database.transaction() as session:
        session.get_one(Member, centre_id).agreed_up_at = at
    with city.database.transaction() as session:
        return receipts.note(session, at + timedelta(minutes=1), BERLIN)


def asked(city: Any, *centre_ids: str, now: datetime = NOVEMBER, period: Period = SUMMER) -> Punctuality:
    with city.database.reading() as session:
        return punctuality(session, centre_ids or None, period, now, BERLIN)


def test_a_month_is_on_time_if_it_was_whole_within_a_week_of_its_end(city: Any) -> None:
    """A second later it is received, but late."""
    for name, at in (("early", JULY_ENDS), ("just", JULY_ENDS + DUE_AFTER), ("late", JULY_ENDS + DUE_AFTER)):
        admit(city, name, JULY_ENDS - timedelta(days=20), None)
        assert agree(city, name, at + timedelta(seconds=name == "late")) == 1
    july = Period(Month(2026, 7), Month(2026, 7))
    found = asked(city, "early", "just", "late", period=july)
    assert (found.expected, found.received, found.on_time) == (3, 3, 2)
    assert found.rate == pytest.approx(2 / 3)


def test_an_agreement_within_the_month_is_not_yet_its_report(city: Any) -> None:
    """The last evening of July is still to come; the first agreement after it counts, later ones change nothing."""
    admit(city, "hamborn", JULY_ENDS - timedelta(days=20), None)
    assert agree(city, "hamborn", JULY_ENDS - timedelta(seconds=1)) == 0
    assert agree(city, "hamborn", JULY_ENDS + timedelta(hours=1)) == 1
    assert agree(city, "hamborn", JULY_ENDS + timedelta(days=20)) == 0
    assert asked(city, "hamborn", now=JULY_ENDS + timedelta(days=20))[:3] == (1, 1, 1)


def test_a_house_back_after_weeks_reports_all_its_months_late(city: Any) -> None:
    """Its August and September came with one agreement in November."""
    admit(city, "hamborn", JULY_ENDS + timedelta(days=1), None)
    assert agree(city, "hamborn", NOVEMBER) == 3
    assert asked(city, "hamborn") == Punctuality(expected=2, received=2, on_time=0, still_in_time=0)


def test_nothing_is_expected_of_the_time_before_a_centre_joined(city: Any) -> None:
    """One that joined in September owes September, not July."""
    admit(city, "hamborn", datetime(2026, 9, 10, tzinfo=UTC), None)
    assert asked(city, "hamborn") == Punctuality(expected=1, received=0, on_time=0, still_in_time=0)


def test_within_the_week_a_missing_report_is_still_in_time(city: Any) -> None:
    """It lowers no rate yet; a running month is not expected at all."""
    admit(city, "hamborn", JULY_ENDS - timedelta(days=90), None)
    admit(city, "walsum", JULY_ENDS - timedelta(days=90), None)
    agree(city, "walsum", SEPTEMBER_ENDS + timedelta(hours=1))
    found = asked(city, "hamborn", "walsum", now=SEPTEMBER_ENDS + timedelta(days=2))
    assert found == Punctuality(expected=6, received=3, on_time=1, still_in_time=1)
    assert found.rate == pytest.approx(1 / 5)
    assert asked(city, "hamborn", now=SEPTEMBER_ENDS - timedelta(days=1)).expected == 2
    assert asked(city, "nobody", now=NOVEMBER).rate is None


def test_a_centre_that_left_owes_nothing(city: Any) -> None:
    """What it had reported is forgotten at the next look."""
    for centre in ("hamborn", "walsum"):
        admit(city, centre, JULY_ENDS + timedelta(days=1), None)
        agree(city, centre, NOVEMBER)
    with city.database.transaction() as session:
        session.get_one(Member, "walsum").revoked_at = NOVEMBER
    with city.database.transaction() as session:
        receipts.note(session, NOVEMBER, BERLIN)
    assert asked(city) == Punctuality(expected=2, received=2, on_time=0, still_in_time=0)


def test_a_house_that_moved_to_another_machine_has_belonged_all_along(city: Any) -> None:
    """Bound anew in October: its reports of the summer stay expected and received, September's is still to come."""
    admit(city, "hamborn", JULY_ENDS - timedelta(days=1), None)
    agree(city, "hamborn", SEPTEMBER_ENDS - timedelta(days=1))
    with city.database.transaction() as session:
        bind_anew(session, "hamborn")
        get_member(session, "hamborn").admitted_at = SEPTEMBER_ENDS + timedelta(days=9)  # as when it is admitted again
    assert asked(city) == Punctuality(expected=3, received=2, on_time=0, still_in_time=0)
    agree(city, "hamborn", NOVEMBER)
    assert asked(city) == Punctuality(expected=3, received=3, on_time=0, still_in_time=0)


def test_only_days_that_are_over_are_expected() -> None:
    """Two months behind us, of the running one the days before today."""
    assert days_over(Period(Month(2026, 9), Month(2026, 12)), date(2026, 11, 23)) == [30, 31, 22, 0]


def counted(city: Any, now: datetime, **place: str) -> Counting:
    city.add_up()
    with city.database.reading() as session:
        return counting(session, Scope(AUTUMN, **place), now, BERLIN)


def incomplete(city: Any, way: str, **place: str) -> set[str]:
    with city.database.reading() as session:
        return incomplete_places(session, way, Scope(AUTUMN, **place), NOVEMBER, BERLIN)


def test_closed_counted_and_not_counted_days_are_told_apart(city: Any) -> None:
    """Of 61 days of one house; 55 were not said yet."""
    states = [("counted", True), ("counted", True), ("counted", False), ("closed", False), ("not_counted", False)]
    for number, (state, complete) in enumerate(states):
        city.day("hamborn", date(2026, 9, 1 + number), state, complete=complete)
    city.day("hamborn", date(2026, 10, 1), "closed")
    found = counted(city, NOVEMBER)
    assert found.days == {"counted": 2, "partly": 1, "closed": 2, "not_counted": 1}
    assert (found.centres, found.expected, found.unsaid) == (1, 61, 55)
    assert not found.is_complete


def test_figures_are_exact_when_every_day_was_counted_or_closed(city: Any) -> None:
    """One house with a gap in October makes October incomplete, not September, and not the other house."""
    city.centre("hamborn", district="Hamborn", quarter="Marxloh")
    city.centre("walsum", district="Walsum", quarter="Vierlinden")
    for day in range(61):
        for centre in ("hamborn", "walsum"):
            if (day, centre) != (40, "walsum"):
                city.day(centre, date(2026, 9, 1) + timedelta(days=day), "closed" if day % 7 else "counted")
    assert counted(city, NOVEMBER).incomplete_months == {1}
    assert counted(city, NOVEMBER, district="Hamborn").is_complete
    assert not counted(city, NOVEMBER, centre_id="walsum").is_complete
    assert incomplete(city, "centre") == {"walsum"}
    assert incomplete(city, "quarter") == {"Vierlinden"}
    assert incomplete(city, "district") == {"Walsum"}
    assert incomplete(city, "centre", district="Hamborn") == set()


def test_a_house_is_expected_to_count_from_the_month_in_which_it_began(city: Any) -> None:
    """One that never says anything about visits is not expected to at all."""
    city.day("hamborn", date(2026, 9, 1))
    city.visits("walsum", "2026-09-01T08:00:00Z", 3)
    found = counted(city, datetime(2026, 9, 2, 9, tzinfo=UTC))
    assert (found.centres, found.expected) == (1, 1)
    assert found.is_complete
    city.day("walsum", date(2026, 10, 1))
    assert counted(city, NOVEMBER).expected == 30 + 31
