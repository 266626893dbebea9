"""Names beside counts are found, exported and forgotten; the figures stay."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from node.visits import days, locks, privacy, service
from node.visits.days import Statement
from node.visits.models import CountCorrection, HourCount, MonthLock, VisitDay
from node.visits.service import HourKey
from shared.database import Database

ZONE = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
KEY = HourKey(datetime(2026, 11, 20, 9, 0, tzinfo=UTC), "event", "")


@pytest.fixture
def house(database: Database) -> Database:
    """Anna has corrected an hour, spoken of a day and locked a month."""
    with database.transaction() as session:
        service.correct_count(session, KEY, 7, NOW, reason="Liste von Frau Kaya", corrected_by="Anna")
        reason = "Anna war krank"
        days.say(session, date(2026, 11, 19), Statement.NOT_COUNTED, by="Anna", now=NOW, zone=ZONE, reason=reason)
        locks.lock_month(session, date(2026, 10, 1), NOW, ZONE, by="Anna")
    return database


def test_whoever_is_looked_for_is_found_in_names_and_reasons(house: Database) -> None:
    """As who did it, and as somebody who is mentioned."""
    with house.reading() as session:
        assert len(privacy.find_corrections(session, "kaya")) == 1
        found = privacy.find_statements(session, "anna")
        assert privacy.export_statement(session, found[0].id)["reason"] == "Anna war krank"


def test_erasing_forgets_the_person_and_keeps_the_figures(house: Database) -> None:
    """Seven visits stay seven, a day that was spoken of stays so."""
    with house.transaction() as session:
        privacy.erase_correction(session, privacy.find_corrections(session, "Anna")[0].id, NOW)
        privacy.erase_statement(session, privacy.find_statements(session, "Anna")[0].id, NOW)
    with house.reading() as session:
        assert privacy.find_corrections(session, "Kaya") == []
        assert privacy.find_statements(session, "Anna") == []
        assert session.scalars(select(HourCount)).one().count == 7
        assert session.scalars(select(VisitDay)).one().said_by


def test_the_nightly_work_forgets_what_is_old_and_finds_nothing_the_second_time(house: Database) -> None:
    """What is younger stays."""
    kinds = (privacy.expire_corrections, privacy.expire_statements, privacy.expire_locks)
    with house.transaction() as session:
        assert [expire(session, NOW, NOW) for expire in kinds] == [0, 0, 0]
        later = NOW + timedelta(seconds=1)
        assert [expire(session, later, later) for expire in kinds] == [1, 1, 1]
        assert [expire(session, later, later) for expire in kinds] == [0, 0, 0]
        assert session.scalars(select(CountCorrection)).one().corrected_by == privacy.FORGOTTEN
        assert session.scalars(select(MonthLock)).one().locked_by == privacy.FORGOTTEN
