"""Figures for those who watch the machines: who gets them, what they say, that they stay few."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from hub.app import create_app
from hub.core import jobs
from hub.network.models import IngestFacts, Member
from shared.database import Database
from shared.time import now


def figures(client: FlaskClient) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Return what Prometheus would read: by name and labels."""
    answer = client.get("/metrics")
    assert answer.status_code == 200, answer.text
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


@pytest.fixture
def network(database: Database) -> None:
    """Three centres: one well, one offline, one behind."""
    at = now()
    with database.transaction() as session:
        facts = {"connected": True, "beat_at": at, "connected_changed_at": at - timedelta(days=1)}
        session.add(IngestFacts(id=1, batches=7, records=412, rejected=3, **facts))
        usual: dict[str, Any] = {
            "public_key": "k",
            "admitted_at": at,
            "heard_at": at,
            "online": True,
            "agreed_up_at": at,
        }
        session.add(Member(centre_id="well", name="A", **usual))
        session.add(Member(centre_id="away", name="B", **{**usual, "online": False}))
        session.add(Member(centre_id="behind", name="C", reported_head=40, **usual))


@pytest.mark.usefixtures("network")
def test_the_network_in_figures(client: FlaskClient) -> None:
    """States, backlogs, what came in: in a form that Prometheus' own parser reads."""
    found = figures(client)
    assert found["stadtherz_centres", (("state", "offline"),)] == 1
    assert found["stadtherz_centres", (("state", "stalled"),)] == 0
    assert found["stadtherz_backlog_records", (("direction", "up"),)] == 40
    assert found["stadtherz_ingest_batches_total", ()] == 7
    assert found["stadtherz_ingest_records_total", ()] == 412
    assert found["stadtherz_ingest_rejected_total", ()] == 3
    assert found["stadtherz_broker_connected", ()] == 1
    assert found["stadtherz_ingest_workers", (("state", "connected"),)] == 0
    assert found["stadtherz_centre_online", (("centre", "away"),)] == 0
    assert found["stadtherz_due_rows", (("table", "event_words_due"),)] == 0


@pytest.mark.usefixtures("network")
def test_beyond_a_number_no_centre_is_named(app: Flask, client: FlaskClient) -> None:
    """A thousand centres are no more lines than ten."""
    app.extensions["stadtherz.config"] = replace(app.extensions["stadtherz.config"], metrics_centres=2)
    found = figures(client)
    assert not [name for name, labels in found if name.startswith("stadtherz_centre_") and "centre" in dict(labels)]
    assert found["stadtherz_backlog_records_max", (("direction", "up"),)] == 40


def test_requests_are_counted_by_endpoint(client: FlaskClient) -> None:
    """Never by address: what nobody has thought of is one more `none`, whatever it is called."""
    client.get("/anmelden?weiter=/geheim")
    client.get("/gibt-es-nicht/1")
    client.get("/gibt-es-nicht/2")
    found = figures(client)
    asked = (("endpoint", "accounts.sign_in_page"), ("method", "GET"), ("status", "200"))
    assert found["stadtherz_http_requests_total", asked] == 1
    missed = (("endpoint", "none"), ("method", "GET"), ("status", "404"))
    assert found["stadtherz_http_requests_total", missed] == 2
    assert "geheim" not in client.get("/metrics").text


def test_jobs_tell_their_last_success(app: Flask, client: FlaskClient) -> None:
    """And how often they failed since."""
    jobs.run_now(app, "recovery")
    found = figures(client)
    assert now().timestamp() - found["stadtherz_job_success_timestamp_seconds", (("job", "recovery"),)] < 60
    assert found["stadtherz_job_failures", (("job", "recovery"),)] == 0


def test_two_apps_do_not_share_figures(app: Flask, client: FlaskClient) -> None:
    """Each app has its own registry."""
    client.get("/anmelden")
    assert not [name for name, _ in _of_another(app) if name == "stadtherz_http_requests_total"]


def _of_another(app: Flask) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:

    other = create_app(app.extensions["stadtherz.config"])
    found = figures(other.test_client())
    other.extensions["stadtherz.database"].dispose()
    return found


@pytest.mark.parametrize(
    ("address", "host", "status"),
    [
        ("127.0.0.1", "127.0.0.1:8000", 200),
        ("::1", "[::1]:8000", 200),
        ("192.0.2.7", "127.0.0.1:8000", 403),
        ("127.0.0.1", "stadtherz.local", 403),
    ],
)
def test_without_a_token_only_this_machine_may_read(address: str, host: str, status: int, client: FlaskClient) -> None:
    """A proxy on this machine that leads visitors here asks by the site's name."""
    answer = client.get("/metrics", environ_base={"REMOTE_ADDR": address}, headers={"Host": host})
    assert answer.status_code == status


@pytest.mark.parametrize("trace", ["X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via"])
def test_what_came_through_a_proxy_is_not_from_here(trace: str, client: FlaskClient) -> None:
    """Though it arrives from the loopback, under its address; the answer says what to set."""
    answer = client.get("/metrics", headers={"Host": "127.0.0.1:8000", trace: "127.0.0.1"})
    assert answer.status_code == 403
    assert "metrics_token" in answer.text


def test_behind_a_trusted_proxy_nobody_is_this_machine(app: Flask, client: FlaskClient) -> None:
    """Whatever the proxy leaves out: it may lead everybody here."""
    app.extensions["stadtherz.config"] = replace(app.extensions["stadtherz.config"], trusted_proxies=1)
    answer = client.get("/metrics", headers={"Host": "127.0.0.1:8000"})
    assert answer.status_code == 403
    assert "metrics_token" in answer.text


def test_methods_that_nobody_knows_are_one_line(client: FlaskClient) -> None:
    """Else a stranger could fill the memory, a word at a time."""
    for number in range(5):
        client.open("/kalender", method=f"WORD{number}")
    methods = {
        dict(labels).get("method") for name, labels in figures(client) if name == "stadtherz_http_requests_total"
    }
    assert methods == {"none"}


@pytest.mark.parametrize(
    ("said", "status"),
    [("Bearer right", 200), ("Bearer wrong", 401), ("Basic right", 401), ("Bearer ü", 401), ("", 401)],
)
def test_with_a_token_whoever_says_it_may_read(said: str, status: int, app: Flask, client: FlaskClient) -> None:
    """From anywhere, and nobody without it."""
    app.extensions["stadtherz.config"] = replace(app.extensions["stadtherz.config"], metrics_token="right")
    assert client.get("/metrics", headers={"Authorization": said}).status_code == status


@pytest.mark.usefixtures("network")
def test_the_pulse_knows_the_broker(database: Database, client: FlaskClient) -> None:
    """Without it people can still use the site: degraded, not failed."""
    assert client.get("/healthz").json["parts"]["broker"] == "ok"
    with database.transaction() as session:
        session.get(IngestFacts, 1).connected = False
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json["status"], answer.json["parts"]["broker"]) == (200, "degraded", "failed")
