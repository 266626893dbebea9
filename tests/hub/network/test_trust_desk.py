"""The desk says which machine is which and which key is believed, and lets a person decide."""

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from hub.config import HubConfig
from hub.core.accounts import Role
from hub.network import members, terms
from hub.network.models import HubTerm, Member
from shared.database import Database
from shared.keys import begin_rotation, open_install
from shared.replication.messages import Term

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MACHINES = "/netz/zentren/hamborn/geraete"
KEY = "ed25519:" + "A" * 43


@pytest.fixture
def hamborn(database: Database) -> Database:
    """A centre whose card was copied: one machine is bound, another one has spoken."""
    with database.transaction() as session:
        session.add(
            Member(
                centre_id="hamborn",
                name="Hamborn",
                public_key=KEY,
                admitted_at=NOON,
                instance="birth-bound",
                bound_at=NOON,
                heard_at=NOON,
                machine="theke",
                rival_instance="birth-rival",
                rival_machine="keller",
                rival_first_at=NOON,
                rival_at=NOON,
            )
        )
    return database


def member(database: Database) -> Member:
    with database.reading() as session:
        return members.get_member(session, "hamborn")


def test_the_desk_says_which_machine_is_which(hamborn: Database, signed_in: FlaskClient) -> None:
    """Both by installation and name, since when, when last heard; and what to do in the house."""
    assert MACHINES in signed_in.get("/netz/zentren/hamborn").text
    page = signed_in.get(MACHINES).text
    served, other = page.split("Das andere Gerät</h2>")
    assert "birth-bound" in served
    assert "theke" in served
    assert "birth-rival" in other
    assert "keller" in other
    assert "stadtherz-node keys status" in other


def test_the_bound_one_stays(hamborn: Database, signed_in: FlaskClient) -> None:
    """The other one is forgotten; the page of the centre is calm again."""
    assert signed_in.post(MACHINES, data={"entscheidung": "bisherige"}).status_code == 302
    assert (member(hamborn).instance, member(hamborn).rival_instance) == ("birth-bound", None)
    assert MACHINES not in signed_in.get("/netz/zentren/hamborn").text


def test_the_other_one_goes_on(hamborn: Database, signed_in: FlaskClient) -> None:
    """It is bound at once, by its own id: whoever speaks next could be the wrong one."""
    signed_in.post(MACHINES, data={"entscheidung": "andere", "installation": "birth-rival"})
    found = member(hamborn)
    assert (found.instance, found.rival_instance) == ("birth-rival", None)
    assert found.bound_at is not None


def test_only_the_machine_that_was_shown_is_bound(hamborn: Database, signed_in: FlaskClient) -> None:
    """A third one that speaks between the look and the click is not let in by it; nor is one that is forgotten."""
    with hamborn.transaction() as session:
        members.get_member(session, "hamborn").rival_instance = "birth-third"
    chosen = {"entscheidung": "andere", "installation": "birth-rival"}
    assert "noch einmal nach" in signed_in.post(MACHINES, data=chosen, follow_redirects=True).text
    assert (member(hamborn).instance, member(hamborn).rival_instance) == ("birth-bound", "birth-third")
    signed_in.post(MACHINES, data={"entscheidung": "bisherige"})
    assert "noch einmal nach" in signed_in.post(MACHINES, data=chosen, follow_redirects=True).text
    assert member(hamborn).instance == "birth-bound"


def test_a_copied_virtual_machine_is_named(hamborn: Database, signed_in: FlaskClient) -> None:
    """Two with the same identity: nobody at the city can tell them apart, and the page says so."""
    with hamborn.transaction() as session:
        members.keep_bound(session, "hamborn")
        members.get_member(session, "hamborn").twin_at = NOON
    assert "kopierte virtuelle Maschine" in signed_in.get("/netz/zentren/hamborn").text
    signed_in.post(MACHINES, data={"entscheidung": "bisherige"})
    assert member(hamborn).twin_at is None


def test_a_change_of_the_key_is_asked_for_and_shown(
    hamborn: Database, signed_in: FlaskClient, config: HubConfig
) -> None:
    """The next key stands beside the present one, with those who do not believe it yet."""
    assert signed_in.post("/netz/schluessel/neu").status_code == 302
    install = open_install(config.key_file)
    assert install.next_key is not None
    page = signed_in.get("/netz/schluessel").text
    assert install.public_key.text in page
    assert install.next_key.text in page
    assert "/netz/zentren/hamborn" in page
    signed_in.post("/netz/schluessel/neu")
    assert open_install(config.key_file).next_key == install.next_key
    with hamborn.transaction() as session:
        members.get_member(session, "hamborn").hub_key = install.next_key.text
    assert "/netz/zentren/hamborn" not in signed_in.get("/netz/schluessel").text


def test_the_old_key_can_be_given_up(hamborn: Database, signed_in: FlaskClient, config: HubConfig) -> None:
    """A person need not wait for a house that is closed for good."""
    following = begin_rotation(config.key_file).next_key
    signed_in.post("/netz/schluessel/abschliessen")
    install = open_install(config.key_file)
    assert (install.public_key, install.next_key) == (following, None)


def test_who_only_looks_cannot_change_a_key(hamborn: Database, sign_in, config: HubConfig) -> None:
    """The page is there for planners, its buttons are not."""
    planner = sign_in(Role.PLANNER)
    assert "schluessel/neu" not in planner.get("/netz/schluessel").text
    assert planner.post("/netz/schluessel/neu").status_code == 403
    assert open_install(config.key_file).next_key is None


def test_a_copy_of_the_hub_says_that_it_is_one(database: Database, signed_in: FlaskClient) -> None:
    """Whose data it has, and what to do; nothing of the kind at the living hub."""
    assert "bedient das Netz nicht" not in signed_in.get("/netz").text
    with database.transaction() as session:
        session.add(HubTerm(id=1, number=5, instance="birth-elsewhere", since=NOON))
    page = signed_in.get("/netz").text
    assert "bedient das Netz nicht" in page
    assert "birth-elsewhere" in page


def test_a_hub_that_was_taken_over_from_says_so(database: Database, signed_in: FlaskClient, config: HubConfig) -> None:
    """It names the one that goes on."""
    ours = open_install(config.key_file).instance
    with database.transaction() as session:
        session.add(HubTerm(id=1, number=5, instance=ours, since=NOON))
        terms.hear(session, Term(6, "birth-newer"), NOON)
    assert "birth-newer" in signed_in.get("/netz").text
