"""What is said of a house of the demo. Facts only; `seed` turns them into records.

Times are wall times; weekdays count from 0 for Monday.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Room:
    name: str
    kind: str
    capacity: int
    accessibility: tuple[str, ...] = ("step_free",)
    part_of: str | None = None
    buffer_min: int = 0
    bookable: bool = True


@dataclass(frozen=True)
class Weekly:
    """Something that happens every week on `weekday` from `start` to `end` in `room`."""

    title: str
    weekday: int
    start: str
    end: str
    room: str
    theme: str
    summary: str
    kind: str = "offer"
    groups: tuple[str, ...] = ("everyone",)
    languages: tuple[str, ...] = ("de",)
    cost_cents: int = 0
    organiser: str = ""
    accessibility: tuple[str, ...] = ("step_free",)


@dataclass(frozen=True)
class Once:
    """Something on one day, `day` days after this week's Monday (negative: it is over)."""

    title: str
    day: int
    start: str
    end: str
    room: str
    theme: str
    summary: str
    kind: str = "event"
    groups: tuple[str, ...] = ("everyone",)
    languages: tuple[str, ...] = ("de",)
    cost_cents: int = 0
    organiser: str = ""
    cancelled_because: str = ""
    draft: bool = False
    attendance: str = "on_site"
    accessibility: tuple[str, ...] = ("step_free",)


@dataclass(frozen=True)
class Group:
    """A group that uses a room every week without it being part of the programme."""

    title: str
    weekday: int
    start: str
    end: str
    room: str
    kind: str
    contact: str
    persons: int


@dataclass(frozen=True)
class House:
    id: str
    name: str
    kind: str
    operator: str
    district: str
    quarter: str
    street: str
    postcode: str
    description: str
    hours: tuple[tuple[str, tuple[int, ...], str, str], ...]  # kind, weekdays, opens, closes
    rooms: tuple[Room, ...]
    weekly: tuple[Weekly, ...]
    once: tuple[Once, ...]
    groups: tuple[Group, ...]
    visitors_an_hour: float
    phone: str = ""
    email: str = ""
    host_building: str = ""
    languages: tuple[str, ...] = ("de",)
    accessibility: tuple[str, ...] = ("step_free", "accessible_toilet")
    position: tuple[float, float] | None = None
    closed_on: tuple[int, ...] = field(default=())  # days after this week's Monday
