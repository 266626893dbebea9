"""Opening hours as staff keep them."""

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from node.opening_hours import service
from node.opening_hours.models import OpeningHours
from node.opening_hours.service import ClosedForGood, HoursEntry, HoursOverlap
from shared.database import Database
from shared.records.opening_hours import PeriodBackwards

TUESDAY = HoursEntry(weekday=1, opens_local="10:00", closes_local="13:00")


def rows(database: Database) -> list[tuple[int | None, str, str]]:
    """Return what is kept."""
    with database.reading() as session:
        return [(row.weekday, row.opens_local, row.closes_local) for row in service.list_hours(session)]


def test_several_weekdays_are_entered_at_once(signed_in: FlaskClient, database: Database) -> None:
    """One form, two rows; the page shows them."""
    said = {"weekdays": ["1", "3"], "kind": "open", "opens": "10:00", "closes": "13:00"}
    answer = signed_in.post("/oeffnungszeiten/neu", data=said, follow_redirects=True)
    assert "Dienstag" in answer.text
    assert "Donnerstag" in answer.text
    assert rows(database) == [(1, "10:00", "13:00"), (3, "10:00", "13:00")]


def test_missing_times_are_asked_for_and_the_rest_is_kept(signed_in: FlaskClient, database: Database) -> None:
    """The form comes back with what was typed and says what to do."""
    said = {"weekdays": ["1"], "kind": "consultation", "opens": "10:00", "closes": "", "note": "mit Anmeldung"}
    answer = signed_in.post("/oeffnungszeiten/neu", data=said)
    assert answer.status_code == 422
    assert "beide Zeiten" in answer.text
    assert 'value="mit Anmeldung"' in answer.text
    assert rows(database) == []


def test_a_row_is_changed_and_removed(signed_in: FlaskClient, database: Database) -> None:
    """The same record changes; removing it twice is no mistake."""
    with database.transaction() as session:
        (row,) = service.add_hours(session, TUESDAY)
        session.flush()
        row_id = row.id
    said = {"weekday": "2", "kind": "open", "opens": "15:00", "closes": "18:00"}
    assert signed_in.post(f"/oeffnungszeiten/{row_id}", data=said).status_code == 302
    assert rows(database) == [(2, "15:00", "18:00")]
    signed_in.post(f"/oeffnungszeiten/{row_id}/entfernen")
    again = signed_in.post(f"/oeffnungszeiten/{row_id}/entfernen", follow_redirects=True)
    assert "schon entfernt" in again.text
    assert rows(database) == []


def test_a_closure_is_shown_and_wins(signed_in: FlaskClient, database: Database) -> None:
    """A closed exception needs no times."""
    with database.transaction() as session:
        service.add_hours(session, HoursEntry(opens_local="00:00", closes_local="00:00"))
    assert "Jetzt geöffnet" in signed_in.get("/oeffnungszeiten").text
    said = {"kind": "open", "closed": "y", "valid_from": "2020-01-01", "valid_until": "2099-12-31", "note": "Umbau"}
    answer = signed_in.post("/oeffnungszeiten/neu", data=said, follow_redirects=True)
    assert "Jetzt geschlossen" in answer.text
    assert "Umbau" in answer.text


def test_hours_that_do_not_exist_are_not_found(signed_in: FlaskClient) -> None:
    """An unknown row has no form."""
    assert signed_in.get("/oeffnungszeiten/x").status_code == 404
    assert signed_in.post("/oeffnungszeiten/x", data={}).status_code == 404


@pytest.mark.parametrize(
    ("entry", "refusal"),
    [
        (HoursEntry(closed=True), ClosedForGood),
        (HoursEntry(closed=True, valid_from=date(2026, 1, 2), valid_until=date(2026, 1, 1)), PeriodBackwards),
        (HoursEntry(weekday=1, opens_local="12:00", closes_local="14:00"), HoursOverlap),
        (HoursEntry(weekday=None, opens_local="09:00", closes_local="10:15"), HoursOverlap),
    ],
)
def test_what_cannot_be_is_refused(database: Database, entry: HoursEntry, refusal: type[Exception]) -> None:
    """Closures need dates, periods run forward, the same kind stands once."""
    with database.transaction() as session:
        service.add_hours(session, TUESDAY)
    with pytest.raises(refusal), database.transaction() as session:
        service.add_hours(session, entry)
    assert len(rows(database)) == 1


@pytest.mark.parametrize(
    "entry",
    [
        HoursEntry(weekday=1, opens_local="13:00", closes_local="15:00"),
        HoursEntry(weekday=1, opens_local="10:00", closes_local="13:00", kind="consultation"),
        HoursEntry(weekday=2, opens_local="10:00", closes_local="13:00"),
        HoursEntry(weekday=1, opens_local="10:00", closes_local="13:00", valid_from=date(2026, 7, 1)),
    ],
)
def test_what_does_not_meet_is_taken(database: Database, entry: HoursEntry) -> None:
    """Back to back, another kind, another day, another period."""
    with database.transaction() as session:
        service.add_hours(session, TUESDAY)
        service.add_hours(session, entry)
    assert len(rows(database)) == 2


def test_nothing_is_added_if_one_of_several_days_is_refused(database: Database) -> None:
    """All days of the form or none."""
    with database.transaction() as session:
        service.add_hours(session, TUESDAY)
    with pytest.raises(HoursOverlap), database.transaction() as session:
        service.add_hours(session, TUESDAY, weekdays=[0, 1])
    with database.reading() as session:
        assert len(session.scalars(select(OpeningHours)).all()) == 1
