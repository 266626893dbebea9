"""What a rental costs: reckoned from a fee class and how long it lasts, without a database.

Rule: up to HALF_DAY_H hours the cheapest of hours and half day counts, beyond it the cheapest
of hours and day, for each day of 24 hours anew; a started hour is a whole one. A price that a
class does not name is not offered; a class that names none is free.
"""

from datetime import timedelta
from typing import Protocol

from shared.records.bookings import Slot

HALF_DAY_H = 5  # an afternoon with setting up and clearing away
AN_HOUR = timedelta(hours=1)
A_DAY = timedelta(hours=24)


class Prices(Protocol):
    """What is read of a fee class, in cents."""

    hour_cents: int | None
    half_day_cents: int | None
    day_cents: int | None


def price_of(prices: Prices, slot: Slot) -> int:
    """Return what `slot` costs, in cents."""
    days, rest = divmod(slot.ends_at - slot.starts_at, A_DAY)
    return days * _price_of_hours(prices, 24) + _price_of_hours(prices, -(-rest // AN_HOUR))


def is_free(prices: Prices) -> bool:
    """Tell whether nothing is ever paid in this class."""
    return not any((prices.hour_cents, prices.half_day_cents, prices.day_cents))


def _price_of_hours(prices: Prices, hours: int) -> int:
    """Return the price of at most a day."""
    if not hours:
        return 0
    flat = [prices.day_cents]
    if hours <= HALF_DAY_H:
        flat.append(prices.half_day_cents)
    elif prices.day_cents is None and prices.half_day_cents is not None:
        flat.append(-(-hours // HALF_DAY_H) * prices.half_day_cents)
    by_hour = None if prices.hour_cents is None else hours * prices.hour_cents
    return min((price for price in (by_hour, *flat) if price is not None), default=0)
