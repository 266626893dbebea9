"""The counter's face belongs to the house; what a touch may say does not."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from node.visits import buttons
from node.visits.buttons import BUTTONS_MAX, ButtonDouble, ButtonUnknown, TooManyButtons
from node.visits.models import HourCount
from shared.database import Database
from shared.ids import new_id
from shared.records.events import TARGET_GROUPS


def says(database: Database) -> list[str]:
    with database.reading() as session:
        return [button.says for button in buttons.board(session).buttons]


def test_a_new_house_has_the_four_kinds_and_all_groups(database: Database) -> None:
    """Nobody has to arrange anything before the first visitor."""
    with database.reading() as session:
        board = buttons.board(session)
    assert [button.says for button in board.buttons] == ["open_meeting", "programme", "consultation", "event"]
    assert board.groups == tuple(TARGET_GROUPS)


def test_a_button_may_say_kind_and_group_at_once_and_have_a_name(database: Database) -> None:
    """The first own button stands behind the delivered ones."""
    with database.transaction() as session:
        buttons.add_button(session, "programme", "children", " Hausaufgaben ")
    assert says(database)[-1] == "programme:children"
    with database.reading() as session:
        assert buttons.board(session).buttons[-1].label == "Hausaufgaben"


def test_buttons_move_and_stay_where_they_are_at_the_ends(database: Database) -> None:
    """Up, down, and no further."""
    with database.transaction() as session:
        first, second, *_ = buttons.own_buttons(session)
        buttons.move_button(session, second.id, -1)
        buttons.move_button(session, second.id, -1)
    assert says(database)[:2] == ["programme", "open_meeting"]
    with database.transaction() as session:
        buttons.move_button(session, first.id, 1)
    assert says(database)[:3] == ["programme", "consultation", "open_meeting"]


def test_one_thing_has_one_button(database: Database) -> None:
    """Two buttons that say the same would only confuse."""
    with database.transaction() as session:
        first, *_ = buttons.own_buttons(session)
        with pytest.raises(ButtonDouble):
            buttons.add_button(session, "event")
        with pytest.raises(ButtonDouble):
            buttons.change_button(session, first.id, "event")
        buttons.change_button(session, first.id, "open_meeting", "", "Café")


def test_a_thumb_reaches_so_many_buttons_and_no_more(database: Database) -> None:
    """The refusal comes before the page is full."""
    pairs = [(kind, group) for kind in ("event", "programme") for group in TARGET_GROUPS]
    with database.transaction() as session:
        for kind, group in pairs[: BUTTONS_MAX - 4]:
            buttons.add_button(session, kind, group)
        with pytest.raises(TooManyButtons):
            buttons.add_button(session, "consultation", "children")


def test_without_own_buttons_the_delivered_ones_come_back(database: Database) -> None:
    """A counter is never empty."""
    with database.transaction() as session:
        for button in buttons.own_buttons(session):
            buttons.remove_button(session, button.id)
        with pytest.raises(ButtonUnknown):
            buttons.remove_button(session, new_id())
    assert len(says(database)) == 4


def test_a_house_may_ask_for_some_groups_or_none(database: Database) -> None:
    """In the order that all houses have."""
    with database.transaction() as session:
        buttons.choose_groups(session, ["seniors", "children"], asks=True)
    with database.reading() as session:
        assert buttons.board(session).groups == ("children", "seniors")
    with database.transaction() as session:
        buttons.choose_groups(session, ["seniors"], asks=False)
    with database.reading() as session:
        assert buttons.board(session).groups == ()


def test_the_office_arranges_and_the_reception_counts(sign_in: Callable[..., FlaskClient]) -> None:
    """Least rights: arranging is not counting."""
    assert sign_in("office").get("/zaehler/einrichten").status_code == 200
    assert sign_in("reception").get("/zaehler/einrichten").status_code == 403


def test_arranging_on_the_page_shows_on_the_counter(signed_in: FlaskClient) -> None:
    """Add, rename, move, remove, and choose groups, without a script."""
    said = {"kind": "consultation", "target_group": "seniors", "label": "Rentencafé"}
    assert signed_in.post("/zaehler/einrichten/knopf", data=said).status_code == 302
    page = signed_in.get("/zaehler").text
    assert 'value="consultation:seniors"' in page
    assert "Rentencafé" in page
    refused = signed_in.post("/zaehler/einrichten/knopf", data=said)
    assert refused.status_code == 422
    assert 'value="Rentencafé"' in refused.text
    signed_in.post("/zaehler/einrichten/gruppen", data={"groups": "children"})
    assert 'name="target_group"' not in signed_in.get("/zaehler").text


def test_a_page_of_a_button_that_is_gone_leads_back(signed_in: FlaskClient) -> None:
    """Two people arrange at the same time: no error page."""
    for address in (f"/zaehler/einrichten/knopf/{new_id()}", f"/zaehler/einrichten/knopf/{new_id()}/entfernen"):
        answer = signed_in.post(address, data={"kind": "event", "target_group": "", "label": ""}, follow_redirects=True)
        assert "Jemand anders" in answer.text


def test_a_combined_button_counts_both_with_one_press(signed_in: FlaskClient, database: Database) -> None:
    """Whatever group is chosen beside the buttons."""
    said = {"id": new_id(), "kind": "programme:children", "target_group": "seniors", "step": "5", "number": ""}
    signed_in.post("/zaehler", data=said)
    with database.reading() as session:
        found = session.scalars(select(HourCount)).one()
        assert (found.kind, found.target_group, found.count) == ("programme", "children", 5)


def test_an_old_tablet_counts_what_has_no_button_any_more(signed_in: FlaskClient, database: Database) -> None:
    """Buttons are only the face: a touch of a removed one is a visit all the same."""
    with database.transaction() as session:
        for button in buttons.own_buttons(session)[1:]:
            buttons.remove_button(session, button.id)
    signed_in.post("/zaehler", data={"id": new_id(), "kind": "event", "target_group": "women"})
    with database.reading() as session:
        assert session.scalars(select(HourCount)).one().count == 1
