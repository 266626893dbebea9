"""What is added up, and to which month it belongs, alike on SQLite and PostgreSQL."""

from typing import Any
from zoneinfo import ZoneInfo

from hub.reports.periods import Month, Period
from hub.reports.queries import MEASURES, Sum, sums
from hub.visits.models import HourCount

BERLIN = ZoneInfo("Europe/Berlin")
AUTUMN = Period(Month(2026, 10), Month(2026, 11)).bounds(BERLIN)


def added_up(city: Any, measure: str, key: str | None = None, centre_ids: Any = None) -> list[Sum]:
    with city.database.reading() as session:
        return sorted(sums(session, MEASURES[measure], AUTUMN, key, centre_ids))


def test_the_last_local_hour_of_a_month_belongs_to_it(city: Any) -> None:
    """23 o'clock on 31 October in Duisburg is 22:00 UTC; the hour after it is November."""
    city.visits("hamborn", "2026-10-31T22:00:00Z", 5)
    city.visits("hamborn", "2026-10-31T23:00:00Z", 7)
    assert added_up(city, "visits") == [Sum("hamborn", 0, "", 5), Sum("hamborn", 1, "", 7)]


def test_what_lies_outside_the_period_is_left_out(city: Any) -> None:
    """September ends at 22:00 UTC (summer time), November at 23:00 UTC."""
    city.visits("hamborn", "2026-09-30T21:00:00Z", 1)
    city.visits("hamborn", "2026-09-30T22:00:00Z", 2)
    city.visits("hamborn", "2026-11-30T22:00:00Z", 4)
    city.visits("hamborn", "2026-11-30T23:00:00Z", 8)
    assert added_up(city, "visits") == [Sum("hamborn", 0, "", 2), Sum("hamborn", 1, "", 4)]


def test_a_late_correction_is_right_at_the_next_look(city: Any) -> None:
    """The count of an hour is replaced weeks later; the sum follows."""
    hour = city.visits("hamborn", "2026-10-05T08:00:00Z", 40)
    assert added_up(city, "visits") == [Sum("hamborn", 0, "", 40)]
    with city.database.transaction() as session:
        session.get(HourCount, ("hamborn", hour)).count = 4
    assert added_up(city, "visits") == [Sum("hamborn", 0, "", 4)]


def test_an_hour_counted_as_zero_is_not_an_hour_not_counted(city: Any) -> None:
    """A centre that counted nobody has a sum of 0; one that did not count has no sum."""
    city.visits("hamborn", "2026-10-05T08:00:00Z", 0)
    assert added_up(city, "visits") == [Sum("hamborn", 0, "", 0)]


def test_visits_are_split_by_kind_or_target_group(city: Any) -> None:
    """The same visits, two ways."""
    city.visits("hamborn", "2026-10-05T08:00:00Z", 3, "consultation", "seniors")
    city.visits("hamborn", "2026-10-05T09:00:00Z", 4, "open_meeting", "seniors")
    assert added_up(city, "visits", "kind") == [
        Sum("hamborn", 0, "consultation", 3),
        Sum("hamborn", 0, "open_meeting", 4),
    ]
    assert added_up(city, "visits", "target_group") == [Sum("hamborn", 0, "seniors", 7)]


def test_only_confirmed_use_counts_as_booking(city: Any) -> None:
    """A request, a refusal, a cancellation and a blocked room are no use of the house."""
    city.booking("hamborn", "2026-10-05T08:00:00Z", hours=1.5)
    city.booking("hamborn", "2026-10-06T08:00:00Z", hours=2)
    for state in ("requested", "declined", "cancelled"):
        city.booking("hamborn", "2026-10-05T12:00:00Z", state=state)
    city.booking("hamborn", "2026-10-05T14:00:00Z", kind="blocked")
    assert added_up(city, "bookings") == [Sum("hamborn", 0, "", 2)]
    assert added_up(city, "booked_hours") == [Sum("hamborn", 0, "", 3.5 * 3600)]


def test_booked_hours_are_hours_of_the_clock_that_never_changes(city: Any) -> None:
    """The night of 25 October has an hour more; 00:00 to 06:00 local are seven booked hours."""
    city.booking("hamborn", "2026-10-24T22:00:00Z", hours=7)
    assert added_up(city, "booked_hours") == [Sum("hamborn", 0, "", 7 * 3600)]


def test_a_booking_counts_to_the_month_in_which_it_begins(city: Any) -> None:
    """From 22:00 to 02:00 local across the end of October: all four hours are October's."""
    city.booking("hamborn", "2026-10-31T21:00:00Z", hours=4)
    assert added_up(city, "booked_hours") == [Sum("hamborn", 0, "", 4 * 3600)]


def test_a_booking_has_the_theme_of_its_own_centres_event(city: Any) -> None:
    """Bookings without an event, or with one that has not arrived, have no theme."""
    repair = city.event("hamborn", "2026-10-05T08:00:00Z", theme="nachhaltigkeit")
    city.booking("hamborn", "2026-10-05T08:00:00Z", event_id=repair)
    city.booking("walsum", "2026-10-05T08:00:00Z", event_id=repair)
    city.booking("hamborn", "2026-10-06T08:00:00Z")
    assert added_up(city, "bookings", "theme") == [
        Sum("hamborn", 0, "", 1),
        Sum("hamborn", 0, "nachhaltigkeit", 1),
        Sum("walsum", 0, "", 1),
    ]


def test_published_and_cancelled_events_are_counted_apart(city: Any) -> None:
    """An event that was called off is not one that took place."""
    city.event("hamborn", "2026-10-05T08:00:00Z", theme="sport")
    city.event("hamborn", "2026-10-12T08:00:00Z", theme="sport", state="cancelled")
    assert added_up(city, "events", "theme") == [Sum("hamborn", 0, "sport", 1)]
    assert added_up(city, "cancelled_events", "theme") == [Sum("hamborn", 0, "sport", 1)]


def test_a_report_can_be_of_some_centres_only(city: Any) -> None:
    """The rest of the city is left out; no centre at all is nothing, not everything."""
    city.visits("hamborn", "2026-10-05T08:00:00Z", 3)
    city.visits("walsum", "2026-10-05T08:00:00Z", 4)
    assert added_up(city, "visits", centre_ids=["walsum"]) == [Sum("walsum", 0, "", 4)]
    assert added_up(city, "visits", centre_ids=[]) == []
