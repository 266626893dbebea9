"""Figures for whoever looks after the machine of a house."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from node.backup.models import BackupRun
from shared.database import Database


def figures(client: FlaskClient) -> dict[Any, float]:
    """Return what Prometheus would read: by name and labels."""
    answer = client.get("/metrics")
    assert answer.status_code == 200, answer.text
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_the_house_in_figures(client: FlaskClient, database: Database) -> None:
    """Its link is in exactly one state, its database has a size, its disk has room, its requests are counted."""
    client.get("/anmelden")
    found = figures(client)
    assert sum(value for (name, _labels), value in found.items() if name == "stadtherz_link") == 1
    assert found["stadtherz_database_bytes", (("file", "node.sqlite"),)] > 10_000
    assert found["stadtherz_disk_free_bytes", ()] > 0
    asked = (("endpoint", "accounts.sign_in_page"), ("method", "GET"), ("status", "200"))
    assert found["stadtherz_http_requests_total", asked] == 1


def test_whoever_watches_sees_how_old_the_backup_is(client: FlaskClient, database: Database) -> None:
    """No line without a backup; afterwards the instant of the last good one."""
    assert ("stadtherz_backup_timestamp_seconds", ()) not in figures(client)
    at = datetime(2026, 11, 22, 2, tzinfo=UTC)
    with database.transaction() as session:
        session.add(BackupRun(place="stick", made_at=at, problem=""))
        session.add(BackupRun(place="stick", made_at=at + timedelta(days=1), problem="absent"))
    assert figures(client)["stadtherz_backup_timestamp_seconds", ()] == at.timestamp()


@pytest.mark.parametrize("trace", ["X-Forwarded-For", "Via", "Forwarded"])
def test_nobody_behind_a_proxy_reads_them_without_a_token(client: FlaskClient, trace: str) -> None:
    """Behind a proxy all visitors seem to be this machine."""
    answer = client.get("/metrics", headers={trace: "198.51.100.7"})
    assert answer.status_code == 403
    assert "metrics_token" in answer.text


def test_another_machine_reads_nothing(app: Flask) -> None:
    """A tablet in the house is not the machine itself."""
    answer = app.test_client().get("/metrics", environ_base={"REMOTE_ADDR": "192.168.1.20"})
    assert answer.status_code == 403
