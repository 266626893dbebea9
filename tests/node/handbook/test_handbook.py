"""The handbooks: there in both languages, for everybody who works here."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

WORDS = {
    "empfang": ("Sie sitzen heute am Empfang", "You sit at the counter today"),
    "leitung": ("Sie leiten", "You lead"),
}


@pytest.mark.parametrize("book", WORDS)
@pytest.mark.parametrize(("language", "place"), [("de", 0), ("en", 1)])
def test_a_handbook_is_written_in_the_readers_language(
    signed_in: FlaskClient, book: str, language: str, place: int
) -> None:
    """Whole in each language, and marked as being in it."""
    signed_in.get(f"/sprache/{language}")
    page = signed_in.get(f"/handbuch/{book}")
    assert WORDS[book][place] in page.text
    assert f'<article class="handbook" lang="{language}">' in page.text


def test_a_volunteer_finds_the_handbook(sign_in: Callable[..., FlaskClient]) -> None:
    """It stands on the page that leads to everything about the house."""
    volunteer = sign_in("volunteer")
    assert "/handbuch" in volunteer.get("/verwaltung").text
    assert volunteer.get("/handbuch/empfang").status_code == 200


def test_a_book_that_nobody_wrote_is_not_there(signed_in: FlaskClient) -> None:
    """No path of the address reaches a template by itself."""
    assert signed_in.get("/handbuch/book").status_code == 404
