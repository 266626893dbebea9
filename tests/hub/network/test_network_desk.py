"""The desk of the network: what staff see of each link, and what an administrator can do about it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert

from hub.core.accounts import Role
from hub.core.db import LEDGER
from hub.network.models import IngestFacts, IngestWorker, Member, RejectedMessage
from hub.network.wording import reason
from shared.database import Database
from shared.ids import new_id
from shared.replication.messages import Generation, Pass, PassReason, Position
from shared.time import now

KEY = "ed25519:" + "A" * 43
HAMBORN = "/netz/zentren/hamborn"
ACTIONS = (
    "/netz/aufnehmen",
    "/netz/einladen",
    f"{HAMBORN}/ersetzen",
    f"{HAMBORN}/zugangsdaten",
    "/netz/erneut",
    f"{HAMBORN}/ausschliessen",
    f"{HAMBORN}/neues-geraet",
    f"{HAMBORN}/entfernen",
)


@pytest.fixture
def join(database: Database) -> Callable[..., None]:
    """Let a centre join and be heard; the hub is connected."""

    def joined(centre_id: str, **said: Any) -> None:
        at = now()
        with database.transaction() as session:
            if session.get(IngestFacts, 1) is None:
                session.add(IngestFacts(id=1, beat_at=at, connected=True, connected_changed_at=at))
            usual = {"name": centre_id.title(), "public_key": KEY, "admitted_at": at, "heard_at": at, "online": True}
            session.add(Member(centre_id=centre_id, **{**usual, "agreed_up_at": at, **said}))

    return joined


@pytest.fixture
def put_aside(database: Database) -> Callable[..., str]:
    """Let a record arrive that cannot be shown."""

    def put(centre_id: str, why: str = "content hash differs", **said: Any) -> str:
        record_id = new_id()
        row = {"feed": f"node/{centre_id}", "collection": "events", "record_id": record_id, "revision": 1, "schema": 1}
        row |= {"operation": "put", "content_hash": "0" * 32, "status": "quarantined", "reason": why, "pass_number": 0}
        with database.transaction() as session:
            row = {**row, "raw": '{"title": "ein Geheimnis"}', **said}
            session.execute(insert(LEDGER.shelves.replica.records).values(row))
        return record_id

    return put


def member(database: Database, centre_id: str) -> Member:
    with database.reading() as session:
        found = session.get(Member, centre_id)
        assert found is not None
        return found


def test_the_desk_is_for_staff(client: FlaskClient) -> None:
    """A visitor is asked to sign in, whatever the address."""
    for address in ("/netz", "/netz/zentren/hamborn", "/netz/zurueckgestellt", "/netz/abgewiesen"):
        assert client.get(address).status_code == 302


def test_only_administrators_decide(join: Any, sign_in: Callable[..., FlaskClient], database: Database) -> None:
    """A planner sees the links and is refused everything that changes one."""
    join("hamborn")
    planner = sign_in(Role.PLANNER)
    assert planner.get("/netz").status_code == 200
    assert "Stadtteilzentrum hinzufügen" not in planner.get("/netz").text
    for address in ACTIONS:
        assert planner.post(address).status_code == 403
    assert member(database, "hamborn").revoked_at is None


def test_each_state_has_its_words(join: Any, signed_in: FlaskClient) -> None:
    """Agreed, delayed, not connected, never connected, revoked, waiting for a decision: in words, not colours."""
    join("agreed")
    join("delayed", reported_head=412)
    join("offline", online=False)
    join("waiting", heard_at=None, online=False)
    join("revoked", revoked_at=now())
    join("rival", rival_instance="another")
    page = signed_in.get("/netz").text
    for words in ("Abgeglichen", "Verzögert", "Keine Verbindung", "Noch nie verbunden", "Ausgeschlossen"):
        assert words in page
    assert "Entscheidung nötig" in page
    assert "412" in page
    assert "3 von 5 Stadtteilzentren sind verbunden" in page


def test_without_its_own_connection_the_hub_says_so(join: Any, database: Database, signed_in: FlaskClient) -> None:
    """Otherwise every centre would look cut off."""
    join("hamborn")
    with database.transaction() as session:
        session.get(IngestFacts, 1).beat_at = now() - timedelta(minutes=10)
    page = signed_in.get("/netz").text
    assert "Der Stadtknoten hat gerade keine Verbindung" in page
    assert "0 von 1" in page


def test_an_empty_network_says_how_it_begins(signed_in: FlaskClient) -> None:
    """The page explains how a centre gets here."""
    page = signed_in.get("/netz").text
    assert "Noch gehört kein Stadtteilzentrum zum Netz" in page
    assert "Stadtteilzentrum hinzufügen" in page


def test_the_page_that_stays_open_asks_for_changes_only(join: Any, database: Database, signed_in: FlaskClient) -> None:
    """The same mark is answered with nothing; after a change the part comes anew, without the shell."""
    join("hamborn")
    first = signed_in.get("/netz?teil=1")
    assert "<html" not in first.text
    again = signed_in.get("/netz?teil=1", headers={"If-None-Match": first.headers["ETag"]})
    if again.status_code != 304:  # the minute had just turned: the page says as of when it is
        again = signed_in.get("/netz?teil=1", headers={"If-None-Match": again.headers["ETag"]})
    assert again.status_code == 304
    with database.transaction() as session:
        session.get(Member, "hamborn").online = False
    changed = signed_in.get("/netz?teil=1", headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert "Keine Verbindung" in changed.text


def test_long_lists_come_by_pages(join: Any, put_aside: Any, signed_in: FlaskClient) -> None:
    """Fifty centres or records a page; a number past the end is the last page."""
    for number in range(51):
        join(f"centre-{number:02d}")
        put_aside("centre-00")
    assert "Centre-50" not in signed_in.get("/netz").text
    assert "Centre-50" in signed_in.get("/netz?seite=2").text
    assert "Centre-50" in signed_in.get("/netz?seite=99").text
    assert signed_in.get("/netz/zurueckgestellt").text.count("<tr>") == 51
    assert signed_in.get("/netz/zurueckgestellt?seite=2").text.count("<tr>") == 2


def test_a_record_that_was_set_aside_shows_its_reason_and_never_its_content(
    join: Any, put_aside: Any, signed_in: FlaskClient
) -> None:
    """Centre, collection, id and why; on the page of the centre, too."""
    join("hamborn")
    record_id = put_aside("hamborn", "title: Shorter than minimum length 1.")
    for address in ("/netz/zurueckgestellt", "/netz/zurueckgestellt?zentrum=hamborn", "/netz/zentren/hamborn"):
        page = signed_in.get(address).text
        assert record_id in page
        assert "Das Feld „title“ ist nicht, wie es sein soll" in page
        assert "Geheimnis" not in page
    assert record_id not in signed_in.get("/netz/zurueckgestellt?zentrum=walsum").text


def test_rejected_messages_show_why_and_how_often(database: Database, signed_in: FlaskClient) -> None:
    """Many alike are one line."""
    with database.transaction() as session:
        seen = {"size_bytes": 1200, "first_at": now(), "last_at": now()}
        session.add(RejectedMessage(topic="stadtherz/1/x/node/y/out", reason="wrong signature", count=412, **seen))
    page = signed_in.get("/netz/abgewiesen").text
    assert "Die Unterschrift stimmt nicht" in page
    assert "412" in page
    assert "stadtherz/1/x/node/y/out" in page


def test_try_again_keeps_what_is_still_wrong(join: Any, put_aside: Any, signed_in: FlaskClient) -> None:
    """A record that is still wrong waits on, with its reason."""
    join("hamborn")
    record_id = put_aside("hamborn")
    page = signed_in.post("/netz/erneut", data={"centre_id": "hamborn"}, follow_redirects=True).text
    assert "0 von 1 Einträgen konnten jetzt übernommen werden" in page
    assert record_id in page


def test_try_again_lets_a_stopped_feed_go_on(join: Any, database: Database, signed_in: FlaskClient) -> None:
    """The reason for the stop is shown before and gone after."""
    join("hamborn")
    with database.transaction() as session:
        replica = LEDGER.replica(session, "node/hamborn")
        state = replace(replica.state(), generation=Generation(1, "a"), position=Position(3, 1), stalled="newer schema")
        replica.save(state)
    before = signed_in.get("/netz/zentren/hamborn").text
    assert "Angehalten" in before
    assert "Das Programm des Stadtteilzentrums ist neuer" in before
    after = signed_in.post("/netz/erneut", data={"centre_id": "hamborn"}, follow_redirects=True).text
    assert "Der Empfang läuft weiter" in after
    assert "Angehalten" not in after


def test_a_large_removal_waits_until_a_person_agrees(join: Any, database: Database, signed_in: FlaskClient) -> None:
    """The page asks first, with the number; the answer lets the replica sweep."""
    join("hamborn")
    with database.transaction() as session:
        replica = LEDGER.replica(session, "node/hamborn")
        walk = Pass(1, PassReason.COLLECTED, 3)
        replica.save(
            replace(replica.state(), generation=Generation(1, "a"), position=Position(3, 1), passes=1, walk=walk)
        )
        rows = [
            {"feed": "node/hamborn", "collection": "events", "record_id": new_id(), "revision": n} for n in range(30)
        ]
        rest = {
            "schema": 1,
            "operation": "put",
            "content_hash": "0" * 32,
            "status": "ok",
            "pass_number": 0,
            "raw": "{}",
        }
        session.execute(insert(LEDGER.shelves.replica.records), [{**row, **rest} for row in rows])
        assert replica.sweep(walk) is None
    assert "30 Einträge würden entfernt" in signed_in.get("/netz/zentren/hamborn").text
    assert "30 Einträge" in signed_in.get("/netz/zentren/hamborn/entfernen").text
    page = signed_in.post("/netz/zentren/hamborn/entfernen", follow_redirects=True).text
    assert "Entfernen erlaubt" in signed_in.get("/protokoll?art=members&nr=hamborn").text
    assert "Die 30 Einträge werden entfernt" in page
    with database.transaction() as session:
        assert LEDGER.replica(session, "node/hamborn").sweep(walk) == 30


def test_a_centre_is_admitted_with_its_key(database: Database, signed_in: FlaskClient) -> None:
    """It belongs to the network at once, and the city's feed for it is open."""
    entered = {"centre_id": "alt-hamborn", "name": "Stadtteilbüro Alt-Hamborn", "public_key": KEY}
    page = signed_in.post("/netz/aufnehmen", data=entered, follow_redirects=True).text
    assert "Stadtteilbüro Alt-Hamborn gehört jetzt zum Netz" in page
    assert member(database, "alt-hamborn").public_key == KEY
    with database.reading() as session:
        assert LEDGER.feeds(session) == ("hub/alt-hamborn",)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"centre_id": "Alt Hamborn"}, "kleine Buchstaben a bis z"),
        ({"public_key": "ed25519:short"}, "kein öffentlicher Schlüssel"),
        ({"name": " "}, "kern-error"),
    ],
)
def test_what_cannot_be_admitted_is_said_beside_its_field(
    wrong: dict[str, str], words: str, database: Database, signed_in: FlaskClient
) -> None:
    """What was typed stays, and nobody was admitted."""
    entered = {"centre_id": "alt-hamborn", "name": "Alt-Hamborn am Markt", "public_key": KEY, **wrong}
    page = signed_in.post("/netz/aufnehmen", data=entered).text
    assert words in page
    assert f'value="{entered["centre_id"]}"' in page
    with database.reading() as session:
        assert session.get(Member, entered["centre_id"]) is None


def test_a_centre_is_revoked_after_a_question(join: Any, database: Database, signed_in: FlaskClient) -> None:
    """The first page only asks; the second does it."""
    join("hamborn")
    assert "Hamborn ausschließen?" in signed_in.get("/netz/zentren/hamborn/ausschliessen").text
    assert member(database, "hamborn").revoked_at is None
    signed_in.post("/netz/zentren/hamborn/ausschliessen")
    assert member(database, "hamborn").revoked_at is not None
    assert "Wieder aufnehmen" in signed_in.get("/netz/zentren/hamborn").text


def test_a_new_machine_is_let_in(join: Any, database: Database, signed_in: FlaskClient) -> None:
    """The rival is forgotten; whoever speaks next with the key is bound."""
    since = now() - timedelta(days=90)
    join("hamborn", instance="old", rival_instance="new", rival_at=now(), admitted_at=since)
    assert "Ein anderes Gerät meldet sich" in signed_in.get("/netz/zentren/hamborn").text
    signed_in.post("/netz/zentren/hamborn/neues-geraet")
    found = member(database, "hamborn")
    assert (found.instance, found.rival_instance) == (None, None)
    assert found.admitted_at == since  # or the months before would not be expected of it any more


def test_a_new_key_is_that_of_a_new_machine(join: Any, database: Database, signed_in: FlaskClient) -> None:
    """What was bound to the old key is forgotten, the rival too."""
    since = now() - timedelta(days=90)
    join("hamborn", instance="old", rival_instance="copy", rival_at=now(), admitted_at=since)
    entered = {"centre_id": "hamborn", "name": "Hamborn", "public_key": "ed25519:" + "E" * 43}
    assert signed_in.post("/netz/aufnehmen", data=entered).status_code == 302
    found = member(database, "hamborn")
    assert (found.instance, found.rival_instance, found.admitted_at) == (None, None, since)


def test_who_was_excluded_twice_was_excluded_the_first_time(join: Any, database: Database, signed_in: Any) -> None:
    """Two people press the button; the day stays that of the first."""
    first = now() - timedelta(days=3)
    join("hamborn", revoked_at=first)
    signed_in.post("/netz/zentren/hamborn/ausschliessen")
    assert member(database, "hamborn").revoked_at == first


def test_a_centre_that_is_none_is_not_there(signed_in: FlaskClient) -> None:
    """An id that was never admitted is an ordinary 404, for looking and for acting."""
    for address in ("", "/ausschliessen", "/neues-geraet", "/entfernen"):
        assert signed_in.get(f"/netz/zentren/nemo{address}").status_code == 404
    assert signed_in.post("/netz/erneut", data={"centre_id": "nemo"}).status_code == 404


def test_an_unknown_reason_is_shown_as_it_came(client: FlaskClient) -> None:
    """Better English than nothing; known ones are in words."""
    with client.application.test_request_context():
        assert reason("something new") == "something new"
        assert reason("wrong signature").startswith("Die Unterschrift stimmt nicht")
        assert reason(None) == ""


def test_several_processes_that_receive_are_listed(join: Any, database: Database, signed_in: FlaskClient) -> None:
    """One alone needs no table; of several each is named with what it serves, and one that fell silent stands out."""
    join("hamborn")
    at = now()
    usual = {"since": at, "connected": True, "centres": 7}
    with database.transaction() as session:
        session.add(IngestWorker(number=1, name="rathaus:4711", beat_at=at, **usual))
    assert "Prozesse, die empfangen" not in signed_in.get("/netz").text
    with database.transaction() as session:
        session.add(IngestWorker(number=2, name="rathaus:4712", beat_at=at - timedelta(minutes=5), **usual))
    page = signed_in.get("/netz").text
    assert "Prozesse, die empfangen" in page
    assert "rathaus:4711" in page
    assert "Schweigt" in page.split("rathaus:4712")[1]
    assert "Schweigt" not in page.split("rathaus:4712")[0]
