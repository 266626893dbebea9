"""What becomes of alarms in one round: noticed, opened, told again, closed.

An alarm is opened once it has lasted as long as its kind asks for, told again once a day until
somebody has acknowledged it, and closed by the first round that finds it gone. Works on alarms in
memory; whoever calls it reads and writes them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from hub.alarms.judging import Finding, Judgement
from hub.alarms.kinds import NATURES, Kind, Rule
from hub.alarms.models import Alarm

REMIND_EVERY = timedelta(days=1)


class Closing(StrEnum):
    """Why an alarm was closed."""

    OVER = "over"
    RULE_OFF = "rule_off"  # a person switched the rule off


@dataclass
class Round:
    """What happened: alarms that are new here, those to tell of, and those that were never more than a notice."""

    noticed: list[Alarm] = field(default_factory=list)
    opened: list[Alarm] = field(default_factory=list)
    reminded: list[Alarm] = field(default_factory=list)
    closed: list[Alarm] = field(default_factory=list)
    forgotten: list[Alarm] = field(default_factory=list)

    @property
    def is_news(self) -> bool:
        """Whether there is something to tell."""
        return bool(self.opened or self.reminded or self.closed)


def go_round(alarms: Iterable[Alarm], judgement: Judgement, rules: Mapping[Kind, Rule], now: datetime) -> Round:
    """Bring the alarms that are not closed up to what was judged at `now`."""
    done = Round()
    found = {(one.kind.value, one.subject): one for one in judgement.findings}
    for alarm in alarms:
        finding = found.pop((alarm.kind, alarm.subject), None)
        if finding is not None:
            _goes_on(alarm, finding, rules[Kind(alarm.kind)], now, done)
        elif not rules[Kind(alarm.kind)].active:
            _end(alarm, Closing.RULE_OFF, now, done)
        elif Kind(alarm.kind) not in judgement.blind and (alarm.kind, alarm.subject) not in judgement.unknown:
            _end(alarm, Closing.OVER, now, done)
    for finding in found.values():
        alarm = Alarm(
            kind=finding.kind.value,
            subject=finding.subject,
            noticed_at=now,
            value=finding.value,
            threshold=rules[finding.kind].threshold,
            reason=finding.reason,
        )
        done.noticed.append(alarm)
        _goes_on(alarm, finding, rules[finding.kind], now, done)
    return done


def _goes_on(alarm: Alarm, finding: Finding, rule: Rule, now: datetime, done: Round) -> None:
    alarm.value, alarm.threshold, alarm.reason = finding.value, rule.threshold, finding.reason
    if alarm.opened_at is None:
        if now - alarm.noticed_at >= NATURES[finding.kind].lasting:
            alarm.opened_at = alarm.reminded_at = now
            done.opened.append(alarm)
    elif alarm.acknowledged_at is None and now - (alarm.reminded_at or alarm.opened_at) >= REMIND_EVERY:
        alarm.reminded_at = now
        done.reminded.append(alarm)


def _end(alarm: Alarm, closing: Closing, now: datetime, done: Round) -> None:
    if alarm.opened_at is None:
        done.forgotten.append(alarm)
        return
    alarm.closed_at, alarm.closing = now, closing.value
    done.closed.append(alarm)
