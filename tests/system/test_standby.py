"""The hub's PostgreSQL dies in the middle of a catch-up, and its standby takes over; the hub goes on by itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from hub.announcements.models import Announcement
from tests.system.brokers import make_broker
from tests.system.busy import linked
from tests.system.city import City, running_city, wait_until
from tests.system.standby import PostgresPair

BACKLOG = 6_000

pytestmark = [pytest.mark.service("postgresql"), pytest.mark.service("mosquitto")]


@pytest.fixture
def pair(request: pytest.FixtureRequest) -> Iterator[PostgresPair]:
    """A primary with its standby; what was committed is on both, unless the test asks for less."""
    made = PostgresPair(synchronous=getattr(request, "param", True))
    made.start()
    yield made
    made.end()


@pytest.fixture
def city(tmp_path: Path, pair: PostgresPair) -> Iterator[City]:
    with running_city(tmp_path, make_broker("mosquitto", tmp_path), pair.url) as running:
        yield running


def said(city: City) -> int:
    """Return how many announcements of the city its database has."""
    with city.hub_database.reading() as session:
        return session.scalar(select(func.count()).select_from(Announcement)) or 0


def is_the_same_process(city: City) -> bool:
    return city.hub._child is not None and city.hub._child.poll() is None


def test_a_standby_takes_over_in_the_middle_of_a_catch_up(city: City, pair: PostgresPair) -> None:
    """Nothing that was acknowledged is lost, and nobody starts the hub anew."""
    centres = [city.centre("alt-hamborn"), city.centre("marxloh")]
    for centre in centres:
        centre.add_spaces(BACKLOG)
    city.announce(5)
    with linked(centres):
        wait_until(lambda: all(centre.hub_spaces() > 0 for centre in centres), 60, "the beginning")
        assert not all(centre.arrived() for centre in centres)
        pair.primary.kill()
        pair.standby.promote()
        assert said(city) == 5
        took = wait_until(lambda: all(centre.arrived() for centre in centres), 120, "agreement")
        city.announce(3)
        wait_until(lambda: all(centre.announcements() == 8 for centre in centres), 60, "news")
    print(f"agreement {took:.1f} s after the promotion")
    for centre in centres:
        centre.assert_same_records()
    assert is_the_same_process(city)


@pytest.mark.parametrize("pair", [False], indirect=True, ids=["asynchronous"])
def test_a_standby_that_lagged_behind_is_made_good_by_the_houses(city: City, pair: PostgresPair) -> None:
    """The hub went back in time: what the houses had told it is told again; both sides agree on what it had said."""
    centre = city.centre("alt-hamborn")
    centre.add_spaces(300)
    city.announce(5)
    with linked([centre]):
        wait_until(lambda: centre.arrived() and centre.announcements() == 5, 60, "the first agreement")
        wait_until(lambda: pair.standby.ask("SELECT count(*) FROM spaces", "stadtherz") == 300, 60, "the copy")
        pair.standby.stop()
        centre.add_spaces(300, "Spaeter")
        centre.remove_spaces(20)
        city.announce(2)
        known = lambda: centre.arrived() and centre.announcements() == 7  # noqa: E731
        wait_until(known, 60, "agreement that the standby knows nothing of")
        pair.primary.kill()
        pair.standby.start()
        pair.standby.promote()
        assert centre.hub_spaces() <= 300
        wait_until(centre.arrived, 120, "agreement")
        city.announce(3)
        wait_until(lambda: centre.announcements() == said(city) == 8, 60, "news, and no more of what was lost")
    centre.assert_same_records()
    assert is_the_same_process(city)
