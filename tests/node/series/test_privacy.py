"""For whom a series was booked is found, exported, and forgotten half a year after its last date."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from node.series import privacy
from node.series.models import BookingSeries
from node.series.privacy import SeriesStillRuns
from node.series.recurrence import Pattern
from node.series.rule import read
from shared.database import Database

FIRST = datetime.fromisoformat("2026-11-24T18:00")  # a Tuesday, by the clock on the wall
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.transaction() as opened:
        yield opened


def make(session: Session, rule: str = "FREQ=WEEKLY;COUNT=3", kind: str = "rental") -> BookingSeries:
    pattern = Pattern(read(rule), FIRST, FIRST + timedelta(hours=2), ZoneInfo("Europe/Berlin"))
    series = BookingSeries(
        pattern=pattern, kind=kind, title="Yoga mit Frau Demir", contact_name="Ülkü Demir", made_at=NOW, space_id=None
    )
    session.add(series)
    session.flush()
    return series


def test_a_series_is_found_by_a_name_and_exported(session: Session) -> None:
    """Whatever the capitals, with all that it says."""
    series = make(session)
    [found] = privacy.find(session, "ülkü")
    assert (found.id, found.name) == (series.id, "Ülkü Demir")
    assert privacy.export(session, series.id)["contact_name"] == "Ülkü Demir"


def test_a_running_series_is_not_forgotten(session: Session) -> None:
    """First it is cancelled; then nothing says for whom it was."""
    series = make(session)
    with pytest.raises(SeriesStillRuns):
        privacy.erase(session, series.id, NOW)
    series.pattern, series.cancelled_at = series.pattern.until(series.first_day), NOW
    privacy.erase(session, series.id, NOW)
    assert (series.contact_name, series.title) == ("", "")
    assert privacy.find(session, "Demir") == []


@pytest.mark.parametrize("rule", ["FREQ=WEEKLY;COUNT=3", "FREQ=WEEKLY;UNTIL=20261208"])
def test_time_runs_from_the_last_date(session: Session, rule: str) -> None:
    """The last of the three dates is 8 December, however the end is said."""
    series = make(session, rule)
    assert privacy.expire(session, datetime(2026, 12, 8, 12, tzinfo=UTC), NOW) == 0
    assert privacy.expire(session, datetime(2026, 12, 9, 12, tzinfo=UTC), NOW) == 1
    assert series.contact_name == ""
    assert privacy.expire(session, datetime(2026, 12, 9, 12, tzinfo=UTC), NOW) == 0


def test_the_title_of_the_houses_own_series_stays(session: Session) -> None:
    """ "Team meeting" names nobody."""
    series = make(session, kind="internal")
    privacy.expire(session, datetime(2027, 12, 9, tzinfo=UTC), NOW)
    assert (series.title, series.contact_name) == ("Yoga mit Frau Demir", "")


def test_an_unknown_id_is_nothing_to_forget(session: Session) -> None:
    """Erasing twice does no harm."""
    privacy.erase(session, "gone", NOW)
    assert privacy.export(session, "gone") == {}
