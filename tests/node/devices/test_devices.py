"""Devices: a token is shown once, opens what it may, and ends when it should."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from node.core.rights import Right
from node.devices import service
from node.devices.models import Device
from node.devices.service import DeviceExists, NotForDevices
from shared.database import Database
from shared.ids import new_id
from tests.factories import NOW


def add(database: Database, **said: object) -> str:
    """Add a device that counts, and return its token."""
    with database.transaction() as session:
        return service.add_device(session, new_id(), "Tür", ["count"], now=NOW, by="anna", **said)  # type: ignore[arg-type]


def test_a_token_finds_its_device(database: Database) -> None:
    """The token leads to the device and to nothing else; the house does not keep it."""
    token, _other = add(database), add(database)
    with database.reading() as session:
        device = service.find_device(session, token, NOW)
        assert device is not None
        assert service.may(device, Right.COUNT)
        assert not service.may(device, Right.SEE_PERSONS)
        assert service.find_device(session, token + "x", NOW) is None
        assert service.find_device(session, device.token_hash, NOW) is None
        assert token not in [device.token_hash for device in session.scalars(select(Device))]


def test_a_token_ends_at_its_hour(database: Database) -> None:
    """It works up to the instant of its end and not at it."""
    token = add(database, expires_at=NOW + timedelta(hours=1))
    with database.reading() as session:
        assert service.find_device(session, token, NOW + timedelta(minutes=59)) is not None
        assert service.find_device(session, token, NOW + timedelta(hours=1)) is None


def test_a_withdrawn_token_is_worthless(database: Database) -> None:
    """The device stays in the list, its token opens nothing any more; withdrawing twice keeps the first time."""
    token = add(database)
    with database.transaction() as session:
        device = service.list_devices(session)[0]
        service.revoke_device(session, device.id, now=NOW)
        service.revoke_device(session, device.id, now=NOW + timedelta(days=1))
    with database.reading() as session:
        assert service.find_device(session, token, NOW) is None
        assert [device.revoked_at for device in service.list_devices(session)] == [NOW]


@pytest.mark.parametrize("right", [Right.RUN_HOUSE, Right.OWN_SPACE, "everything"])
def test_some_rights_are_for_people_only(database: Database, right: str) -> None:
    """No token looks after accounts, rents a room, or gets a right that does not exist."""
    with database.transaction() as session, pytest.raises(NotForDevices):
        service.add_device(session, new_id(), "Programm", [Right.COUNT, right], now=NOW)


def test_the_use_is_noted_now_and_then(database: Database) -> None:
    """The first use is due at once, the next one ten minutes later; a sensor does not write with each request."""
    add(database)
    with database.transaction() as session:
        (device,) = service.list_devices(session)
        assert service.is_use_due(device, NOW)
        service.note_use(session, device.id, NOW)
        assert not service.is_use_due(device, NOW + timedelta(minutes=9))
        assert service.is_use_due(device, NOW + timedelta(minutes=10))


def test_a_form_sent_twice_adds_one_device(database: Database) -> None:
    """The second time there is no second token."""
    once = new_id()
    with database.transaction() as session:
        service.add_device(session, once, "Tür", [Right.COUNT], now=NOW)
    with database.transaction() as session, pytest.raises(DeviceExists):
        service.add_device(session, once, "Tür", [Right.COUNT], now=NOW)


def form(**said: object) -> dict[str, object]:
    return {"once": new_id(), "name": "Türsensor Eingang", "rights": ["count"], "last_day": "", **said}


def test_the_lead_makes_a_token_and_withdraws_it(signed_in: FlaskClient, database: Database) -> None:
    """The page shows the token once, uncached; the list shows the device, and that it is withdrawn."""
    assert "Noch keine Geräte" in signed_in.get("/geraete").text
    said = form()
    made = signed_in.post("/geraete/neu", data=said)
    assert made.headers["Cache-Control"] == "no-store"
    token = re.search(r"<code>(sth_[\w-]{40,})</code>", made.text)
    assert token is not None
    assert signed_in.post("/geraete/neu", data=said).location == "/geraete"
    page = signed_in.get("/geraete").text
    assert "Türsensor Eingang" in page
    assert token[1] not in page
    with database.reading() as session:
        device = service.list_devices(session)[0]
    assert device.created_by == "Person lead"
    signed_in.post(f"/geraete/{device.id}/widerrufen")
    assert "widerrufen" in signed_in.get("/geraete").text
    assert signed_in.post(f"/geraete/{new_id()}/widerrufen").status_code == 404


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"name": " "}, "füllen"),
        ({"rights": []}, "mindestens"),
        ({"rights": ["run_house"]}, "run_house"),
        ({"last_day": "2020-01-01"}, "vorbei"),
        ({"once": "no id"}, "Gerät hinzufügen"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(
    signed_in: FlaskClient, database: Database, said: dict[str, object], words: str
) -> None:
    """A form that cannot be is shown again with what was typed, and no device is made."""
    answer = signed_in.post("/geraete/neu", data=form(**said))
    assert answer.status_code == 422
    assert words in answer.text
    with database.reading() as session:
        assert service.list_devices(session) == []


@pytest.mark.parametrize("role", ["office", "reception", "volunteer", "tenant"])
def test_devices_are_the_leads_business(sign_in: Callable[..., FlaskClient], role: str) -> None:
    """Nobody else makes a token."""
    client = sign_in(role)
    assert client.get("/geraete").status_code == 403
    assert client.post("/geraete/neu", data=form()).status_code == 403
