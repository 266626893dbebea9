"""Every kind of record that travels, in the order in which they are applied.

A new kind replicates because its line stands here and each side has a table for it.
"""

from shared.records.announcements import ANNOUNCEMENTS
from shared.records.attendance import ATTENDANCE
from shared.records.base import Collection, Side
from shared.records.bookings import BOOKINGS
from shared.records.centres import CENTRES
from shared.records.events import EVENT_TEXTS, EVENTS
from shared.records.holidays import HOLIDAYS
from shared.records.norms import NORMS
from shared.records.opening_hours import OPENING_HOURS
from shared.records.recovery import RECOVERY_ANSWERS, RECOVERY_OFFERS
from shared.records.space_hours import SPACE_HOURS
from shared.records.spaces import SPACES
from shared.records.themes import THEMES
from shared.records.visit_days import VISIT_DAYS
from shared.records.visits import VISITS

COLLECTIONS: tuple[Collection, ...] = (
    CENTRES,
    OPENING_HOURS,
    SPACES,
    SPACE_HOURS,
    EVENTS,
    EVENT_TEXTS,
    ATTENDANCE,
    BOOKINGS,
    VISITS,
    VISIT_DAYS,
    RECOVERY_ANSWERS,
    THEMES,
    HOLIDAYS,
    NORMS,
    ANNOUNCEMENTS,
    RECOVERY_OFFERS,
)
BY_NAME = {collection.name: collection for collection in COLLECTIONS}
assert len(BY_NAME) == len(COLLECTIONS), "two collections have one name"


def owned_by(side: Side) -> tuple[Collection, ...]:
    """Return the collections that `side` writes."""
    return tuple(collection for collection in COLLECTIONS if collection.owner is side)
