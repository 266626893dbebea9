"""The city says what it expects of its houses."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from hub.core.accounts import Role
from hub.norm import service
from hub.norm.models import OpeningNorm
from hub.norm.service import AimBelowMinimum, ConsultationBeyondHours
from shared.database import Database
from shared.records.norms import NORMS, Norm

SAID = {"days_min": "4", "days_aim": "5", "hours_min": "30", "consultation_hours_min": "8"}


def test_a_new_city_expects_what_the_first_one_does(database: Database) -> None:
    """Five days, six as an aim, forty hours, ten of consultation, something at the weekend."""
    with database.reading() as session:
        assert service.norm(session) == Norm(5, 6, 40, 10, True)


def test_the_norm_is_changed_on_its_page(database: Database, sign_in: Callable[..., FlaskClient]) -> None:
    """Social planning does it; there is one record, which may travel."""
    planner = sign_in(Role.PLANNER)
    assert planner.post("/oeffnungsnorm/bearbeiten", data=SAID).status_code == 302
    assert planner.post("/oeffnungsnorm/bearbeiten", data={**SAID, "weekend_expected": "y"}).status_code == 302
    with database.reading() as session:
        assert service.norm(session) == Norm(4, 5, 30, 8, True)
        assert session.scalar(select(func.count()).select_from(OpeningNorm)) == 1
        wire = NORMS.checker.dump(session.scalars(select(OpeningNorm)).one())
    assert NORMS.checker.validate(wire) == {}


@pytest.mark.parametrize(
    ("norm", "refusal"),
    [(Norm(days_min=6, days_aim=5), AimBelowMinimum), (Norm(hours_min=9), ConsultationBeyondHours)],
)
def test_what_cannot_be_is_refused(database: Database, norm: Norm, refusal: type[Exception]) -> None:
    """An aim below the minimum; more consultation than hours."""
    with database.transaction() as session, pytest.raises(refusal):
        service.keep_norm(session, norm)


def test_numbers_beyond_a_week_are_asked_again(database: Database, signed_in: FlaskClient) -> None:
    """Eight days, a word, and an aim below the minimum; what was typed stays."""
    for wrong in ({"days_min": "8"}, {"hours_min": "viele"}, {"days_aim": "3"}):
        answer = signed_in.post("/oeffnungsnorm/bearbeiten", data={**SAID, **wrong})
        assert answer.status_code == 422
        assert 'value="8"' in answer.text
    with database.reading() as session:
        assert service.norm(session) == Norm()


def test_an_editor_may_look_but_not_change(sign_in: Callable[..., FlaskClient]) -> None:
    """The norm is social planning's."""
    editor = sign_in(Role.EDITOR)
    assert "40" in editor.get("/oeffnungsnorm").text
    assert editor.post("/oeffnungsnorm/bearbeiten", data=SAID).status_code == 403
