"""All links at a time: found, sorted, narrowed, remembered, with the programs that the houses run."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, insert, select

from hub.core import jobs
from hub.core.accounts import Role
from hub.core.db import LEDGER
from hub.network import history, versions
from hub.network.models import IngestFacts, LinkChange, Member
from hub.network.queries import all_links
from hub.network.versions import Standing
from shared.database import Database
from shared.ids import new_id
from shared.replication.program import Program
from shared.time import now

OURS = Program("1.4.0", "0021", {"events": 2, "bookings": 1})


@pytest.fixture
def join(database: Database) -> Callable[..., None]:
    """Let a centre join and be heard; the hub is connected."""

    def joined(centre_id: str, **said: Any) -> None:
        at = now()
        with database.transaction() as session:
            if session.get(IngestFacts, 1) is None:
                session.add(IngestFacts(id=1, beat_at=at, connected=True, connected_changed_at=at))
            usual = {"name": centre_id.title(), "public_key": "k", "admitted_at": at, "heard_at": at, "online": True}
            session.add(Member(centre_id=centre_id, **{**usual, "agreed_up_at": at, **said}))

    return joined


@pytest.fixture
def put_aside(database: Database) -> Callable[..., str]:
    """Let a record arrive that cannot be shown."""

    def put(centre_id: str, why: str, status: str = "quarantined") -> str:
        row = {"feed": f"node/{centre_id}", "collection": "themes", "record_id": new_id(), "revision": 1, "schema": 1}
        row |= {"operation": "put", "content_hash": "0" * 32, "status": status, "reason": why, "pass_number": 0}
        with database.transaction() as session:
            session.execute(insert(LEDGER.shelves.replica.records).values({**row, "raw": "{}"}))
            known = select(LEDGER.shelves.replica.replicas.c.feed)
            if row["feed"] not in set(session.scalars(known)):
                replica = LEDGER.replica(session, str(row["feed"]))
                replica.save(replica.state())
        return str(row["record_id"])

    return put


def status_of(database: Database, record_id: str) -> str:
    records = LEDGER.shelves.replica.records
    with database.reading() as session:
        return session.scalar(select(records.c.reason).where(records.c.record_id == record_id)) or ""


def test_the_list_is_narrowed_and_sorted(join: Any, signed_in: FlaskClient) -> None:
    """By state, by the beginnings of words, by what is most urgent; the address keeps it all."""
    join("hochfeld")
    join("alt-hamborn", online=False, online_changed_at=now())
    join("walsum", reported_head=412)
    offline = signed_in.get("/netz?zustand=offline&teil=1").text
    assert "Alt-Hamborn" in offline
    assert "Walsum" not in offline
    found = signed_in.get("/netz?suche=hamb&teil=1").text
    assert "Alt-Hamborn" in found
    assert "Hochfeld" not in found
    trouble = signed_in.get("/netz?zustand=trouble&teil=1").text
    assert "Alt-Hamborn" in trouble
    assert "Hochfeld" not in trouble
    by_backlog = signed_in.get("/netz?ordnung=rueckstand&teil=1").text
    assert by_backlog.index("Walsum") < by_backlog.index("Alt-Hamborn")
    urgent = signed_in.get("/netz?ordnung=zustand&teil=1").text
    assert urgent.index("Alt-Hamborn") < urgent.index("Walsum") < urgent.index("Hochfeld")
    assert "So ist kein Stadtteilzentrum" in signed_in.get("/netz?suche=nirgends").text
    assert signed_in.get("/netz?zustand=unsinn&ordnung=unsinn").status_code == 200


def test_a_thousand_links_take_as_many_queries_as_one(join: Any, app: Flask, database: Database) -> None:
    """Nothing is asked for each centre."""

    def asked() -> int:
        number = 0

        def count(*_ignored: Any) -> None:
            nonlocal number
            number += 1

        event.listen(database.engine, "before_cursor_execute", count)
        with database.reading() as session:
            all_links(session, now())
        event.remove(database.engine, "before_cursor_execute", count)
        return number

    join("first")
    before = asked()
    for number in range(20):
        join(f"centre-{number}")
    assert asked() == before <= 10


def test_the_list_and_the_page_of_a_centre_say_the_same(join: Any, put_aside: Any, database: Database) -> None:
    """One asks about all, the other about one."""
    join("hochfeld", reported_head=7)
    put_aside("hochfeld", "content hash differs")
    put_aside("hochfeld", "newer schema", "deferred")
    with database.reading() as session:
        feed, health = "node/hochfeld", LEDGER.all_replicas(session)
        one = LEDGER.replica_health(session, feed)
        assert health[feed] == one._replace(records=None)
        assert one.records == 2
        assert LEDGER.all_feeds(session) == {}


def test_some_records_are_tried_again(join: Any, put_aside: Any, database: Database, signed_in: FlaskClient) -> None:
    """Those that were chosen are judged anew; the others keep the reason that they had."""
    join("hochfeld")
    chosen, other = put_aside("hochfeld", "an old reason"), put_aside("hochfeld", "an old reason")
    page = signed_in.get("/netz/zurueckgestellt").text
    assert f"node/hochfeld|themes|{chosen}" in page
    answer = signed_in.post(
        "/netz/erneut",
        data={"nur": "auswahl", "zurueck": "1", "eintrag": [f"node/hochfeld|themes|{chosen}", "nonsense"]},
        follow_redirects=True,
    )
    assert "0 von 1 Einträgen konnten jetzt übernommen werden" in answer.text
    assert status_of(database, chosen) != "an old reason"
    assert status_of(database, other) == "an old reason"
    nothing = signed_in.post("/netz/erneut", data={"nur": "auswahl"}, follow_redirects=True).text
    assert "Es war kein Eintrag ausgewählt" in nothing


def test_what_was_set_aside_is_narrowed_with_what_to_do(join: Any, put_aside: Any, signed_in: FlaskClient) -> None:
    """By centre, state and reason; each reason comes with advice."""
    join("hochfeld")
    join("walsum")
    newer = put_aside("hochfeld", "newer schema", "deferred")
    broken = put_aside("walsum", "content hash differs")
    page = signed_in.get("/netz/zurueckgestellt").text
    assert "Aktualisieren Sie das Programm der Stadt" in page
    assert "Bitten Sie das Haus, den Eintrag noch einmal zu speichern" in page
    for narrowed in ("status=deferred", "zentrum=hochfeld", "grund=newer+schema"):
        found = signed_in.get(f"/netz/zurueckgestellt?{narrowed}").text
        assert newer in found
        assert broken not in found


def test_planners_see_reasons_but_no_boxes(join: Any, put_aside: Any, sign_in: Callable[..., FlaskClient]) -> None:
    """Trying again is for whoever runs the network."""
    join("hochfeld")
    put_aside("hochfeld", "newer schema")
    page = sign_in(Role.PLANNER).get("/netz/zurueckgestellt").text
    assert "neuer als das der Stadt" in page
    assert 'type="checkbox"' not in page


@pytest.mark.parametrize(
    ("theirs", "expected"),
    [
        (None, Standing.UNKNOWN),
        (OURS, Standing.SAME),
        (Program("1.3.9", "0019", {"events": 2}), Standing.OLDER),
        (Program("1.10.0", "0030", {"events": 2}), Standing.NEWER),
        (Program("1.5.0", "0022", {"events": 3}), Standing.TOO_NEW),
        (Program("1.5.0", "0022", {"surveys": 1}), Standing.TOO_NEW),
    ],
)
def test_programs_are_compared(theirs: Program | None, expected: Standing) -> None:
    """What matters is whether the city can read what the house writes."""
    assert versions.standing(theirs, OURS) is expected


def test_a_centre_that_is_too_new_says_so(join: Any, database: Database, signed_in: FlaskClient) -> None:
    """The page names what waits for an upgrade of the city; a farewell to the new program is forgotten again."""
    join("hochfeld")
    with database.transaction() as session:
        versions.note(session, "hochfeld", Program("9.0.0", "0099", {"events": 99}), now())
    assert "zu neu für das der Stadt" in signed_in.get("/netz").text
    page = signed_in.get("/netz/zentren/hochfeld").text
    assert "9.0.0" in page
    assert "erst lesen, wenn ihr eigenes Programm aktualisiert ist: Angebote und Veranstaltungen" in page
    with database.transaction() as session:
        versions.note(session, "hochfeld", None, now())
    assert "9.0.0" not in signed_in.get("/netz").text


def test_a_link_remembers_what_became_of_it(join: Any, app: Flask, database: Database, signed_in: FlaskClient) -> None:
    """Connected, in agreement, lost; being behind for a moment is no news."""
    join("hochfeld", agreed_up_at=None)
    noted = []
    for change in ({}, {"agreed_up_at": now()}, {"reported_head": 9}, {"online": False}, {"online": True}):
        with database.transaction() as session:
            for name, value in change.items():
                setattr(session.get(Member, "hochfeld"), name, value)
        with database.transaction() as session:
            at = now() + timedelta(minutes=len(noted))
            history.note_changes(session, all_links(session, now()), at)
        with database.reading() as session:
            noted.append([row.state for row in reversed(history.changes(session, "hochfeld"))])
    assert noted[-1] == ["connected", "agreed", "offline", "connected"]
    assert noted[1] == noted[2]
    page = signed_in.get("/netz/zentren/hochfeld/verlauf").text
    assert page.index("Verbunden") < page.index("Keine Verbindung") < page.index("Abgeglichen")


def test_the_history_is_bounded(join: Any, database: Database) -> None:
    """The oldest lines go first."""
    join("hochfeld")
    with database.transaction() as session:
        for number in range(history.CHANGES_MAX + 5):
            at = now() - timedelta(hours=500 - number)
            session.add(LinkChange(centre_id="hochfeld", changed_at=at, state="offline"))
        session.flush()
        assert history.note_changes(session, all_links(session, now()), now()) == 1
        kept = history.changes(session, "hochfeld", limit=1000)
    assert len(kept) == history.CHANGES_MAX
    assert kept[0].state == "agreed"


def test_without_its_own_connection_nothing_is_noted(join: Any, app: Flask, database: Database) -> None:
    """The hub does not know then who is offline."""
    join("hochfeld")
    jobs.run_now(app, "link-history")
    with database.transaction() as session:
        session.get(IngestFacts, 1).connected = False
    jobs.run_now(app, "link-history")
    with database.reading() as session:
        assert [row.state for row in history.changes(session, "hochfeld")] == ["agreed"]
