"""What a counter's tablet does beside booking: registrations, equipment, keys, deposits, days of counting."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from node.core.rights import Right
from shared.database import Database
from shared.time import now, to_wire
from tests.factories import make_booking, make_event, make_space
from tests.node.api.conftest import Caller

Callers = Callable[..., Caller]
TOMORROW = (now() + timedelta(days=1)).date()


def test_a_group_registers_waits_and_moves_up(caller: Callers, database: Database) -> None:
    """Four places, a family of four and a couple: the couple waits until the family cancels."""
    with database.transaction() as session:
        event = make_event(session, day=TOMORROW, capacity=4, registration="required").id
    tablet = caller()
    family = tablet.post(
        f"/registrations/of/{event}", json={"name": "Familie A", "phone": "1", "adults": 2, "children": 2}
    )
    couple = tablet.post(f"/registrations/of/{event}", json={"name": "Paar B", "phone": "2", "adults": 2}).json
    assert (family.json["state"], couple["state"]) == ("registered", "waiting")
    assert tablet.get(f"/registrations/of/{event}/places").json == {
        "capacity": 4,
        "registered": 4,
        "offered": 0,
        "waiting": 2,
        "free": 0,
    }
    tablet.post(f"/registrations/{family.json['id']}/cancellation")
    states = {row["name"]: row["state"] for row in tablet.get(f"/registrations/of/{event}").json}
    assert states["Paar B"] in ("offered", "registered")


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": "A", "adults": 1}, "phone"),
        ({"name": "A", "adults": 0, "phone": "1"}, "adults"),
        ({"adults": 1, "phone": "1"}, "name"),
    ],
)
def test_a_registration_that_lacks_something_says_what(
    caller: Callers, database: Database, said: dict[str, object], field: str
) -> None:
    """As the form on the page does."""
    with database.transaction() as session:
        event = make_event(session, day=TOMORROW, registration="required").id
    answer = caller().post(f"/registrations/of/{event}", json=said)
    assert answer.status_code == 422
    assert list(answer.json["errors"]["json"]) == [field]


def test_more_than_the_stock_is_not_lent(caller: Callers) -> None:
    """The second call is refused with what is free."""
    tablet = caller()
    item = tablet.post("/equipment", json={"name": "Beamer", "stock": 1}).json["id"]
    times = {"starts_at": to_wire(now()), "ends_at": to_wire(now() + timedelta(days=1))}
    lent = tablet.post("/equipment/lendings", json={"item_id": item, "count": 1, "lent_to": "A", **times})
    assert lent.status_code == 201
    again = tablet.post("/equipment/lendings", json={"item_id": item, "count": 1, "lent_to": "B", **times})
    assert (again.status_code, again.json["reason"]) == (409, "stock_exceeded")
    assert tablet.post(f"/equipment/lendings/{lent.json['id']}/return").json["returned_at"]


def test_a_key_goes_out_once_and_comes_back(caller: Callers) -> None:
    """One copy, two people who want it."""
    tablet = caller()
    key = tablet.post("/keys", json={"label": "Saal"}).json["id"]
    out = tablet.post(f"/keys/{key}/handovers", json={"holder_name": "A. Muster"}).json["id"]
    assert tablet.post(f"/keys/{key}/handovers", json={"holder_name": "B. Muster"}).json["reason"] == "key_out"
    tablet.post(f"/keys/handovers/{out}/return")
    assert tablet.get("/keys").json[0]["free"] == [1]


def test_a_deposit_is_taken_and_given_back_once(caller: Callers, database: Database) -> None:
    """The fee class says how much."""
    tablet = caller()
    fee = tablet.post("/rentals/fee-classes", json={"key": "privat", "name": "Privat", "deposit_cents": 5000}).json[
        "id"
    ]
    with database.transaction() as session:
        space = make_space(session)
        booking = make_booking(session, space, day=TOMORROW, kind="rental", fee_class_id=fee).id
    assert tablet.post(f"/rentals/{booking}/deposit", json={}).json["deposit_cents"] == 5000
    assert tablet.post(f"/rentals/{booking}/deposit", json={}).status_code == 409
    assert tablet.post(f"/rentals/{booking}/deposit/return", json={}).json["deposit_returned_at"]


def test_zero_closed_and_not_counted_are_said_of_a_day(caller: Callers) -> None:
    """`not counted` needs its reason."""
    tablet, yesterday = caller(), (now() - timedelta(days=2)).date().isoformat()
    without = tablet.post("/visits/days", json={"day": yesterday, "statement": "not_counted"})
    assert without.status_code == 409
    said = tablet.post("/visits/days", json={"day": yesterday, "statement": "not_counted", "reason": "Tablet kaputt"})
    assert said.json["state"] == "not_counted"
    assert tablet.get(f"/visits/days/{yesterday}").json["state"] == "not_counted"


def test_reading_needs_no_right_but_names_do(caller: Callers) -> None:
    """A display shows spaces; who has which key is nothing for it."""
    display = caller(Right.COUNT)
    assert display.get("/spaces").status_code == 200
    assert display.get("/keys/out").status_code == 403
    assert display.get("/equipment/lendings").status_code == 403
