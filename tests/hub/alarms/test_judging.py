"""What is called wrong: pure rules over facts."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hub.alarms.judging import NO_BACKUP, VALUE_MAX, Facts, Finding, judge
from hub.alarms.kinds import NATURES, USUAL, Kind, Rule
from hub.core.jobs import Run
from hub.network.queries import CentreLink, Connection
from shared.replication.ledger import ReplicaHealth

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LONG_UP = Connection(True, NOW - timedelta(days=9))


def link(**said: Any) -> CentreLink:
    """A link in agreement, but for what is said."""
    received = dict.fromkeys(ReplicaHealth._fields, 0) | {"feed": "node/hochfeld", "stalled": None, "agreed": None}
    received |= said.pop("received", {})
    usual = {
        "centre_id": "hochfeld",
        "name": "Hochfeld",
        "state": "agreed",
        "since": NOW - timedelta(days=3),
        "online": True,
        "heard_at": NOW,
        "admitted_at": NOW - timedelta(days=90),
        "revoked_at": None,
        "instance": None,
        "rival_instance": None,
        "backlog_up": 0,
        "backlog_down": 0,
        "agreed_up_at": NOW,
        "agreed_down_at": NOW,
        "reason": "",
        "received": ReplicaHealth(**received),
        "offered": None,
        "program": None,
    }
    return CentreLink(**{**usual, **said})


def found(*links: CentreLink, broker: Connection = LONG_UP, **facts: Any) -> list[Finding]:
    """Return what is wrong by the usual rules."""
    return list(judge(Facts(links, broker, **{"backups": {"hochfeld": NOW}} | facts), USUAL, NOW).findings)


def test_a_link_in_agreement_is_no_alarm() -> None:
    """Nothing is wrong with it."""
    assert found(link(), silent={}, runs={"recovery": Run(NOW, NOW)}) == []


@pytest.mark.parametrize(("hours", "wrong"), [(23, False), (24, True), (500, True)])
def test_offline_is_wrong_from_the_threshold_on(hours: int, wrong: bool) -> None:
    """A day without a connection is one, an hour less is not."""
    away = link(online=False, state="offline", since=NOW - timedelta(hours=hours))
    assert found(away) == ([Finding(Kind.OFFLINE, "hochfeld", hours)] if wrong else [])


def test_a_centre_that_never_came_counts_from_its_admission() -> None:
    """Nobody has heard of it since it was let in."""
    never = link(online=False, state="waiting", since=None, heard_at=None, admitted_at=NOW - timedelta(hours=30))
    assert found(never) == [Finding(Kind.OFFLINE, "hochfeld", 30, "not connected")]


def test_a_revoked_centre_is_nobodys_business() -> None:
    """Whatever is the matter with it."""
    gone = link(online=False, state="revoked", revoked_at=NOW, since=NOW - timedelta(days=90))
    assert found(gone) == []


@pytest.mark.parametrize("state", ["fenced", "stalled"])
def test_what_waits_for_a_decision_is_wrong_at_once(state: str) -> None:
    """With the engine's reason."""
    assert found(link(state=state, reason="newer schema")) == [Finding(Kind.DECISION, "hochfeld", 1, "newer schema")]


def test_a_large_removal_waits_for_a_decision() -> None:
    """The number of records tells how much is at stake."""
    assert found(link(received={"unconfirmed": 30})) == [Finding(Kind.DECISION, "hochfeld", 30, "unconfirmed")]


def test_agreement_is_asked_of_those_who_could_agree() -> None:
    """After weeks away a centre has as long as any other, counted from its return."""
    old = NOW - timedelta(days=30)
    assert found(link(agreed_up_at=old, agreed_down_at=old, since=NOW - timedelta(hours=5))) == []
    late = found(link(agreed_up_at=old, agreed_down_at=old, since=NOW - timedelta(hours=7)))
    assert late == [Finding(Kind.DISAGREEMENT, "hochfeld", 7)]


def test_both_directions_have_to_agree() -> None:
    """The way down counts as much as the way up."""
    assert [one.kind for one in found(link(agreed_down_at=NOW - timedelta(hours=8)))] == [Kind.DISAGREEMENT]


def test_what_was_set_aside_is_counted_together() -> None:
    """Quarantined, deferred and too large alike."""
    aside = link(received={"quarantined": 2, "deferred": 3, "stubs": 1})
    assert found(aside) == [Finding(Kind.SET_ASIDE, "hochfeld", 6)]


def test_a_backlog_counts_both_ways() -> None:
    """Neither way alone would be too much."""
    assert found(link(backlog_up=600, backlog_down=500)) == [Finding(Kind.BACKLOG, "hochfeld", 1100)]


def test_a_backlog_that_nobody_can_have_is_bounded() -> None:
    """A centre may claim any number; the alarms of all others are stored in the same round."""
    assert found(link(backlog_up=2**63 - 1)) == [Finding(Kind.BACKLOG, "hochfeld", VALUE_MAX)]


def test_silence_is_wrong_from_the_threshold_on() -> None:
    """A week of open days without figures."""
    assert found(link(), silent={"hochfeld": 7, "walsum": 6}) == [Finding(Kind.STALE, "hochfeld", 7)]


@pytest.mark.parametrize(("days", "wrong"), [(2, False), (3, True), (40, True)])
def test_an_old_backup_is_wrong_from_the_threshold_on(days: int, wrong: bool) -> None:
    """Made each night, so three nights without one are no chance."""
    received = {"hochfeld": NOW - timedelta(days=days, hours=1)}
    assert found(link(), backups=received) == ([Finding(Kind.BACKUP, "hochfeld", days)] if wrong else [])


def test_a_house_that_never_left_a_backup_is_told_of_three_days_after_it_joined() -> None:
    """Nobody there may know that the code for the safe was never made."""
    assert found(link(), backups={}) == [Finding(Kind.BACKUP, "hochfeld", 90, NO_BACKUP)]
    assert found(link(admitted_at=NOW - timedelta(days=2)), backups={}) == []


def test_of_a_house_without_a_connection_no_backup_is_expected() -> None:
    """That it is offline is told already; and an alarm from before is not over by that."""
    away = link(online=False, state="offline", since=NOW - timedelta(hours=2))
    judged = judge(Facts([away], LONG_UP, backups={}), USUAL, NOW)
    assert (list(judged.findings), judged.unknown) == ([], {("backup", "hochfeld")})


def test_a_job_that_failed_once_is_no_alarm() -> None:
    """The third time in a row is one, with the class of the exception and nothing of its text."""
    assert found(runs={"recovery": Run(NOW, None, 2, "KeyError")}) == []
    assert found(runs={"recovery": Run(NOW, None, 3, "KeyError")}) == [Finding(Kind.JOB, "recovery", 3, "KeyError")]


def test_without_its_own_connection_the_hub_blames_itself_alone() -> None:
    """Who else is offline cannot be known then, nor shortly after."""
    away = link(online=False, state="offline", since=NOW - timedelta(days=9))
    lost = judge(Facts([away], Connection(False, NOW - timedelta(minutes=11))), USUAL, NOW)
    assert list(lost.findings) == [Finding(Kind.BROKER, "", 11)]
    assert Kind.OFFLINE in lost.blind
    just_back = judge(Facts([away], Connection(True, NOW - timedelta(minutes=4))), USUAL, NOW)
    assert (list(just_back.findings), Kind.OFFLINE in just_back.blind) == ([], True)


def test_what_nobody_looked_for_is_not_judged() -> None:
    """Who is silent is looked for once an hour; a job that has not run yet neither works nor fails."""
    worked = judge(Facts([], LONG_UP, {}, {"recovery": Run(NOW, NOW)}), USUAL, NOW)
    assert (worked.blind, worked.unknown) == (frozenset(), frozenset())
    judged = judge(Facts([], LONG_UP, None, {"recovery": Run()}), USUAL, NOW)
    assert judged.blind == {Kind.STALE}
    assert judged.unknown == {("job", "recovery")}


def test_a_job_that_fails_again_after_a_start_has_not_recovered() -> None:
    """The failures before the start are forgotten; that it works is proven by a success alone."""
    judged = judge(Facts([], LONG_UP, {}, {"recovery": Run(NOW, None, 1, "KeyError")}), USUAL, NOW)
    assert (list(judged.findings), judged.unknown) == ([], {("job", "recovery")})


def test_a_rule_that_is_off_finds_nothing() -> None:
    """And a lower threshold finds more."""
    away = link(online=False, state="offline", since=NOW - timedelta(hours=2))
    off = {**USUAL, Kind.OFFLINE: Rule(False, 0)}
    low = {**USUAL, Kind.OFFLINE: Rule(True, 1)}
    assert list(judge(Facts([away], LONG_UP), off, NOW).findings) == []
    assert [one.kind for one in judge(Facts([away], LONG_UP), low, NOW).findings] == [Kind.OFFLINE]


def test_every_kind_has_its_nature() -> None:
    """None was forgotten, and the usual threshold is a possible one."""
    assert set(NATURES) == set(Kind)
    assert all(nature.usual <= nature.most for nature in NATURES.values())
