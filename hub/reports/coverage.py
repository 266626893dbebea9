"""How complete a figure is: which centres it should hold, and which it does.

A figure of the city is only as good as its slowest house. So every report says of how many
centres it should be, how many it is of, and which are missing, by name. Pure: no database.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

STALE_AFTER = timedelta(hours=36)  # a house that closes for a day and a night is not yet late


class Standing(StrEnum):
    """What the hub has of a centre for a period."""

    COMPLETE = "complete"  # its data reach to the end of the period, or to now
    LATE = "late"  # something is there, but nothing was heard for longer than STALE_AFTER
    MISSING = "missing"  # nothing at all was heard in or after the period


@dataclass(frozen=True, slots=True)
class Heard:
    """A centre that is expected to report; `as_of` is when its data were last known to be whole.

    `heard_at` is when it last said anything: one that joins is heard long before it is whole.
    """

    centre_id: str
    name: str
    as_of: datetime | None
    heard_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standings:
    """The centres of a report by their standing, and the instant that all of them reach."""

    complete: tuple[Heard, ...]
    late: tuple[Heard, ...]
    missing: tuple[Heard, ...]

    @property
    def everyone(self) -> tuple[Heard, ...]:
        return (*self.complete, *self.late, *self.missing)

    @property
    def expected(self) -> int:
        return len(self.everyone)

    @property
    def received(self) -> int:
        return len(self.complete) + len(self.late)

    @property
    def whole(self) -> bool:
        """Tell whether the figure is of every centre that should be in it."""
        return self.expected > 0 and len(self.complete) == self.expected

    @property
    def as_of(self) -> datetime | None:
        """Return the instant up to which every centre that reports has reported; None if none does."""
        return min((heard.as_of for heard in (*self.complete, *self.late) if heard.as_of), default=None)

    @property
    def missing_ids(self) -> frozenset[str]:
        return frozenset(heard.centre_id for heard in self.missing)


def standing(heard: Heard, starts_at: datetime, ends_at: datetime, now: datetime, *, has_records: bool) -> Standing:
    """Return the standing of a centre for the period [starts_at, ends_at).

    A period that is over is complete once the centre was heard after its end. Records alone
    (of a centre restored from elsewhere, say) make it late, not missing.
    """
    if heard.as_of is not None and (heard.as_of >= ends_at or now - heard.as_of <= STALE_AFTER):
        return Standing.COMPLETE
    if has_records or (heard.as_of is not None and heard.as_of >= starts_at):
        return Standing.LATE
    return Standing.MISSING


def standings(
    expected: Sequence[Heard], with_records: Collection[str], starts_at: datetime, ends_at: datetime, now: datetime
) -> Standings:
    """Sort the expected centres by their standing for the period."""
    sorted_out: dict[Standing, list[Heard]] = {each: [] for each in Standing}
    for heard in expected:
        has_records = heard.centre_id in with_records
        sorted_out[standing(heard, starts_at, ends_at, now, has_records=has_records)].append(heard)
    return Standings(*(tuple(sorted_out[each]) for each in (Standing.COMPLETE, Standing.LATE, Standing.MISSING)))
