"""The search itself: first the wished days for all candidates, then day after day until a page is full.

Rule: days are looked at one by one and only as far as somebody reads. Whoever reads the first
page of a thousand spaces pays for one day, or two; whoever asks for the impossible for all weeks.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from hub.finder import looking
from hub.finder.answers import Verdict, Why
from hub.finder.houses import City
from hub.finder.looking import Asked, Day, Look, day_of
from hub.finder.openings import Manner
from hub.finder.quarters import Frame, beginnings, nearest
from hub.finder.sifting import Candidate
from hub.finder.wishes import Wish

WEEKS_AHEAD = 4  # further ahead hardly anything is planned yet, and everything looks free
_ORDER = {verdict: place for place, verdict in enumerate(Verdict)}
_COMFORT = {manner: place for place, manner in enumerate(Manner)}


class Hit(NamedTuple):
    """A candidate with its verdict; `first` is the quarter of `frame` at which a use could begin."""

    candidate: Candidate
    verdict: Verdict
    frame: Frame | None = None
    first: int = 0
    shift: int = 0  # quarters later than wished
    manner: Manner | None = None


class Search:
    """A search under way. `hits` are the answers found so far in their order, `waiting` who has none yet."""

    def __init__(self, session: Session, city: City, candidates: list[Candidate], wish: Wish) -> None:
        self.wish, self.asked = wish, Asked(session, city, wish)
        self.hits: list[Hit] = []
        self.waiting = candidates

    def run(self, now: datetime, zone: ZoneInfo, wanted: int) -> list[Hit]:
        """Return at least `wanted` answers in their order, all if there are fewer."""
        for one in self.waiting:
            one.earliest_s = int(now.timestamp()) + one.room.row.notice_hours * 3600
        frames = list(looking.frames(self.wish, zone, WEEKS_AHEAD * 7))
        days = [day_of(self.wish, frame) for frame in frames]
        self._as_wished(days[: self.wish.days], int(now.timestamp()))
        begun = 0 if self.wish.starts is not None else self.wish.days
        for day in days[begun:]:
            if len(self.hits) >= wanted or not self.waiting:
                break
            self._on(day)
        if len(self.hits) < wanted:
            self._keep(Hit(one, Verdict.NEVER) for one in self.waiting)
        return self.hits

    def _as_wished(self, days: list[Day], now_s: int) -> None:
        """Find who is free as wished on one of the days, then who nearly is."""
        second_best: dict[Candidate, Hit] = {}
        hits: list[Hit] = []
        waiting = self.waiting
        for day in days:
            still = []
            for candidate, answer in looking.look(self.asked, waiting, day, day.near):
                hit = self._choice(candidate, day, answer)
                if day is days[0]:
                    candidate.why = _why_not(day, answer, candidate, now_s)
                if hit is not None and hit.verdict is Verdict.FREE:
                    hits.append(hit)
                    second_best.pop(candidate, None)
                    continue
                still.append(candidate)
                if hit is not None and _is_better(hit, second_best.get(candidate)):
                    second_best[candidate] = hit
            waiting = still
        self._keep([*hits, *second_best.values()])
        self.waiting = [one for one in waiting if one not in second_best]

    def _choice(self, candidate: Candidate, day: Day, answer: Look) -> Hit | None:
        """Return what a candidate answers on a wished day: as wished, asked for by others, nearly, or not."""
        if day.wished is None:
            return self._first(candidate, day, answer.unasked, Verdict.FREE) or self._first(
                candidate, day, answer.untaken, Verdict.ASKED_FOR
            )
        wished = _bit(day.wished)
        if answer.unasked & wished:
            return self._hit(candidate, Verdict.FREE, day, day.wished)
        if answer.untaken & wished:
            return self._hit(candidate, Verdict.ASKED_FOR, day, day.wished)
        return self._first(candidate, day, answer.unasked & day.near, Verdict.NEAR)

    def _on(self, day: Day) -> None:
        """Look at a day for those who wait."""
        hits, waiting = [], []
        for candidate, answer in looking.look(self.asked, self.waiting, day, day.offered):
            candidate.ever_open |= bool(answer.in_time)
            hit = self._first(candidate, day, answer.unasked, Verdict.FIRST_TIME)
            if hit is None:
                waiting.append(candidate)
            else:
                hits.append(hit)
        self._keep(hits)
        self.waiting = waiting

    def _first(self, candidate: Candidate, day: Day, possible: int, verdict: Verdict) -> Hit | None:
        """Return the most comfortable of the `possible` quarters: while somebody is there, then nearest to the wish."""
        if not possible:
            return None
        openings = looking.openings_of(candidate.house, candidate.room, day.frame)
        attended = possible & beginnings(openings.agreed, self.wish.quarters)
        first = nearest(attended or possible, day.wished or 0)
        assert first is not None
        return self._hit(candidate, verdict, day, first)

    def _hit(self, candidate: Candidate, verdict: Verdict, day: Day, first: int) -> Hit:
        openings = looking.openings_of(candidate.house, candidate.room, day.frame)
        manner = looking.manner_of(openings, first, self.wish.quarters)
        return Hit(candidate, verdict, day.frame, first, 0 if day.wished is None else first - day.wished, manner)

    def _keep(self, hits: Iterable[Hit]) -> None:
        self.hits += sorted(hits, key=_rank)


def _rank(hit: Hit) -> tuple[object, ...]:
    """Return where an answer stands: the better verdict, the own district, the nearer time, the fewer spare seats."""
    one = hit.candidate
    row = one.room.row
    comfort = _COMFORT[hit.manner] if hit.manner else 0
    day = hit.frame.base if hit.frame else 0
    where = (one.house.name, row.rank, row.name, row.id)
    return (_ORDER[hit.verdict], not one.is_near, day, comfort, abs(hit.shift), hit.first, one.spare, *where)


def _is_better(hit: Hit, than: Hit | None) -> bool:
    return than is None or (_ORDER[hit.verdict], abs(hit.shift)) < (_ORDER[than.verdict], abs(than.shift))


def _why_not(day: Day, answer: Look, candidate: Candidate, now_s: int) -> Why | None:
    """Return what is in the way at the wished time, None if nothing is but a request."""
    wished = day.offered if day.wished is None else _bit(day.wished)
    if answer.untaken & wished:
        return None
    if answer.in_time & wished:
        return Why.TAKEN
    if not answer.opened & wished:
        return Why.CLOSED
    over = (day.frame.base + wished.bit_length()) * 900 <= now_s
    return Why.OVER if over else Why.NOTICE


def _bit(position: int | None) -> int:
    return 0 if position is None else 1 << position
