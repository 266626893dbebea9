"""When guest spaces are ours: hours entered on the page of the space."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from flask.testing import FlaskClient

from node.core.accounts import Role
from node.spaces import guest_hours, service
from node.spaces.guest_hours import GuestHoursEntry, GuestHoursThere, GuestHoursUnknown
from shared.database import Database
from shared.records.opening_hours import PeriodBackwards
from tests.factories import make_space

EVENING = GuestHoursEntry(opens_local="18:00", closes_local="22:00")


def test_a_part_has_the_hours_of_its_whole_until_it_has_its_own(database: Database) -> None:
    """The hall of the school is ours in the evening, and so is its half; unless the half has been agreed on apart."""
    with database.transaction() as session:
        hall = make_space(session, "Aula", is_guest_space=True, host_building="Schule")
        half = make_space(session, "Hälfte", hall)
        (evening,) = guest_hours.add_hours(session, hall.id, EVENING)
        line = [space.id for space in service.with_wholes(session, half)]
        assert service.hours_of(session, line) == [evening]
        (own,) = guest_hours.add_hours(session, half.id, GuestHoursEntry(opens_local="16:00", closes_local="18:00"))
        assert service.hours_of(session, line) == [own]
        assert service.all_hours(session) == {hall.id: [evening], half.id: [own]}


def test_the_same_hours_are_not_entered_twice(database: Database) -> None:
    """Another day or another term is something else."""
    with database.transaction() as session:
        room = make_space(session, is_guest_space=True)
        guest_hours.add_hours(session, room.id, EVENING, [0, 1])
        with pytest.raises(GuestHoursThere) as refusal:
            guest_hours.add_hours(session, room.id, EVENING, [2, 1])
        assert refusal.value.weekday == 1
        guest_hours.add_hours(session, room.id, EVENING, [2])
        backwards = replace(EVENING, valid_from=date(2027, 1, 2), valid_until=date(2027, 1, 1))
        with pytest.raises(PeriodBackwards):
            guest_hours.add_hours(session, room.id, backwards)


def test_hours_are_removed_once(database: Database) -> None:
    """The second who presses learns that they are gone."""
    with database.transaction() as session:
        (row,) = guest_hours.add_hours(session, make_space(session).id, EVENING)
        guest_hours.remove_hours(session, row.id)
        with pytest.raises(GuestHoursUnknown):
            guest_hours.remove_hours(session, row.id)


def test_staff_enter_and_remove_hours_on_the_page(signed_in: FlaskClient, database: Database) -> None:
    """Two weekdays at once; one of them is taken off again."""
    with database.transaction() as session:
        room = make_space(session, "Turnhalle", is_guest_space=True, host_building="Schule am Park")
    assert "noch keine Zeiten" in signed_in.get("/raeume").text
    typed = {"weekdays": ["0", "3"], "opens": "18:00", "closes": "01:00", "valid_until": "18.12.2026"}
    assert signed_in.post(f"/raeume/{room.id}/zeiten", data=typed).status_code == 302
    shown = signed_in.get(f"/raeume/{room.id}").text
    assert "18:00–01:00 (am nächsten Tag)" in shown
    assert "bis 18.12.2026" in shown
    with database.reading() as session:
        rows = service.hours_of(session, [room.id])
    signed_in.post(f"/raeume/{room.id}/zeiten/{rows[0].id}/entfernen")
    again = signed_in.post(f"/raeume/{room.id}/zeiten/{rows[0].id}/entfernen", follow_redirects=True)
    assert "waren schon entfernt" in again.text
    with database.reading() as session:
        assert [row.weekday for row in service.hours_of(session, [room.id])] == [3]


def test_a_mistake_in_the_hours_keeps_what_was_typed(signed_in: FlaskClient, database: Database) -> None:
    """The page comes back with the form open, the mistake beside its field."""
    with database.transaction() as session:
        room = make_space(session, "Turnhalle", is_guest_space=True)
        guest_hours.add_hours(session, room.id, EVENING, [0])
    typed = {"weekdays": ["0"], "opens": "18:00", "closes": "22:00"}
    answer = signed_in.post(f"/raeume/{room.id}/zeiten", data=typed)
    assert answer.status_code == 422
    assert "Genau diese Zeiten gibt es schon: Montag" in answer.text
    assert '<option selected value="18:00"' in answer.text
    backwards = typed | {"weekdays": ["1"], "valid_from": "2027-01-02", "valid_until": "2027-01-01"}
    assert "liegt vor dem ersten" in signed_in.post(f"/raeume/{room.id}/zeiten", data=backwards).text
    assert signed_in.post(f"/raeume/{room.id}/zeiten", data={"weekdays": ["1"]}).status_code == 422


def test_a_guest_space_names_its_building(signed_in: FlaskClient) -> None:
    """Without it nobody would find the room."""
    numbers = dict.fromkeys(("capacity", "buffer_before_min", "buffer_after_min", "rank"), "0")
    answer = signed_in.post("/raeume/neu", data={"name": "Aula", "kind": "office", "is_guest_space": "y", **numbers})
    assert answer.status_code == 422
    assert "in dem der Gastraum liegt" in answer.text


def test_reception_sees_the_hours_but_does_not_change_them(
    sign_in: Callable[..., FlaskClient], database: Database
) -> None:
    """What is agreed with the school is the office's business."""
    with database.transaction() as session:
        room = make_space(session, "Turnhalle", is_guest_space=True)
        (row,) = guest_hours.add_hours(session, room.id, EVENING)
    reception = sign_in(Role.RECEPTION)
    assert "18:00–22:00" in reception.get(f"/raeume/{room.id}").text
    assert reception.post(f"/raeume/{room.id}/zeiten", data={}).status_code == 403
    assert reception.post(f"/raeume/{room.id}/zeiten/{row.id}/entfernen").status_code == 403
