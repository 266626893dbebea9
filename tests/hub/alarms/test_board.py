"""The board of alarms as people meet it: what is wrong, who looks after it, what counts as wrong."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.alarms import service
from hub.alarms.channels import channels_of
from hub.alarms.facts import silent_days
from hub.alarms.jobs import look
from hub.alarms.kinds import USUAL, Kind, Rule
from hub.alarms.models import Alarm, AlarmLetter, AlarmRule
from hub.backups.models import CentreBackup
from hub.config import HubConfig
from hub.core import jobs
from hub.core.accounts import Role
from hub.core.audit import Wanted, entries
from hub.network.models import IngestFacts, Member
from hub.network.queries import all_links
from hub.opening_hours.models import OpeningHours
from hub.visits.models import VisitDay
from shared.database import Database
from shared.time import now
from tests.factories import ZONE
from tests.hub.alarms.servers import WebServer
from tests.hub.alarms.test_delivery import of_web

ENTERED = {f"{kind.value}_active": "y" for kind in Kind} | {
    f"{kind.value}_threshold": str(rule.threshold) for kind, rule in USUAL.items() if kind is not Kind.DECISION
}


@pytest.fixture
def looked(app: Flask) -> Callable[[], None]:
    """Go one round, as the job does every minute."""

    def round_() -> None:
        jobs.run_now(app, "alarms")

    return round_


def alarms(database: Database) -> list[Alarm]:
    with database.reading() as session:
        return list(session.scalars(select(Alarm).order_by(Alarm.opened_at)))


def test_an_alarm_comes_and_goes(
    join: Callable[..., None], looked: Callable[[], None], database: Database, signed_in: FlaskClient
) -> None:
    """With its words, on the board, the desk, the page of the centre, and in the navigation; then it is over."""
    join("hochfeld", hours_away=30)
    assert "Alles in Ordnung" in signed_in.get("/alarme").text
    looked()
    page = signed_in.get("/alarme").text
    assert "Zu lange keine Verbindung" in page
    assert "Keine Verbindung seit: 30 Stunden (Alarm ab: 24 Stunden)." in page
    assert "noch niemand" in page
    assert "Netz (1)" in page
    assert "Zu lange keine Verbindung" in signed_in.get("/netz/zentren/hochfeld").text
    with database.transaction() as session:
        session.get(Member, "hochfeld").online = True
        session.get(Member, "hochfeld").online_changed_at = now()
    looked()
    page = signed_in.get("/alarme").text
    assert "Alles in Ordnung" in page
    assert "Netz (1)" not in page
    one = signed_in.get(f"/alarme/{alarms(database)[0].id}").text
    assert "Es ist vorbei; von selbst beendet." in one
    assert "Zu lange keine Verbindung" in signed_in.get("/netz/zentren/hochfeld/verlauf").text


def test_a_house_without_a_backup_is_told_of(
    join: Callable[..., None], looked: Callable[[], None], database: Database, signed_in: FlaskClient
) -> None:
    """Both of the one that stopped and of the one that never began; a fresh one ends it."""
    join("hochfeld")
    join("walsum")
    with database.transaction() as session:
        session.delete(session.get(CentreBackup, ("walsum", "backup")))
        session.get(CentreBackup, ("hochfeld", "backup")).received_at = now() - timedelta(days=4, hours=1)
    looked()
    page = signed_in.get("/alarme").text
    assert "Keine neue Sicherung eingegangen: 4 Tage (Alarm ab: 3 Tage)." in page
    assert "Keine neue Sicherung eingegangen: 5 Tage (Alarm ab: 3 Tage). Es hat hier noch nie eine abgelegt." in page
    with database.transaction() as session:
        session.get(CentreBackup, ("hochfeld", "backup")).received_at = now()
    looked()
    assert [alarm.subject for alarm in alarms(database) if alarm.closed_at is None] == ["walsum"]


def test_somebody_looks_after_it(
    join: Callable[..., None], looked: Callable[[], None], database: Database, signed_in: FlaskClient
) -> None:
    """The note is on the board, and the count in the navigation is gone."""
    join("hochfeld", hours_away=30)
    looked()
    alarm_id = alarms(database)[0].id
    page = signed_in.post(f"/alarme/{alarm_id}/gesehen", data={"note": "Router wird getauscht"}, follow_redirects=True)
    assert "Router wird getauscht" in page.text
    board = signed_in.get("/alarme").text
    assert "Person administrator" in board
    assert "Netz (1)" not in board


def test_what_was_over_before_is_not_noted(
    join: Callable[..., None], looked: Callable[[], None], database: Database, signed_in: FlaskClient
) -> None:
    """Two people look at the same time; one of them is late."""
    join("hochfeld", hours_away=30)
    looked()
    with database.transaction() as session:
        session.scalars(select(Alarm)).one().closed_at = now()
    answer = signed_in.post(f"/alarme/{alarms(database)[0].id}/gesehen", data={"note": "x"}, follow_redirects=True)
    assert "Es war vorher schon vorbei" in answer.text
    assert alarms(database)[0].acknowledged_at is None


def test_the_rules_are_a_persons(
    join: Callable[..., None], looked: Callable[[], None], database: Database, signed_in: FlaskClient
) -> None:
    """A lower threshold finds more; what is as usual is not kept."""
    join("hochfeld", hours_away=3)
    looked()
    assert alarms(database) == []
    changed = {**ENTERED, "offline_threshold": "2", "quiet_from": "22:00", "quiet_until": "06:00"}
    assert signed_in.post("/alarme/regeln", data=changed).status_code == 302
    with database.reading() as session:
        assert [row.kind for row in session.scalars(select(AlarmRule))] == ["offline"]
        assert service.rules(session)[Kind.OFFLINE] == Rule(True, 2)
        assert service.quiet_hours(session) is not None
    looked()
    assert [alarm.threshold for alarm in alarms(database)] == [2]
    page = signed_in.get("/alarme/regeln").text
    assert 'value="2"' in page
    without = {name: value for name, value in ENTERED.items() if name != "offline_active"}
    signed_in.post("/alarme/regeln", data=without)
    looked()
    assert [alarm.closing for alarm in alarms(database)] == ["rule_off"]


def test_the_log_tells_which_rule_was_changed(database: Database, signed_in: FlaskClient) -> None:
    """Also that it is as usual again; and nothing of those that stayed as they were."""
    changed = {**ENTERED, "offline_threshold": "2", "quiet_from": "22:00", "quiet_until": "06:00"}
    for entered in (changed, changed, {**changed, "offline_threshold": "3"}, ENTERED):
        signed_in.post("/alarme/regeln", data=entered)
    with database.reading() as session:
        noted = session.scalars(entries(Wanted())).all()
    of_alarms = [(entry.action, entry.record_id) for entry in reversed(noted) if "alarm" in entry.table_name]
    assert sorted(of_alarms[:2]) == [("created", "1"), ("created", "offline")]
    assert of_alarms[2] == ("changed", "offline")
    assert sorted(of_alarms[3:]) == [("deleted", "1"), ("deleted", "offline")]


def test_an_impossible_threshold_is_said_beside_its_field(database: Database, signed_in: FlaskClient) -> None:
    """And nothing is changed."""
    page = signed_in.post("/alarme/regeln", data={**ENTERED, "offline_threshold": "-1"}).text
    assert "Bitte wählen Sie eine Zahl von 0 bis 8760" in page
    with database.reading() as session:
        assert list(session.scalars(select(AlarmRule))) == []


def test_who_may_see_and_who_may_act(
    join: Callable[..., None],
    looked: Callable[[], None],
    database: Database,
    client: FlaskClient,
    sign_in: Callable[..., FlaskClient],
) -> None:
    """Planners see what is wrong; rules, notes and delivery are for whoever runs the network."""
    join("hochfeld", hours_away=30)
    looked()
    alarm_id = alarms(database)[0].id
    planner = sign_in(Role.PLANNER)
    for address in ("/alarme", f"/alarme/{alarm_id}"):
        assert client.get(address).status_code == 302
        assert planner.get(address).status_code == 200
    for address in ("/alarme/regeln", "/alarme/zustellung"):
        assert planner.get(address).status_code == 403
    for address in (f"/alarme/{alarm_id}/gesehen", "/alarme/zustellung/test", "/alarme/regeln"):
        assert planner.post(address).status_code == 403
    assert sign_in().get("/alarme/nothing").status_code == 404


def test_a_test_alarm_says_whether_it_arrived(
    app: Flask, config: HubConfig, signed_in: FlaskClient, web_server: WebServer
) -> None:
    """At once; a failure stands in the list with its reason and a button."""
    assert "Es gibt kein Ziel" in signed_in.post("/alarme/zustellung/test", follow_redirects=True).text
    app.extensions["stadtherz.alarms.channels"] = channels_of(of_web(config, web_server.port))
    assert "Der Probealarm wurde gesendet" in signed_in.post("/alarme/zustellung/test", follow_redirects=True).text
    web_server.status = 500
    page = signed_in.post("/alarme/zustellung/test", follow_redirects=True).text
    assert "Nicht alles konnte gesendet werden" in page
    assert "HTTP 500" in page
    assert "Eine Nachricht ist nicht angekommen" in signed_in.get("/alarme").text


def test_a_message_that_failed_is_tried_again_on_wish(
    app: Flask, config: HubConfig, database: Database, signed_in: FlaskClient, web_server: WebServer
) -> None:
    """Nobody waits for the next try."""
    app.extensions["stadtherz.alarms.channels"] = channels_of(of_web(config, web_server.port))
    web_server.status = 500
    signed_in.post("/alarme/zustellung/test")
    web_server.status = 200
    with database.reading() as session:
        letter = session.scalars(select(AlarmLetter)).one()
    signed_in.post(f"/alarme/zustellung/{letter.id}/erneut")
    with database.reading() as session:
        assert session.scalars(select(AlarmLetter)).one().sent_at is not None
    assert signed_in.post(f"/alarme/zustellung/{letter.id}/erneut").status_code == 404


def test_a_round_that_finds_nothing_new_tells_nothing(
    app: Flask, config: HubConfig, database: Database, join: Callable[..., None], web_server: WebServer
) -> None:
    """One letter, however many rounds."""
    app.extensions["stadtherz.alarms.channels"] = channels_of(of_web(config, web_server.port))
    join("hochfeld", hours_away=30)
    with app.app_context():
        for _ in range(3):
            look()
    with database.reading() as session:
        assert len(list(session.scalars(select(AlarmLetter)))) == 1


def test_a_job_that_keeps_failing_is_an_alarm(app: Flask, database: Database, join: Callable[..., None]) -> None:
    """By its name and the class of the exception; when it works again the alarm is over."""
    join("hochfeld")
    broken = True

    def work() -> None:
        if broken:
            raise KeyError("Frau Müller")

    jobs.add(app, "laundry", "date", work)
    for _ in range(3):
        with pytest.raises(KeyError):
            jobs.run_now(app, "laundry")
    jobs.run_now(app, "alarms")
    found = alarms(database)
    assert [(one.kind, one.subject, one.reason) for one in found] == [("job", "laundry", "KeyError")]
    broken = False
    jobs.run_now(app, "laundry")
    jobs.run_now(app, "alarms")
    assert alarms(database)[0].closed_at is not None


def test_the_hub_without_its_broker_is_one_alarm(database: Database, join, looked) -> None:
    """The houses are not blamed for it."""
    join("hochfeld", hours_away=90)
    with database.transaction() as session:
        session.get(IngestFacts, 1).beat_at = now() - timedelta(hours=1)
    looked()
    assert [alarm.kind for alarm in alarms(database)] == ["broker"]


def test_a_house_is_silent_only_while_it_is_open(database: Database, join: Callable[..., None]) -> None:
    """Open on Mondays and Tuesdays, the last figures on Sunday, 1 November: six open days until Saturday, the 21st."""
    join("hochfeld", admitted_at=now() - timedelta(days=400))
    join("walsum", admitted_at=now() - timedelta(days=400))
    with database.transaction() as session:
        for centre_id in ("hochfeld", "walsum"):
            day = {"centre_id": centre_id, "state": "counted", "complete": True}
            last = date(2026, 11, 1) if centre_id == "hochfeld" else date(2026, 11, 20)
            session.add(VisitDay(id=f"day-{centre_id}", day=last, **day))
            for weekday in (0, 1):
                known = {"kind": "open", "weekday": weekday, "opens_local": "10:00", "closes_local": "12:00"}
                session.add(OpeningHours(id=f"{centre_id}-{weekday}", centre_id=centre_id, **known))
        session.add(VisitDay(id="x", centre_id="hochfeld", day=date(2026, 11, 5), state="not_counted", complete=False))
    with database.reading() as session:
        found = silent_days(session, all_links(session, now()), date(2026, 11, 22), ZONE, 7)
        assert found == {"hochfeld": 7}
        assert silent_days(session, all_links(session, now()), date(2026, 11, 22), ZONE, 8) == {}


def test_a_house_may_be_silent_for_long(database: Database, join: Callable[..., None]) -> None:
    """Open once a week: thirty open days are more than half a year. A day that is still to come proves nothing."""
    join("hochfeld", admitted_at=now() - timedelta(days=800))
    with database.transaction() as session:
        hours = {"kind": "open", "weekday": 0, "opens_local": "10:00", "closes_local": "12:00"}
        session.add(OpeningHours(id="monday", centre_id="hochfeld", **hours))
        day = {"centre_id": "hochfeld", "state": "counted", "complete": True}
        session.add(VisitDay(id="wrong-clock", day=date(2031, 1, 1), **day))
    with database.reading() as session:
        found = silent_days(session, all_links(session, now()), date(2026, 11, 22), ZONE, 30)
    assert found == {"hochfeld": 30}
