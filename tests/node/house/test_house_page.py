"""The page that leads to what is arranged once."""

from collections.abc import Callable

from flask.testing import FlaskClient


def test_the_page_lists_arrangements_and_not_the_daily_pages(signed_in: FlaskClient) -> None:
    """What stands in the navigation anyway is not repeated."""
    content = signed_in.get("/verwaltung").text.partition("<main")[2]
    assert "/oeffnungszeiten" in content
    assert 'href="/zaehler"' not in content


def test_a_volunteer_sees_only_what_is_for_volunteers(sign_in: Callable[..., FlaskClient]) -> None:
    """A link that ends at a closed door is worse than none."""
    content = sign_in("volunteer").get("/verwaltung").text.partition("<main")[2]
    assert "/oeffnungszeiten" in content
    assert 'href="/import"' not in content
