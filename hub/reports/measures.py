"""Which figures there are, and in which ways each can be split. What they are called stands in `labels`."""

from collections.abc import Mapping
from dataclasses import dataclass

TIME_WAYS = ("month", "quarter_of_year", "year")
PLACE_WAYS = ("district", "quarter", "centre")
CLOCK_WAYS = ("weekday", "hour", "week")  # read out of one: the hours of the week
ORDERED_WAYS = (*TIME_WAYS, "weekday", "hour")  # rows that follow each other and never change places


@dataclass(frozen=True)
class Measure:
    """`ways` are those beside time and place.

    A share is `above` divided by `below`, each the sum of what is kept under these names; an
    amount has no `below`. `zero_is_known` is False where no row means "not counted", not zero.
    """

    ways: tuple[str, ...]
    above: tuple[str, ...]
    below: tuple[str, ...] = ()
    zero_is_known: bool = True

    @property
    def is_share(self) -> bool:
        return bool(self.below)

    @property
    def all_ways(self) -> tuple[str, ...]:
        return (*TIME_WAYS, *PLACE_WAYS, *self.ways)


_EVENT_WAYS = ("theme", "target_group", "kind", "language", "cost", "place")
_BOOKING_WAYS = ("kind", "theme")

MEASURES: Mapping[str, Measure] = {
    "visits": Measure(("kind", "target_group", *CLOCK_WAYS), ("visits",), zero_is_known=False),
    "events": Measure(_EVENT_WAYS, ("events",)),
    "cancelled_events": Measure(_EVENT_WAYS, ("cancelled_events",)),
    "cancellation_rate": Measure(_EVENT_WAYS, ("cancelled_events",), ("events", "cancelled_events")),
    "registered": Measure(_EVENT_WAYS, ("registered",), zero_is_known=False),
    "waiting": Measure(_EVENT_WAYS, ("waiting",), zero_is_known=False),
    "came": Measure(_EVENT_WAYS, ("came",), zero_is_known=False),
    "no_shows": Measure(_EVENT_WAYS, ("missed",), ("checked",)),
    "bookings": Measure(_BOOKING_WAYS, ("bookings",)),
    "booked_hours": Measure(_BOOKING_WAYS, ("booked_hours",)),
    "declined_bookings": Measure(_BOOKING_WAYS, ("declined_bookings",)),
    "cancelled_bookings": Measure(_BOOKING_WAYS, ("cancelled_bookings",)),
}
MANY_KEYS = ("target_group", "language")  # a date may have several: rows add up to more than there are dates


def ways(measure: str) -> tuple[str, ...]:
    """Return the ways in which a measure can be split."""
    return MEASURES[measure].all_ways
