"""What was answered so far, as things of the house: a date, a slot, a room. Pure but for the names of keys.

A draft is texts by the key of their question; what cannot be read any more counts as not answered.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from shared.records.bookings import Slot
from shared.time import at_local

ANY_ROOM = "egal"


@dataclass(frozen=True)
class Answers:
    """`said` as it stands in the draft."""

    said: Mapping[str, str]

    def text(self, key: str) -> str:
        return self.said.get(key, "")

    @property
    def room_id(self) -> str:
        """The room that is asked for: named at once, or chosen from those that were recommended."""
        return self.text("vorschlag") if self.wants_recommendation else self.text("raum")

    @property
    def wants_recommendation(self) -> bool:
        return self.text("raum") == ANY_ROOM

    @property
    def day(self) -> date | None:
        try:
            return date.fromisoformat(self.text("tag"))
        except ValueError:
            return None

    @property
    def persons(self) -> int:
        """For how many people; 0 if not said yet."""
        return int(self.text("personen")) if self.text("personen").isdecimal() else 0

    def slot(self, zone: ZoneInfo) -> Slot | None:
        """Return the wished time; an end at or before the beginning is on the next day."""
        day = self.day
        try:
            opens, closes = time.fromisoformat(self.text("von")), time.fromisoformat(self.text("bis"))
        except ValueError:
            return None
        if day is None:
            return None
        last_day = day if closes > opens else day + timedelta(days=1)
        return Slot(at_local(day, opens, zone), at_local(last_day, closes, zone))
