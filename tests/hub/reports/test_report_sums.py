"""What is added up, and to which month it belongs, alike on SQLite and PostgreSQL."""

from datetime import date
from typing import Any

import pytest

from hub.reports.periods import Month, Period
from hub.reports.queries import Scope, Sum, centres_adding_up, sums
from hub.visits.models import HourCount

AUTUMN = Period(Month(2026, 10), Month(2026, 11))


def added_up(city: Any, measure: str, way: str = "centre", **place: str) -> list[Sum]:
    """Return what reports read of October (index 0) and November (1)."""
    city.add_up()
    with city.database.reading() as session:
        return sorted(sums(session, (measure,), way, Scope(AUTUMN, **place)))


def test_the_last_local_hour_of_a_month_belongs_to_it(city: Any) -> None:
    """23 o'clock on 31 October in Duisburg is 22:00 UTC; the hour after it is November."""
    city.visits("hamborn", "2026-10-31T22:00:00Z", 5)
    city.visits("hamborn", "2026-10-31T23:00:00Z", 7)
    assert added_up(city, "visits") == [Sum("hamborn", 0, 5), Sum("hamborn", 1, 7)]


def test_what_lies_outside_the_period_is_left_out(city: Any) -> None:
    """September ends at 22:00 UTC (summer time), November at 23:00 UTC."""
    city.visits("hamborn", "2026-09-30T21:00:00Z", 1)
    city.visits("hamborn", "2026-09-30T22:00:00Z", 2)
    city.visits("hamborn", "2026-11-30T22:00:00Z", 4)
    city.visits("hamborn", "2026-11-30T23:00:00Z", 8)
    assert added_up(city, "visits") == [Sum("hamborn", 0, 2), Sum("hamborn", 1, 4)]


def test_a_late_correction_is_right_once_it_was_added_up(city: Any) -> None:
    """The count of an hour is replaced weeks later; until the sum follows, a report says so."""
    hour = city.visits("hamborn", "2026-10-05T08:00:00Z", 40)
    assert added_up(city, "visits") == [Sum("hamborn", 0, 40)]
    with city.database.transaction() as session:
        session.get(HourCount, ("hamborn", hour)).count = 4
    with city.database.reading() as session:
        assert centres_adding_up(session, Scope(AUTUMN)) == 1
        assert centres_adding_up(session, Scope(AUTUMN, centre_id="walsum")) == 0
        assert centres_adding_up(session, Scope(AUTUMN.before)) == 0
    assert added_up(city, "visits") == [Sum("hamborn", 0, 4)]


def test_an_hour_counted_as_zero_is_not_an_hour_not_counted(city: Any) -> None:
    """A centre that counted nobody has a sum of 0; one that did not count has no sum."""
    city.visits("hamborn", "2026-10-05T08:00:00Z", 0)
    assert added_up(city, "visits") == [Sum("hamborn", 0, 0)]


def test_visits_are_split_by_kind_or_target_group(city: Any) -> None:
    """The same visits, two ways."""
    city.visits("hamborn", "2026-10-05T08:00:00Z", 3, "consultation", "seniors")
    city.visits("hamborn", "2026-10-05T09:00:00Z", 4, "open_meeting", "seniors")
    assert added_up(city, "visits", "kind") == [
        Sum("consultation", 0, 3),
        Sum("open_meeting", 0, 4),
    ]
    assert added_up(city, "visits", "target_group") == [Sum("seniors", 0, 7)]


def test_only_confirmed_use_counts_as_booking(city: Any) -> None:
    """A request, a refusal, a cancellation and a blocked room are no use of the house."""
    city.booking("hamborn", "2026-10-05T08:00:00Z", hours=1.5)
    city.booking("hamborn", "2026-10-06T08:00:00Z", hours=2)
    for state in ("requested", "declined", "cancelled"):
        city.booking("hamborn", "2026-10-05T12:00:00Z", state=state)
    city.booking("hamborn", "2026-10-05T14:00:00Z", kind="blocked")
    assert added_up(city, "bookings") == [Sum("hamborn", 0, 2)]
    assert added_up(city, "booked_hours") == [Sum("hamborn", 0, 3.5 * 3600)]


def test_booked_hours_are_hours_of_the_clock_that_never_changes(city: Any) -> None:
    """The night of 25 October has an hour more; 00:00 to 06:00 local are seven booked hours."""
    city.booking("hamborn", "2026-10-24T22:00:00Z", hours=7)
    assert added_up(city, "booked_hours") == [Sum("hamborn", 0, 7 * 3600)]


def test_a_booking_counts_to_the_month_in_which_it_begins(city: Any) -> None:
    """From 22:00 to 02:00 local across the end of October: all four hours are October's."""
    city.booking("hamborn", "2026-10-31T21:00:00Z", hours=4)
    assert added_up(city, "booked_hours") == [Sum("hamborn", 0, 4 * 3600)]


def test_a_booking_has_the_theme_of_its_own_centres_event(city: Any) -> None:
    """Bookings without an event, or with one that has not arrived, have no theme."""
    repair = city.event("hamborn", "2026-10-05T08:00:00Z", theme="nachhaltigkeit")
    city.booking("hamborn", "2026-10-05T08:00:00Z", event_id=repair)
    city.booking("walsum", "2026-10-05T08:00:00Z", event_id=repair)
    city.booking("hamborn", "2026-10-06T08:00:00Z")
    assert added_up(city, "bookings", "theme") == [
        Sum("", 0, 2),
        Sum("nachhaltigkeit", 0, 1),
    ]
    assert added_up(city, "bookings", "theme", centre_id="hamborn") == [Sum("", 0, 1), Sum("nachhaltigkeit", 0, 1)]


def test_published_and_cancelled_events_are_counted_apart(city: Any) -> None:
    """An event that was called off is not one that took place."""
    city.event("hamborn", "2026-10-05T08:00:00Z", theme="sport")
    city.event("hamborn", "2026-10-12T08:00:00Z", theme="sport", state="cancelled")
    assert added_up(city, "events", "theme") == [Sum("sport", 0, 1)]
    assert added_up(city, "cancelled_events", "theme") == [Sum("sport", 0, 1)]


def test_a_report_can_be_of_a_part_of_the_city(city: Any) -> None:
    """A centre, a quarter, a district; one that has no centre is nothing, not everything."""
    city.centre("hamborn", district="Hamborn", quarter="Marxloh")
    city.centre("marxloh", district="Hamborn", quarter="Marxloh")
    city.centre("walsum", district="Walsum", quarter="Vierlinden")
    for number, centre in enumerate(("hamborn", "marxloh", "walsum")):
        city.visits(centre, "2026-10-05T08:00:00Z", 10**number)
    assert added_up(city, "visits", "month") == [Sum("", 0, 111)]
    assert added_up(city, "visits", "month", district="Hamborn") == [Sum("", 0, 11)]
    assert added_up(city, "visits", "month", quarter="Marxloh") == [Sum("", 0, 11)]
    assert added_up(city, "visits", centre_id="walsum") == [Sum("walsum", 0, 100)]
    assert added_up(city, "visits", district="Homberg") == []
    assert added_up(city, "visits", "district") == [Sum("Hamborn", 0, 11), Sum("Walsum", 0, 100)]
    assert added_up(city, "visits", "quarter", district="Hamborn") == [Sum("Marxloh", 0, 11)]
    assert added_up(city, "visits", "kind", quarter="Vierlinden") == [Sum("open_meeting", 0, 100)]


def test_visits_are_split_by_the_clocks_of_the_city(city: Any) -> None:
    """Thursday 8 October, 10 o'clock in summer time; Thursday 5 November, 10 o'clock in winter time."""
    city.visits("hamborn", "2026-10-08T08:00:00Z", 3)
    city.visits("hamborn", "2026-11-05T09:00:00Z", 4)
    city.visits("hamborn", "2026-11-06T09:00:00Z", 5)
    assert added_up(city, "visits", "weekday") == [Sum("3", 0, 3), Sum("3", 1, 4), Sum("4", 1, 5)]
    assert added_up(city, "visits", "hour") == [Sum("10", 0, 3), Sum("10", 1, 9)]
    assert added_up(city, "visits", "week") == [Sum("3-10", 0, 3), Sum("3-10", 1, 4), Sum("4-10", 1, 5)]


def test_a_date_is_free_costs_something_or_one_has_to_ask(city: Any) -> None:
    """Free of charge is not the same as not said."""
    for cents in (0, 0, 250, None):
        city.event("hamborn", "2026-10-05T08:00:00Z", cost_cents=cents)
    assert added_up(city, "events", "cost") == [Sum("ask", 0, 1), Sum("free", 0, 2), Sum("paid", 0, 1)]


def test_a_date_for_two_groups_stands_in_both_rows(city: Any) -> None:
    """And once in the sum of everything."""
    city.event("hamborn", "2026-10-05T08:00:00Z", target_groups=("women", "seniors"), languages=("de", "tr"))
    assert added_up(city, "events", "target_group") == [Sum("seniors", 0, 1), Sum("women", 0, 1)]
    assert added_up(city, "events", "language") == [Sum("de", 0, 1), Sum("tr", 0, 1)]
    assert added_up(city, "events", "month") == [Sum("", 0, 1)]


@pytest.mark.parametrize(
    ("numbers", "measure", "amount"),
    [
        ({"registered": 8, "waiting": 2}, "registered", 8),
        ({"registered": 8, "waiting": 2}, "waiting", 2),
        ({"registered": 8, "waiting": 0}, "came", None),
        ({"registered": 8, "waiting": 0, "attended": 5, "headcount": 4}, "came", 9),
        ({"registered": 8, "waiting": 0, "headcount": 4}, "came", 4),
        ({"registered": 8, "waiting": 0, "headcount": 4}, "missed", None),
        ({"registered": 8, "waiting": 0, "attended": 5}, "missed", 3),
        ({"registered": 8, "waiting": 0, "attended": 0}, "missed", 8),
        ({"registered": 8, "waiting": 0, "attended": 9}, "missed", 0),
    ],
)
def test_attendance_tells_nobody_came_from_nobody_counted(
    city: Any, numbers: dict[str, int], measure: str, amount: int | None
) -> None:
    """Who is missing is known only where somebody ticked who was there."""
    event = city.event("hamborn", "2026-10-05T08:00:00Z")
    city.attendance("hamborn", event, **numbers)
    assert added_up(city, measure) == ([] if amount is None else [Sum("hamborn", 0, amount)])


def test_nobody_registers_for_what_was_called_off(city: Any) -> None:
    """The registrations of a cancelled date are none of the figures."""
    event = city.event("hamborn", "2026-10-05T08:00:00Z", state="cancelled")
    city.attendance("hamborn", event, registered=8, waiting=1)
    assert added_up(city, "registered") == []


def test_requests_that_were_declined_and_bookings_called_off_are_counted_apart(city: Any) -> None:
    """A request that still waits is none of both."""
    for state in ("requested", "declined", "cancelled", "confirmed"):
        city.booking("hamborn", "2026-10-05T12:00:00Z", state=state)
    for measure in ("declined_bookings", "cancelled_bookings", "bookings"):
        assert added_up(city, measure) == [Sum("hamborn", 0, 1)]


def test_days_of_counting_are_told_apart(city: Any) -> None:
    """Closed, counted, counted in part and not counted are four things."""
    for number, (state, complete) in enumerate(
        [("counted", True), ("counted", False), ("closed", False), ("not_counted", False), ("counted", True)]
    ):
        city.day("hamborn", date(2026, 10, 5 + number), state, complete=complete)
    assert added_up(city, "days", "state") == [
        Sum("closed", 0, 1),
        Sum("counted", 0, 2),
        Sum("not_counted", 0, 1),
        Sum("partly", 0, 1),
    ]
