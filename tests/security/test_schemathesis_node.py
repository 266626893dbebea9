"""A house's API under calls that schemathesis makes up from its description, with the token of a device."""

from datetime import timedelta
from typing import Any

import pytest

from node.api import SUBJECTS
from shared.time import now, to_wire
from tests.security import apis
from tests.security.conftest import Place

TABLES = {
    "space_id": "spaces",
    "booking_id": "bookings",
    "event_id": "events",
    "item_id": "equipment_items",
    "key_id": "key_rings",
    "fee_class_id": "fee_classes",
    "series_id": "booking_series",
    "row_id": "opening_hours",
    "registration_id": "registrations",
    "lending_id": "equipment_reservations",
    "handover_id": "key_handovers",
}


@pytest.fixture
def headers(device: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {device}"}


@pytest.fixture
def known(centre: Place, headers: dict[str, str]) -> dict[str, str]:
    """Ids of one record of each kind, made over the API itself."""
    client = centre.visitor()

    def post(path: str, **said: Any) -> None:
        answer = client.post(f"/api/1{path}", json=said, headers=headers)
        assert answer.status_code in (200, 201), (path, answer.text)

    lent = {"starts_at": to_wire(now()), "ends_at": to_wire(now() + timedelta(days=3))}
    ids = {name: first_id(centre, TABLES[name]) for name in ("space_id", "booking_id", "event_id", "item_id")}
    post("/keys", label="K1", copies=2)
    post("/rentals/fee-classes", key="verein", name="Vereine", hour_cents=500)
    post("/house/hours", kind="open", weekday=1, opens_local="10:00", closes_local="18:00")
    post(f"/registrations/of/{ids['event_id']}", name="Ayşe Yılmaz", phone="0203 123456", adults=1)
    later = {"starts_at": to_wire(now() + timedelta(days=40)), "ends_at": to_wire(now() + timedelta(days=40, hours=1))}
    post("/series", rule="FREQ=WEEKLY;COUNT=3", first={"space_id": ids["space_id"], "title": "Chor", **later})
    post("/equipment/lendings", item_id=ids["item_id"], count=1, lent_to="Chor", **lent)
    post(f"/keys/{first_id(centre, 'key_rings')}/handovers", holder_name="Chor", due_at=lent["ends_at"])
    return {name: first_id(centre, table) for name, table in TABLES.items()}


def first_id(centre: Place, table: str) -> str:
    with centre.database.engine.connect() as connection:
        return str(connection.exec_driver_sql(f"SELECT id FROM {table} LIMIT 1").scalar_one())


@pytest.mark.parametrize("mode", apis.MODES)
@pytest.mark.parametrize("subject", apis.subjects(SUBJECTS))
def test_a_houses_api_keeps_its_word(
    centre: Place, subject: str, mode: str, headers: dict[str, str], known: dict[str, str]
) -> None:
    """No mistake of ours, no answer but the described ones, and a clear no to whatever it does not take."""
    description = apis.description_of(centre.app)
    assert apis.call_all(description, subject, apis.MODES[mode], headers, known)


def test_every_call_of_a_house_belongs_to_a_subject(centre: Place) -> None:
    """So that none escapes the test above."""
    description = apis.description_of(centre.app)
    found = sum(1 for subject in apis.subjects(SUBJECTS) for _ in apis.operations(description, subject))
    assert found == sum(1 for _ in description.get_all_operations()) >= 60


def test_no_call_of_a_house_is_answered_without_a_token(centre: Place) -> None:
    """Each says 401, and the same words."""
    said = set()
    for number, found in enumerate(apis.description_of(centre.app).get_all_operations()):
        operation = found.ok()
        address = "/" + operation.path.replace("{", "").replace("}", "").lstrip("/")
        visitor = {"REMOTE_ADDR": f"192.0.2.{number}"}  # one after the other would be slowed down
        answer = centre.visitor().open(address, method=operation.method.upper(), json={}, environ_overrides=visitor)
        said.add((answer.status_code, answer.json["reason"]))
    assert said == {(401, "no_token")}
