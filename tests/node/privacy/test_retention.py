"""Retention: the lead's days count, the daily run does them, and one failing kind holds up no other."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from node.cli import main
from node.config import NodeConfig
from node.core import jobs, privacy
from node.core.accounts import Account, people
from node.core.privacy import PersonalData, Registry
from node.privacy import retention
from node.privacy.models import ExpiryRun
from node.privacy.refusals import RetentionOutOfBounds
from node.privacy.service import days_of
from node.staff.privacy import ACCOUNTS
from shared.database import Database
from shared.time import now
from tests.factories import NOW


def kind(key: str, expire: Callable[[Session, datetime, datetime], int], **said: Any) -> PersonalData:
    """A kind of personal data that only expires."""
    return PersonalData(
        **{
            "key": key,
            "label": key,
            "counts_from": "the visit",
            "retention_days": 30,
            "columns": {},
            "find": lambda session, needle: [],
            "export": lambda session, record_id: {},
            "erase": lambda session, record_id, at: None,
            "expire": expire,
            **said,
        }
    )


def registry_of(*kinds: PersonalData) -> Registry:
    made = Registry()
    for one in kinds:
        made.add(one)
    return made


def test_the_days_decide_what_is_over(database: Database) -> None:
    """A kind is told the instant before which its records are over: the lead's days, else its own."""
    told: list[datetime] = []

    def expire(session: Session, before: datetime, at: datetime) -> int:
        told.append(before)
        return 2

    registry = registry_of(kind("guests", expire))
    assert [run.removed for run in retention.expire(database, registry, now=NOW)] == [2]
    with database.transaction() as session:
        retention.keep_retention(session, registry, {"guests": 7})
    retention.expire(database, registry, now=NOW)
    assert told == [NOW - timedelta(days=30), NOW - timedelta(days=7)]


@pytest.mark.parametrize("days", [0, 3651])
def test_days_have_bounds(database: Database, days: int) -> None:
    """Neither for ever nor not at all."""
    registry = registry_of(kind("guests", lambda session, before, at: 0))
    with database.transaction() as session, pytest.raises(RetentionOutOfBounds):
        retention.keep_retention(session, registry, {"guests": days})


def test_days_out_of_later_bounds_are_cut(database: Database) -> None:
    """A newer program that allows less is obeyed, whatever was chosen before."""
    wide, narrow = (kind("guests", lambda *_: 0, retention_days_max=most) for most in (3650, 60))
    with database.transaction() as session:
        retention.keep_retention(session, registry_of(wide), {"guests": 1000})
    with database.reading() as session:
        assert days_of(session, wide) == 1000
        assert days_of(session, narrow) == 60


def test_a_failing_kind_holds_up_no_other(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    """The others are done, the failure is noted by its name, and what it said (a name, perhaps) is not repeated."""

    def fail(session: Session, before: datetime, at: datetime) -> int:
        raise ValueError("cannot remove Ayşe Öztürk")

    registry = registry_of(kind("broken", fail), kind("guests", lambda *_: 1))
    with caplog.at_level(logging.ERROR):
        runs = retention.expire(database, registry, now=NOW)
    assert [(run.key, run.removed, run.failed) for run in runs] == [("broken", 0, "ValueError"), ("guests", 1, "")]
    assert "broken" in caplog.text
    assert "Ayşe" not in caplog.text


def test_the_run_comes_once_a_day(app: Flask, database: Database) -> None:
    """The job looks every hour, and does it when twenty hours have passed: a mini PC may be off at night."""
    jobs.run_now(app, "privacy expire")
    jobs.run_now(app, "privacy expire")
    with database.reading() as session:
        runs = session.scalars(select(ExpiryRun)).all()
        assert len({run.key for run in runs}) == len(runs) == len(privacy.registry(app).kinds)
        assert not [run.key for run in runs if run.failed]
        assert not retention.is_due(session, now())
        assert retention.is_due(session, now() + timedelta(hours=20))


def test_whoever_left_is_forgotten_after_a_year(database: Database) -> None:
    """The account stays without its name; one locked later, and one that is open, keep theirs."""
    with database.transaction() as session:
        gone, late, _here = (people.add_person(session, name, "office", now=NOW)[0] for name in ("Ada", "Bo", "Cy"))
        gone.locked_at, late.locked_at = NOW - timedelta(days=366), NOW - timedelta(days=364)
    registry = registry_of(ACCOUNTS)
    assert [retention.expire(database, registry, now=NOW)[0].removed for _run in range(2)] == [1, 0]
    with database.reading() as session:
        assert sorted(session.scalars(select(Account.name))) == ["", "Bo", "Cy"]


def test_the_lead_changes_the_days(app: Flask, signed_in: FlaskClient, database: Database) -> None:
    """The page shows each kind with its days and the last run; days out of bounds are told, and nothing is kept."""
    page = signed_in.get("/datenschutz").text
    assert "Konten derer, die hier arbeiten" in page
    assert "noch nicht" in page
    form = {f"days_{data.key}": str(data.retention_days) for data in privacy.registry(app)}
    refused = signed_in.post("/datenschutz", data={**form, "days_accounts": "0"})
    assert refused.status_code == 422
    assert "zwischen 1 und 3650" in refused.text
    assert signed_in.post("/datenschutz", data={**form, "days_accounts": "90"}).status_code == 302
    jobs.run_now(app, "privacy expire")
    with database.reading() as session:
        assert days_of(session, ACCOUNTS) == 90
    assert 'value="90"' in signed_in.get("/datenschutz").text


def test_the_run_by_hand(config: NodeConfig, app: Flask, tmp_path: Path) -> None:
    """`stadtherz-node privacy expire` tells what it removed of each kind."""
    file = tmp_path / "node.toml"
    file.write_text(f'centre_id = "alt-hamborn"\ncity = "duisburg"\ndata_folder = "{config.data_folder}"\n')
    done = CliRunner().invoke(main, ["--config", str(file), "privacy", "expire"], env={})
    assert done.exit_code == 0, done.output
    assert "accounts\t0 removed after 365 days" in done.output
