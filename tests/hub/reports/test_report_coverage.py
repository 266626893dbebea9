"""A figure says of which centres it is, and which are missing."""

from datetime import UTC, datetime, timedelta

from hub.reports.coverage import STALE_AFTER, Heard, standings

STARTS_AT = datetime(2026, 9, 30, 22, tzinfo=UTC)
ENDS_AT = datetime(2026, 10, 31, 23, tzinfo=UTC)
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def sort_out(*as_of: datetime | None, with_records: tuple[str, ...] = (), now: datetime = NOW) -> list[list[str]]:
    expected = [Heard(str(index), str(index), each) for index, each in enumerate(as_of)]
    found = standings(expected, with_records, STARTS_AT, ENDS_AT, now)
    return [[heard.centre_id for heard in part] for part in (found.complete, found.late, found.missing)]


def test_a_period_that_is_over_is_complete_once_its_end_was_heard_of() -> None:
    """A centre that fell silent in November has told everything about October."""
    assert sort_out(datetime(2026, 11, 2, tzinfo=UTC)) == [["0"], [], []]


def test_a_centre_that_fell_silent_within_the_period_is_late() -> None:
    """Its last days are missing."""
    assert sort_out(datetime(2026, 10, 20, tzinfo=UTC)) == [[], ["0"], []]


def test_a_centre_not_heard_in_the_period_is_missing() -> None:
    """Heard last in September, or never."""
    assert sort_out(datetime(2026, 9, 20, tzinfo=UTC), None) == [[], [], ["0", "1"]]


def test_in_a_running_period_36_hours_of_silence_are_late() -> None:
    """A house that closes over Sunday is not reported as missing; two days are too long."""
    now = datetime(2026, 10, 20, 9, tzinfo=UTC)
    assert sort_out(now - STALE_AFTER, now - STALE_AFTER - timedelta(seconds=1), now=now) == [["0"], ["1"], []]


def test_records_without_a_word_are_late_not_missing() -> None:
    """The figure holds them, so it may not say that it does not."""
    assert sort_out(None, with_records=("0",)) == [[], ["0"], []]


def test_a_figure_is_as_of_its_slowest_centre() -> None:
    """Three centres heard at different times: the figure is as of the earliest."""
    heard = [Heard(str(day), str(day), datetime(2026, 11, day, tzinfo=UTC)) for day in (3, 1, 2)]
    found = standings(heard, (), STARTS_AT, ENDS_AT, NOW)
    assert found.as_of == datetime(2026, 11, 1, tzinfo=UTC)
    assert (found.expected, found.received, found.whole) == (3, 3, True)


def test_nobody_expected_is_not_whole() -> None:
    """A city without centres has no complete figures, and nothing to be dated by."""
    found = standings([], (), STARTS_AT, ENDS_AT, NOW)
    assert not found.whole
    assert found.as_of is None
