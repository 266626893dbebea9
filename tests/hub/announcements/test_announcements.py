"""Staff tell all houses something, change it and take it back."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.announcements import queries, service
from hub.announcements.models import Announcement
from hub.announcements.service import AnnouncementEntry, PeriodImpossible
from shared.database import Database

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
WRITTEN = {
    "title": "Heizung",
    "body": "Am Montag wird gewartet.",
    "for_public": "y",
    "from_day": "2026-11-23",
    "from_time": "09:00",
    "until_day": "",
    "until_time": "",
}


def entry(starts: int, ends: int | None, *, public: bool = True) -> AnnouncementEntry:
    """An announcement that shows from `starts` to `ends` hours from now."""
    until = None if ends is None else NOW + timedelta(hours=ends)
    return AnnouncementEntry(
        title="Heizung", body="", for_public=public, shows_from=NOW + timedelta(hours=starts), shows_until=until
    )


def stored(database: Database) -> list[Announcement]:
    with database.reading() as session:
        return list(session.scalars(select(Announcement)))


@pytest.mark.parametrize(
    ("written", "is_shown"),
    [
        (entry(-1, None), True),
        (entry(-1, 1), True),
        (entry(0, 1), True),
        (entry(-2, 0), False),
        (entry(1, None), False),
        (entry(-1, None, public=False), False),
    ],
)
def test_residents_see_what_is_public_and_current(
    database: Database, written: AnnouncementEntry, is_shown: bool
) -> None:
    """From its beginning until just before its end."""
    with database.transaction() as session:
        service.announce(session, written)
        session.flush()
        assert bool(queries.for_the_public(session, NOW)) is is_shown


def test_an_end_before_the_beginning_is_refused(database: Database) -> None:
    """Nothing is written then."""
    with database.transaction() as session, pytest.raises(PeriodImpossible):
        service.announce(session, entry(1, 1))
    assert stored(database) == []


def test_taking_back_ends_what_shows_and_deletes_what_never_did(database: Database) -> None:
    """What was once shown stays in the list as over; what is over stays as it was."""
    with database.transaction() as session:
        shown, planned, over = (service.announce(session, entry(*hours)) for hours in ((-1, None), (1, None), (-3, -2)))
        session.flush()
        for announcement in (shown, planned, over):
            service.take_back(session, announcement, NOW)
    assert sorted(one.shows_until for one in stored(database)) == [NOW - timedelta(hours=2), NOW]


def test_staff_write_change_and_take_back(database: Database, signed_in: FlaskClient) -> None:
    """Days and hours are those of the city's clocks."""
    assert signed_in.post("/mitteilungen/neu", data=WRITTEN).status_code == 302
    (written,) = stored(database)
    assert written.shows_from == datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    assert written.shows_until is None
    assert written.for_public
    later = {**WRITTEN, "until_day": "2099-11-30"}
    assert signed_in.post(f"/mitteilungen/{written.id}", data=later).status_code == 302
    (changed,) = stored(database)
    assert changed.shows_until == datetime(2099, 11, 30, 22, 59, 59, tzinfo=UTC)
    assert "2099" in signed_in.get(f"/mitteilungen/{written.id}").text
    signed_in.post(f"/mitteilungen/{written.id}/zuruecknehmen")
    left = stored(database)
    assert left == [] or left[0].shows_until < changed.shows_until


def test_an_impossible_period_is_explained_and_kept(database: Database, signed_in: FlaskClient) -> None:
    """What was typed stays in the form."""
    page = signed_in.post("/mitteilungen/neu", data={**WRITTEN, "until_day": "2026-11-22"}).text
    assert "bevor sie beginnt" in page
    assert "Am Montag wird gewartet." in page
    lonely = signed_in.post("/mitteilungen/neu", data={**WRITTEN, "until_time": "10:00"}).text
    assert "ergänzen Sie den Tag" in lonely
    assert stored(database) == []


def test_the_desk_is_for_staff(client: FlaskClient, database: Database) -> None:
    """A visitor is asked to sign in."""
    assert client.get("/mitteilungen").status_code == 302
    assert client.post("/mitteilungen/neu", data=WRITTEN).status_code == 401
    assert stored(database) == []


def test_the_list_says_what_will_appear_and_then_shows_it(database: Database, signed_in: FlaskClient) -> None:
    """Empty at first."""
    assert "Noch keine Mitteilungen" in signed_in.get("/mitteilungen").text
    signed_in.post("/mitteilungen/neu", data=WRITTEN)
    assert "Heizung" in signed_in.get("/mitteilungen").text
    assert signed_in.get("/mitteilungen/nirgends").status_code == 404
