"""What a house writes on a weekday, as records that the hub takes.

The assumptions, for one centre and hour. A centre is open at least 40 hours on 5 or 6 days (profile
of Bielefeld): 8 hours on a weekday. 200 visits in them are 25 taps an hour, each of which writes the
count of its hour anew; a timetable of a dozen spaces sees 32 bookings made, confirmed or moved a day
(4 an hour), and a programme of 1,000 dates a year 8 entries a day that are written or mended (1).
Nothing of it is smoothed: people come when they come (exponential pauses).
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import NamedTuple

from shared.ids import new_id
from shared.records.bookings import BOOKINGS, BookingKind, BookingState
from shared.records.events import EVENTS, Attendance, EventKind, EventState, Registration
from shared.records.visits import VISITS, VisitKind
from shared.time import to_wire
from tests.fleet.ledgers import payload
from tests.simulation.memory import Key

OPEN_HOURS = 8
PER_HOUR = {"tap": 25, "booking": 4, "event": 1}
NIGHT_CHANGES = 200  # what GOALS P7 lets a house write before it comes back
Write = tuple[Key, str]


class Deed(NamedTuple):
    """Something a person does, `pause_s` after the thing before."""

    pause_s: float
    write: Write


class Weekday:
    """One house's day. Half of the bookings and programme entries are about one that is there."""

    def __init__(self, chance: Random, began: datetime) -> None:
        self._chance, self._began = chance, began.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        self._spaces = [new_id() for _ in range(12)]
        self._counts: dict[tuple[int, VisitKind], tuple[str, int]] = {}
        self._known: dict[str, list[str]] = {"booking": [], "event": []}

    def deeds(self, factor: float) -> Iterator[Deed]:
        """Yield what people do, without end; `factor` hours pass in one."""
        per_second = sum(PER_HOUR.values()) * factor / 3600
        passed_s = 0.0
        while True:
            pause_s = self._chance.expovariate(per_second)
            passed_s += pause_s * factor
            yield Deed(pause_s, self.write(int(passed_s // 3600)))

    def write(self, hour: int) -> Write:
        """Return one write of the day's `hour`-th hour."""
        kind = self._chance.choices(list(PER_HOUR), list(PER_HOUR.values()))[0]
        if kind == "tap":
            return self._tap(hour)
        return self._booking(hour) if kind == "booking" else self._event(hour)

    def _tap(self, hour: int) -> Write:
        kind = self._chance.choice(list(VisitKind))
        record_id, count = self._counts.get((hour, kind), (new_id(), 0))
        self._counts[hour, kind] = record_id, count + 1
        starts = to_wire(self._began + timedelta(hours=hour))
        text = payload(VISITS, hour_starts_at=starts, kind=kind, target_group="", count=count + 1)
        return ("visits", record_id), text

    def _booking(self, hour: int) -> Write:
        starts = self._soon(hour)
        text = payload(
            BOOKINGS,
            space_id=self._chance.choice(self._spaces),
            starts_at=to_wire(starts),
            ends_at=to_wire(starts + timedelta(hours=2)),
            kind=self._chance.choice(list(BookingKind)),
            state=self._chance.choice(list(BookingState)),
            event_id=None,
        )
        return ("bookings", self._one_of("booking")), text

    def _event(self, hour: int) -> Write:
        starts = self._soon(hour)
        texts = dict.fromkeys(("cost_note", "place", "online_url", "cancel_reason", "partners", "image_alt"), "")
        nothing = dict.fromkeys(("series_id", "age_min", "age_max", "capacity", "registration_closes_at"))
        text = payload(
            EVENTS,
            **texts,
            **nothing,
            kind=EventKind.EVENT,
            state=EventState.PUBLISHED,
            title=f"Offenes Frühstück am {starts:%d.%m.}",
            summary="Für alle, die nicht allein frühstücken wollen.",
            description="Wer mag, bringt etwas mit. Der Eingang ist ebenerdig.",
            theme="familie",
            target_groups=("families", "seniors"),
            languages=("de", "tr"),
            accessibility=(),
            cost_cents=0,
            organiser="Nachbarschaftsverein",
            attendance=Attendance.ON_SITE,
            space_id=self._chance.choice(self._spaces),
            starts_at=to_wire(starts),
            ends_at=to_wire(starts + timedelta(hours=2)),
            sequence=0,
            updated_at=to_wire(self._began + timedelta(hours=hour)),
            registration=Registration.NONE,
        )
        return ("events", self._one_of("event")), text

    def _soon(self, hour: int) -> datetime:
        return self._began + timedelta(hours=hour + self._chance.randrange(24 * 60))

    def _one_of(self, kind: str) -> str:
        known = self._known[kind]
        if not known or self._chance.random() < 0.5:
            known.append(new_id())
            return known[-1]
        return self._chance.choice(known)
