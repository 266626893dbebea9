"""The log of the hub: what is noted, what is not, and that nobody rewrites it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from hub.announcements.models import Announcement
from hub.app import create_app
from hub.config import HubConfig
from hub.core import audit
from hub.core.accounts import Account, Role
from hub.core.audit import AuditEntry
from hub.core.db import LEDGER, Base
from hub.network.models import Member
from hub.themes.models import Theme
from hub.themes.service import plant_first_themes
from shared.database import Database
from shared.time import now
from shared.web.accounts import add_account
from shared.web.actors import NOBODY, Actor, ActorKind
from tests.hub.calendar.conftest import put_event
from tests.hub.conftest import PASSWORD

ANNA = Actor(ActorKind.ACCOUNT, "anna")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.service("postgresql"))])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database of a hub on either engine, not yet watched."""
    on_sqlite = request.param == "sqlite"
    made = Database(f"sqlite:///{tmp_path / 'hub.sqlite'}" if on_sqlite else request.getfixturevalue("postgres_url"))
    Base.metadata.create_all(made.engine)
    LEDGER.watch(made)
    yield made
    made.dispose()


def member(centre_id: str = "mitte") -> Member:
    """Return a new link to a house."""
    return Member(centre_id=centre_id, name="Haus Mitte", public_key="k", admitted_at=now())


def number(session: Session) -> int:
    """Return how many entries there are."""
    return session.scalar(select(func.count()).select_from(AuditEntry)) or 0


def _fail_after_writing(store: Database) -> float:
    with store.transaction() as session:
        session.add(member())
        session.flush()
        assert number(session) == 1
        return 1 / 0


def test_an_entry_lives_and_dies_with_what_it_tells(store: Database) -> None:
    """Written in the same transaction."""
    audit.watch(store, now, lambda: ANNA)
    with pytest.raises(ZeroDivisionError):
        _fail_after_writing(store)
    with store.transaction() as session:
        assert number(session) == 0
        session.add(member())
    with store.reading() as session:
        entry = session.scalars(audit.entries(audit.Wanted(table="members"))).one()
    assert (entry.actor_id, entry.action, entry.record_id) == ("anna", "created", "mitte")


@pytest.mark.parametrize("actor", [NOBODY, Actor(ActorKind.JOB, "search-index"), Actor(ActorKind.VISITOR)])
def test_what_the_hub_does_by_itself_is_not_noted(store: Database, actor: Actor) -> None:
    """Ingest and jobs write thousands of rows an hour that no person has changed."""
    audit.watch(store, now, lambda: actor)
    with store.transaction() as session:
        session.add(member())
        put_event(session)
        plant_first_themes(session)
    with store.reading() as session:
        assert number(session) == 0


def test_a_command_at_the_machine_is_noted(store: Database) -> None:
    """By its name."""
    audit.watch(store, now, lambda: Actor(ActorKind.COMMAND, "stadtherz-hub account add"))
    with store.transaction() as session:
        session.add(member())
    with store.reading() as session:
        assert session.scalars(select(AuditEntry.actor_id)).one() == "stadtherz-hub account add"


@pytest.mark.parametrize("statement", [update(AuditEntry).values(actor_id="bert"), delete(AuditEntry)])
def test_nobody_rewrites_the_log(store: Database, statement: object) -> None:
    """The database itself refuses."""
    audit.watch(store, now, lambda: ANNA)
    with store.transaction() as session:
        session.add(member())
    with pytest.raises(DatabaseError, match="only ever added to"), store.transaction() as session:
        session.execute(statement)  # type: ignore[call-overload]
    with store.reading() as session:
        assert session.scalars(select(AuditEntry.actor_id)).one() == "anna"


def test_a_migrated_database_keeps_its_log_too(database: Database) -> None:
    """The triggers come with the migrations, not only with new tables."""
    row = {
        "at": now(),
        "actor_kind": "account",
        "actor_id": "a",
        "action": "created",
        "table_name": "x",
        "record_id": "y",
    }
    with database.transaction() as session:
        session.execute(insert(AuditEntry).values(about_people=False, changes={}, **row))
    with pytest.raises(DatabaseError, match="only ever added to"), database.transaction() as session:
        session.execute(delete(AuditEntry))


def test_the_page_shows_who_changed_what(sign_in: Callable[..., FlaskClient], database: Database) -> None:
    """Narrowed by person and kind; a planner may not read it."""
    editor, boss = sign_in(Role.EDITOR, "Edda"), sign_in(Role.ADMINISTRATOR, "Boss")
    with database.transaction() as session:
        plant_first_themes(session)
    with database.reading() as session:
        theme = session.scalars(select(Theme).where(Theme.key == "family")).one()
    renamed = editor.post(f"/themen/{theme.id}", data={"label_de": "Familien", "label_en": "Families"})
    assert renamed.status_code == 302, renamed.text
    page = boss.get("/protokoll?art=themes").text
    assert "Edda" in page
    assert "Familie → Familien" in page
    assert "Familie → Familien" not in boss.get("/protokoll?art=accounts").text
    assert "Familie → Familien" in boss.get(f"/protokoll?nr={theme.id}").text
    assert editor.get("/protokoll").status_code == 403


@pytest.mark.service("postgresql")
@pytest.mark.parametrize("question", ["art=%00", "nr=a%00b", "%00=1", "wer=account:%00"])
def test_postgresql_is_never_asked_for_a_nul(question: str, config: HubConfig, postgres_url: str) -> None:
    """What stands in the address is read without it, for every page alike."""
    app = create_app(replace(config, database=postgres_url))
    app.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    database: Database = app.extensions["stadtherz.database"]
    with database.transaction() as session:
        add_account(session, Account, "Boss", PASSWORD, Role.ADMINISTRATOR, list(Role), now())
    client = app.test_client()
    client.post("/anmelden", data={"name": "Boss", "password": PASSWORD})
    assert client.get(f"/protokoll?{question}").status_code == 200
    database.dispose()


def test_an_empty_log_says_what_will_stand_there(signed_in: FlaskClient) -> None:
    """Also a log that was narrowed to nothing."""
    assert "Hier werden Änderungen" in signed_in.get("/protokoll?bis=2001-01-01").text


def test_a_new_announcement_is_noted(signed_in: FlaskClient, database: Database) -> None:
    """Once, as added."""
    said = {"title": "Sturm", "body": "Bitte schließen", "from_day": "23.11.2026", "from_time": "10:00"}
    assert signed_in.post("/mitteilungen/neu", data=said).status_code == 302
    with database.reading() as session:
        noted = session.scalars(audit.entries(audit.Wanted(table="announcements"))).all()
        told = session.scalars(select(Announcement.id)).one()
    assert [(entry.record_id, entry.action) for entry in noted] == [(told, "created")]
