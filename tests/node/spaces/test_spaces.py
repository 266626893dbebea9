"""The house's rooms: a tree of at most three levels, kept by staff."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from node.core.accounts import Role
from node.spaces import service
from node.spaces.service import SpaceEntry, SpaceWithinItself, TreeTooDeep
from shared.database import Database
from tests.factories import make_space


def typed(**said: str) -> dict[str, str]:
    """Return what somebody types into the form."""
    numbers = {"capacity": "0", "buffer_before_min": "0", "buffer_after_min": "0", "rank": "0"}
    return {"kind": "multi_purpose", "bookable": "y", **numbers, **said}


def test_the_parts_of_a_hall_are_its_undivided_spaces(database: Database) -> None:
    """A hall divided into halves, one of them again, consists of three parts."""
    with database.transaction() as session:
        hall = make_space(session, "Saal")
        left, right = make_space(session, "Links", hall), make_space(session, "Rechts", hall)
        front, back = make_space(session, "Vorn", left), make_space(session, "Hinten", left)
        assert set(service.parts_of(session, hall.id)) == {front.id, back.id, right.id}
        assert service.parts_of(session, right.id) == (right.id,)


def test_a_space_cannot_be_a_part_of_itself(database: Database) -> None:
    """Neither directly nor through its own parts."""
    with database.transaction() as session:
        hall = make_space(session, "Saal")
        half = make_space(session, "Links", hall)
        for parent in (hall, half):
            with pytest.raises(SpaceWithinItself):
                service.edit_space(session, hall.id, SpaceEntry(name="Saal", parent_id=parent.id))


def test_three_levels_are_the_most(database: Database) -> None:
    """A fourth level is refused, also when a space is moved together with its parts."""
    with database.transaction() as session:
        house = make_space(session, "Haus")
        hall = make_space(session, "Saal", house)
        half = make_space(session, "Links", hall)
        with pytest.raises(TreeTooDeep):
            make_space(session, "Ecke", half)
        annex = make_space(session, "Anbau")
        with pytest.raises(TreeTooDeep):
            service.edit_space(session, house.id, SpaceEntry(name="Haus", parent_id=annex.id))


def test_wholes_stand_before_their_parts(database: Database) -> None:
    """The list is a tree, by rank and name."""
    with database.transaction() as session:
        hall = make_space(session, "Saal", rank=2)
        make_space(session, "Ab", hall)
        make_space(session, "Café", rank=1)
        assert [space.name for space in service.list_spaces(session)] == ["Café", "Saal", "Ab"]


def test_a_space_is_added_changed_and_retired_on_its_pages(signed_in: FlaskClient, database: Database) -> None:
    """Staff enter a space, correct it, take it out of use and put it to use again."""
    assert signed_in.post("/raeume/neu", data=typed(name="Sal", capacity="80")).status_code == 302
    with database.reading() as session:
        space_id = service.list_spaces(session)[0].id
    wider = typed(name="Saal", capacity="90", accessibility="step_free", buffer_after_min="30")
    signed_in.post(f"/raeume/{space_id}/aendern", data=wider)
    signed_in.post(f"/raeume/{space_id}/stilllegen")
    with database.reading() as session:
        space = service.get_space(session, space_id)
        assert (space.name, space.capacity, space.accessibility, space.buffer_after_min) == (
            "Saal",
            90,
            ("step_free",),
            30,
        )
        assert not space.bookable
    assert "Stillgelegt" in signed_in.get("/raeume").text
    signed_in.post(f"/raeume/{space_id}/oeffnen")
    assert "Stillgelegt" not in signed_in.get("/raeume").text


def test_an_impossible_tree_is_explained_beside_the_field(signed_in: FlaskClient, database: Database) -> None:
    """The form keeps what was typed and says why the hall cannot be a part of its own half."""
    with database.transaction() as session:
        hall = make_space(session, "Saal")
        half = make_space(session, "Links", hall)
    answer = signed_in.post(f"/raeume/{hall.id}/aendern", data=typed(name="Großer Saal", parent_id=half.id))
    assert answer.status_code == 422
    assert 'value="Großer Saal"' in answer.text
    assert re.search(r'id="parent_id-error".*nicht Teil seiner selbst', answer.text, re.DOTALL)


def test_wrong_numbers_are_explained(signed_in: FlaskClient) -> None:
    """A capacity that is no number comes back with what to do."""
    answer = signed_in.post("/raeume/neu", data=typed(name="Saal", capacity="viele"))
    assert answer.status_code == 422
    assert 'value="viele"' in answer.text


def test_reception_sees_spaces_but_does_not_change_them(sign_in: Callable[..., FlaskClient]) -> None:
    """Rooms are the office's business."""
    reception = sign_in(Role.RECEPTION)
    assert reception.get("/raeume").status_code == 200
    assert reception.post("/raeume/neu", data=typed(name="Saal")).status_code == 403


def test_what_is_said_of_a_space_is_kept_and_shown(signed_in: FlaskClient, database: Database) -> None:
    """Seatings, what is in it and what bookings keep to come back on its page and in its form."""
    said = typed(
        name="Saal",
        capacity="60",
        capacity_rows="80",
        capacity_circle="",
        notice_hours="48",
        length_max_min="90",
        self_managed="y",
    )
    signed_in.post("/raeume/neu", data=said | {"features": ["projector", "piano"]})
    with database.reading() as session:
        space = service.list_spaces(session)[0]
        assert (space.capacity, space.capacity_rows, space.capacity_circle) == (80, 80, 0), "the largest counts"
        assert (space.features, space.self_managed) == (("projector", "piano"), True)
    shown = signed_in.get(f"/raeume/{space.id}").text
    for words in ("In Reihen", "Klavier", "mindestens 2 Tage im Voraus", "höchstens 1 Stunde 30 Minuten"):
        assert words in shown
    form = signed_in.get(f"/raeume/{space.id}/aendern").text
    assert re.search(r'<option selected value="48"', form)


def test_an_unusual_notice_stays_choosable(signed_in: FlaskClient, database: Database) -> None:
    """What an import or the HTTP interface said is not lost when somebody opens the form and saves."""
    with database.transaction() as session:
        space = make_space(session, "Saal", notice_hours=100)
    form = signed_in.get(f"/raeume/{space.id}/aendern").text
    assert '<option selected value="100"' in form
    assert signed_in.post(f"/raeume/{space.id}/aendern", data=typed(name="Saal", notice_hours="100")).status_code == 302


def test_the_page_of_a_half_names_its_hall_and_the_reverse(signed_in: FlaskClient, database: Database) -> None:
    """Whoever reads it understands why the hall is taken."""
    with database.transaction() as session:
        hall = make_space(session, "Saal")
        half = make_space(session, "Links", hall)
    assert f'href="/raeume/{hall.id}"' in signed_in.get(f"/raeume/{half.id}").text
    assert f'href="/raeume/{half.id}"' in signed_in.get(f"/raeume/{hall.id}").text


def test_a_page_of_an_unknown_space_is_not_found(signed_in: FlaskClient) -> None:
    """An old link is answered plainly."""
    assert signed_in.get("/raeume/00000000-0000-7000-8000-000000000000").status_code == 404
