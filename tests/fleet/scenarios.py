"""What a fleet lives through, one scenario after the other, and what was measured.

Rule: a scenario says what happens and when it is over; it asserts no times. What everybody has at
the end is compared afterwards, record by record, in `reckoning`.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.fleet.city import Fleet
from tests.fleet.house import Commit
from tests.fleet.lag import Lags
from tests.fleet.meters import Usage
from tests.fleet.weekday import NIGHT_CHANGES

LOOK_EVERY_S = 0.25
BROKER_SAYS_S = 1.5  # it tells its figures every second
GIVE_UP_S = 600.0
Show = Callable[[str, int, int], None]  # what is waited for, how many of how many


@dataclass
class Result:
    """One scenario: how long it took, what the hub and the broker used, how far the hub was behind."""

    name: str
    seconds: float
    cores: dict[str, float] = field(default_factory=dict)
    peak_mb: dict[str, float] = field(default_factory=dict)
    crews_cores: float = 0.0
    lags: Lags | None = None
    letters: int | None = None
    dropped: int | None = None


class _Figures(NamedTuple):
    at: float
    usage: dict[str, Usage]
    crews_s: float
    letters: int | None
    dropped: int | None


class Stage:
    """Runs scenarios on a fleet and measures each."""

    def __init__(self, fleet: Fleet, show: Show) -> None:
        self.fleet, self._show = fleet, show
        self.commits: dict[str, list[Commit]] = {}

    def joining(self) -> Result:
        """Everybody comes online for the first time, at once, and gets the city's records."""
        return self._measured("all join", self._join)

    def weekday(self, seconds: float, factor: float) -> Result:
        """People work in all houses; `factor` hours of theirs pass in one."""

        def live() -> None:
            began = time.monotonic()
            self.fleet.tell("begin_day", factor)
            while (passed := time.monotonic() - began) < seconds:
                self._show("a weekday, seconds", int(passed), int(seconds))
                time.sleep(min(LOOK_EVERY_S, seconds - passed))
            self.fleet.tell("end_day")
            self._agreed()

        speed = "" if factor == 1 else f" × {factor:g}"
        return self._measured(f"weekday{speed}", live)

    def morning(self) -> Result:
        """After a night offline with 200 changes in every house everybody is back at once."""
        self.fleet.tell("close")
        self._wait("gone for the night", lambda: self._houses() - self.fleet.online_at_hub())
        self.fleet.tell("write", NIGHT_CHANGES)
        return self._measured("morning rush", self._join)

    def storm(self) -> Result:
        """The broker dies and comes back empty: everybody reconnects, with something written meanwhile."""
        self.fleet.city.broker.kill()
        self._wait("offline", lambda: self._houses() - self.fleet.standing().online)
        self.fleet.tell("write", 1)

        def replace() -> None:
            self.fleet.replace_broker()
            self._met()

        return self._measured("broker replaced", replace)

    def announcement(self) -> Result:
        """The city writes one record for all."""

        def tell_all() -> None:
            self.fleet.city.announce(1)
            self._agreed()

        return self._measured("city tells all", tell_all)

    def _join(self) -> None:
        self.fleet.open(0.0)
        self._met()

    def _met(self) -> None:
        """Wait until everybody is answered by the hub, seen there, and has nothing more to say."""
        self._wait("in touch", lambda: self.fleet.standing().in_touch)
        self._wait("online at the hub", self.fleet.online_at_hub)
        self._agreed()

    def _agreed(self) -> None:
        heads = self.fleet.city_heads()

        def agreeing() -> int:
            standing = self.fleet.standing()
            waiting = sum(heads[centre] != stands for centre, stands in standing.city_heads.items())
            return self._houses() - max(standing.behind, waiting)

        self._wait("agreed", agreeing)

    def _wait(self, what: str, count: Callable[[], int]) -> None:
        began = time.monotonic()
        while (reached := count()) < self._houses():
            self._show(what, reached, self._houses())
            assert time.monotonic() - began < GIVE_UP_S, f"only {reached} of {self._houses()} {what}"
            time.sleep(LOOK_EVERY_S)
        self._show(what, self._houses(), self._houses())

    def _houses(self) -> int:
        return self.fleet.plan.centres

    def _measured(self, name: str, act: Callable[[], None]) -> Result:
        self.fleet.watch.peak_mb.clear()
        before = self._figures()
        act()
        after = self._figures()
        seconds = after.at - before.at
        result = Result(name, seconds, peak_mb=dict(self.fleet.watch.peak_mb))
        result.crews_cores = (after.crews_s - before.crews_s) / seconds
        result.cores = {part: _cores(before.usage.get(part), used, seconds) for part, used in after.usage.items()}
        result.lags = self._lags()
        time.sleep(BROKER_SAYS_S)
        told = self._figures()
        result.letters, result.dropped = _risen(before.letters, told.letters), _risen(before.dropped, told.dropped)
        return result

    def _lags(self) -> Lags:
        fresh: list[tuple[str, Sequence[Commit]]] = []
        for centre, account in self.fleet.accounts().items():
            self.commits.setdefault(centre, []).extend(account.commits)
            fresh.append((centre, account.commits))
        return self.fleet.onlooker.lags(fresh)

    def _figures(self) -> _Figures:
        counts = self.fleet.counts
        letters = counts.get("publish/messages/received") if counts else None
        dropped = counts.get("publish/messages/dropped") if counts else None
        return _Figures(time.monotonic(), self.fleet.watch.now(), self.fleet.crews_spent_s(), letters, dropped)


def _cores(before: Usage | None, now: Usage, seconds: float) -> float:
    """Return how many cores a part of the city used; a process that was restarted began at 0."""
    return (now.cpu_s - (before.cpu_s if before and now.pid == before.pid else 0.0)) / seconds


def _risen(before: int | None, now: int | None) -> int | None:
    """Return by how much a broker's figure rose; a broker that was restarted began at 0."""
    if now is None:
        return None
    return now - before if before is not None and now >= before else now
