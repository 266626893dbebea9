"""What the city says, as a house shows it."""

from datetime import timedelta

from flask.testing import FlaskClient

from node.announcements.models import Announcement
from shared.database import Database
from shared.time import now


def announce(
    database: Database, title: str, *, hours: int = -1, until: int | None = None, public: bool = False
) -> None:
    """Let an announcement have arrived that shows from `hours` from now."""
    at = now()
    with database.transaction() as session:
        ends = at + timedelta(hours=until) if until is not None else None
        session.add(
            Announcement(title=title, for_public=public, shows_from=at + timedelta(hours=hours), shows_until=ends)
        )


def test_only_what_the_city_says_now_is_shown(signed_in: FlaskClient, database: Database) -> None:
    """Not yet and no longer are left out."""
    announce(database, "Jetzt")
    announce(database, "Morgen erst", hours=24)
    announce(database, "Gestern noch", hours=-48, until=-24)
    page = signed_in.get("/mitteilungen").text
    assert "Jetzt" in page
    assert "Morgen erst" not in page
    assert "Gestern noch" not in page


def test_visitors_see_only_what_is_meant_for_them(client: FlaskClient, database: Database) -> None:
    """The list is for staff; the public page shows the public ones."""
    announce(database, "Dienstberatung")
    announce(database, "Hitzeschutz", public=True)
    page = client.get("/haus").text
    assert "Hitzeschutz" in page
    assert "Dienstberatung" not in page
    assert client.get("/mitteilungen").status_code == 302


def test_an_empty_list_says_how_it_is_filled(signed_in: FlaskClient) -> None:
    """Nothing to announce is said in words."""
    assert "nichts mitzuteilen" in signed_in.get("/mitteilungen").text
