"""One look at one day: from which quarters of an hour each candidate could be used.

Rule: a confirmed booking takes its space, with the larger of both buffers between it and the
next; a request takes nothing yet, but no other time is promised on top of it.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from hub.bookings import queries as bookings
from hub.finder.houses import City, House, Room
from hub.finder.openings import Manner, Openings, of_guest_space
from hub.finder.quarters import QUARTER_S, Frame, beginnings, frame_of, span
from hub.finder.sifting import Candidate
from hub.finder.wishes import Wish
from shared.records.bookings import BookingState
from shared.records.free_time import Seconds

DAY_STARTS, DAY_ENDS = time(7), time(22)  # other times are offered within these, or as late as was asked for
NEAR = 8  # quarters: two hours earlier or later are still nearly the wished time

Uses = dict[tuple[str, str], list[tuple[int, int, bool]]]  # of (centre, space): starts, ends, only asked for


class Day(NamedTuple):
    """A day to look at: `wished` is the wished first quarter (None: any), `offered` those that are offered."""

    frame: Frame
    wished: int | None
    offered: int

    @property
    def near(self) -> int:
        """The wished quarter and those around it."""
        return self.offered if self.wished is None else span(self.wished - NEAR, self.wished + NEAR)


class Asked(NamedTuple):
    """Who is asked, and for what."""

    session: Session
    city: City
    wish: Wish


class Look(NamedTuple):
    """What a candidate answers on a day, as quarters from which it could be used, before any choice among them.

    `opened` while it is open, `in_time` if also asked for early enough, `untaken` if also not
    taken, `unasked` if also nobody else has asked.
    """

    opened: int
    in_time: int
    untaken: int
    unasked: int


def day_of(wish: Wish, frame: Frame) -> Day:
    """Return the day of `frame` as the wish sees it."""
    wished = None if wish.starts is None else frame.bit_at(wish.starts)
    first, end = frame.bit_at(DAY_STARTS), frame.bit_at(DAY_ENDS)
    if wished is not None:
        first, end = min(first, wished), max(end, wished + wish.quarters)
    last = min(max(end - wish.quarters, first), frame.midnight - 1)
    return Day(frame, wished, span(first, last))


def look(asked: Asked, candidates: Iterable[Candidate], day: Day, beginning: int) -> Iterator[tuple[Candidate, Look]]:
    """Yield what each candidate answers if a use begins in one of the quarters `beginning`; two queries."""
    wish, opened = asked.wish, []
    known: dict[int, int] = {}  # many houses have the same hours
    for candidate in candidates:
        openings = openings_of(candidate.house, candidate.room, day.frame)
        bits = usable(openings, candidate.room, wish)
        starts = known.get(bits, -1)
        if starts < 0:
            starts = known[bits] = beginnings(bits, wish.quarters) & beginning
        in_time = starts & -(1 << max(-(-candidate.earliest_s // QUARTER_S) - day.frame.base, 0))
        opened.append((candidate, starts, in_time))
    wanted = [candidate for candidate, _starts, in_time in opened if in_time]
    uses = uses_of(asked.session, asked.city, wanted, _reach(day.frame, beginning, wish.quarters)) if wanted else {}
    for candidate, starts, in_time in opened:
        if not in_time:
            yield candidate, Look(starts, 0, 0, 0)
            continue
        taken, requested = blocked(candidate.house, candidate.room, uses, day.frame)
        untaken = in_time & ~_in_the_way(taken, wish.quarters) if taken else in_time
        unasked = untaken & ~_in_the_way(requested, wish.quarters) if requested else untaken
        yield candidate, Look(starts, in_time, untaken, unasked)


def openings_of(house: House, room: Room, frame: Frame) -> Openings:
    """Return when a room may be used; a guest space by hours of its own."""
    if room.guest_hours is not None:
        return of_guest_space(room.guest_hours, frame, house.zone)
    return house.openings(frame)


def usable(openings: Openings, room: Room, wish: Wish) -> int:
    """Return the quarters in which a room may be used at all by somebody with this wish."""
    by_themselves = (room.row.self_managed and not wish.attended) or not openings.known
    return openings.by_themselves if by_themselves else openings.agreed


def manner_of(openings: Openings, first: int, quarters: int) -> Manner:
    """Return in which way a room is used from `first` on, for `quarters`."""
    use = ((1 << quarters) - 1) << first
    if not openings.known:
        return Manner.UNKNOWN
    if not use & ~openings.attended:
        return Manner.OPEN
    return Manner.SELF_MANAGED if use & ~openings.agreed else Manner.BY_APPOINTMENT


def uses_of(session: Session, city: City, candidates: Iterable[Candidate], within: Seconds) -> Uses:
    """Return what stands of bookings in the way of candidates; of more candidates than a few, all bookings."""
    ids = [space_id for candidate in candidates for space_id, _before, _after in candidate.room.related]
    starts, ends = (datetime.fromtimestamp(second, UTC) for second in within)
    margin = city.margin
    found: Uses = {}
    for centre_id, space_id, starts_s, ends_s, state in bookings.uses_between(
        session, starts - margin, ends + margin, ids
    ):
        use = (starts_s, ends_s, state == BookingState.REQUESTED)
        key = (centre_id, space_id)
        if key in found:
            found[key].append(use)
        else:
            found[key] = [use]
    return found


def blocked(house: House, room: Room, uses: Uses, frame: Frame) -> tuple[int, int]:
    """Return the quarters in which no use of a room may lie: because of bookings, and because of requests.

    As `shared.records.free_time.kept_away`: between two uses is the larger of their buffers.
    """
    taken = asked = 0
    for space_id, before, after in room.related:
        for starts, ends, only_asked in uses.get((house.centre_id, space_id), ()):
            bits = frame.touched(starts - max(before, room.after_s), ends + max(after, room.before_s))
            if only_asked:
                asked |= bits
            else:
                taken |= bits
    return taken, asked


def frames(wish: Wish, zone: ZoneInfo, number: int) -> Iterator[Frame]:
    """Yield a frame for each of `number` days from the wished one on."""
    for ahead in range(number):
        yield frame_of(wish.day.fromordinal(wish.day.toordinal() + ahead), zone)


def _in_the_way(bits: int, quarters: int) -> int:
    """Return the quarters from which a use would meet one of `bits`."""
    found, reached = bits, 1
    while reached < quarters:
        step = min(reached, quarters - reached)
        found |= found >> step
        reached += step
    return found


def _reach(frame: Frame, beginning: int, quarters: int) -> Seconds:
    """Return the seconds that uses which begin in `beginning` may meet."""
    first = (beginning & -beginning).bit_length() - 1
    end = beginning.bit_length() + quarters
    return (frame.base + first) * QUARTER_S, (frame.base + end) * QUARTER_S
