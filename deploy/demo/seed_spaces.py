"""A little life in the rooms: what they ask of bookings, halves of a hall, a guest space, things to lend.

Planted after the bookings of the past: rules bind what comes, not what was. Everything is invented.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from deploy.demo.city import TIME_ZONE
from deploy.demo.house import House
from node.bookings import service as bookings
from node.bookings.service import BookingEntry
from node.equipment import service as equipment
from node.equipment.service import ItemEntry, LendingEntry
from node.spaces import guest_hours
from node.spaces import service as spaces
from node.spaces.guest_hours import GuestHoursEntry
from node.spaces.service import SpaceEntry
from shared.errors import Refusal
from shared.records.bookings import BookingKind, Slot
from shared.time import at_local

ZONE = ZoneInfo(TIME_ZONE)
BY = "demo"
A_DAY_H = 24

RULES: Mapping[str, dict[str, object]] = {
    # Hochfeld
    "Großer Saal": {
        "capacity_rows": 110,
        "capacity_tables": 64,
        "capacity_circle": 50,
        "capacity_standing": 120,
        "features": ("projector", "sound_system", "stage", "piano", "wifi"),
        "notice_hours": 7 * A_DAY_H,
        "length_max_min": 12 * 60,
        "buffer_before_min": 30,
        "buffer_after_min": 30,
        "description": "Unser großer Raum mit kleiner Bühne, durch eine Schiebewand teilbar.",
    },
    "Saal Nord": {"capacity_rows": 50, "capacity_circle": 24, "features": ("whiteboard", "wifi"), "notice_hours": 48},
    "Saal Süd": {"capacity_rows": 50, "features": ("mirrors", "sound_system"), "notice_hours": 48},
    "Café": {"features": ("kitchenette", "dishes", "wifi"), "self_managed": True},
    "Küche": {"features": ("dishes",), "notice_hours": 72, "length_max_min": 6 * 60},
    "Werkstatt": {"features": ("cupboard",), "notice_hours": 24, "self_managed": True},
    # Alt-Hamborn
    "Ladenlokal": {
        "capacity_rows": 25,
        "capacity_tables": 16,
        "features": ("projector", "flipchart", "kitchenette", "wifi"),
        "notice_hours": 48,
        "length_max_min": 4 * 60,
    },
    "Besprechungsraum": {"features": ("whiteboard", "wifi"), "length_max_min": 3 * 60, "self_managed": True},
    # Rheinhausen
    "Aula": {
        "capacity_rows": 200,
        "capacity_tables": 90,
        "capacity_standing": 200,
        "features": ("stage", "sound_system", "piano"),
        "notice_hours": 14 * A_DAY_H,
        "buffer_after_min": 30,
    },
    "Lehrküche": {"features": ("dishes",), "notice_hours": 72},
    "Bewegungsraum": {"features": ("mirrors", "sound_system"), "self_managed": True},
}
HALVES: Mapping[str, tuple[str, int, tuple[str, str]]] = {
    "alt-hamborn": ("Ladenlokal", 12, ("Ladenlokal vorn", "Ladenlokal hinten")),
    "rheinhausen": ("Aula", 100, ("Aula Parkett", "Aula Bühne")),
}


@dataclass(frozen=True)
class Thing:
    name: str
    stock: int
    place: str
    lent_alone: bool = True


THINGS: Mapping[str, tuple[Thing, ...]] = {
    "hochfeld": (
        Thing("Klappstühle", 80, "Lager im Keller"),
        Thing("Tische", 20, "Lager im Keller"),
        Thing("Beamer", 2, "Büro, Schrank 1"),
        Thing("Bierzeltgarnituren", 10, "Hofschuppen"),
        Thing("Lastenrad", 1, "Hof"),
        Thing("Bühnenelemente", 6, "Großer Saal", lent_alone=False),
    ),
    "alt-hamborn": (
        Thing("Stapelstühle", 30, "Ladenlokal"),
        Thing("Beamer", 2, "Büro"),
        Thing("Buttonmaschine", 1, "Büro"),
    ),
    "rheinhausen": (
        Thing("Stapelstühle", 120, "Stuhllager Aula", lent_alone=False),
        Thing("Stellwände", 12, "Flur"),
        Thing("Kaffeemaschine, groß", 2, "Mensa"),
    ),
}


def plant(session: Session, house: House, rooms: dict[str, str], at: datetime) -> None:
    """Write what `house` says of its rooms (`rooms`: ids by name), and what it lends. `at` counts as now."""
    _plant_halves(session, house, rooms)
    for name, said in RULES.items():
        if name in rooms:
            entry = SpaceEntry.of(spaces.get_space(session, rooms[name]))
            spaces.edit_space(session, rooms[name], replace(entry, **said))  # type: ignore[arg-type]
    if house.id == "hochfeld":
        _plant_gym(session, rooms, at)
    items = {thing.name: _plant_thing(session, thing) for thing in THINGS.get(house.id, ())}
    _plant_chairs(session, rooms, items, at)
    _plant_lendings(session, items, at)


def _plant_halves(session: Session, house: House, rooms: dict[str, str]) -> None:
    if house.id in HALVES:
        hall, capacity, names = HALVES[house.id]
        for name in names:
            whole = spaces.get_space(session, rooms[hall])
            entry = SpaceEntry(
                name=name, parent_id=whole.id, capacity=capacity, accessibility=whole.accessibility, rank=whole.rank
            )
            rooms[name] = spaces.add_space(session, entry).id


def _plant_gym(session: Session, rooms: dict[str, str], at: datetime) -> None:
    """A school's gym that is free on two evenings; a group plays there."""
    gym = spaces.add_space(
        session,
        SpaceEntry(
            name="Turnhalle",
            capacity=60,
            accessibility=("step_free",),
            features=("sound_system",),
            is_guest_space=True,
            host_building="Grundschule am Brunnenhof",
            self_managed=True,
            rank=90,
            description="Gastraum in der Schule nebenan: abends frei und geheizt. Bitte Hallenschuhe mitbringen.",
        ),
    )
    rooms[gym.name] = gym.id
    guest_hours.add_hours(session, gym.id, GuestHoursEntry(opens_local="18:00", closes_local="22:00"), [0, 2])
    guest_hours.add_hours(session, gym.id, GuestHoursEntry(opens_local="10:00", closes_local="14:00"), [5])
    for week in range(3):
        slot = _slot(at, 7 * week + (2 - at.astimezone(ZONE).weekday()) % 7, "19:00", "21:00")
        entry = BookingEntry(
            space_id=gym.id,
            slot=slot,
            kind=BookingKind.SELF_MANAGED,
            title="Freizeitfußball",
            contact_name="K. Osei",
            persons=16,
        )
        _take(session, entry, at)


def _take(session: Session, entry: BookingEntry, at: datetime) -> None:
    """Book, unless it is too late or somebody else is there, as in life."""
    try:
        bookings.take_booking(session, entry, now=at, by=BY)
    except Refusal as refusal:
        print(f"    {entry.slot.starts_at:%d.%m.} {entry.title}: {type(refusal).__name__}")


def _plant_thing(session: Session, thing: Thing) -> str:
    return equipment.add_item(session, ItemEntry(**vars(thing))).id


def _plant_chairs(session: Session, rooms: Mapping[str, str], items: Mapping[str, str], at: datetime) -> None:
    """Let chairs and a projector go with what comes next in the large rooms."""
    large = {rooms[name] for name in ("Großer Saal", "Saal Nord", "Ladenlokal", "Aula") if name in rooms}
    wanted = {items[name]: 20 for name in ("Klappstühle", "Stapelstühle") if name in items}
    wanted |= {items[name]: 1 for name in ("Beamer",) if name in items}
    coming = bookings.bookings_between(session, Slot(at, at + timedelta(days=10)))
    for booking in [one for one in coming if one.space_id in large][:4]:
        equipment.keep_with_booking(session, booking.id, wanted, Slot(booking.starts_at, booking.ends_at))


def _plant_lendings(session: Session, items: Mapping[str, str], at: datetime) -> None:
    """One thing is overdue, one is out, one is kept for the weekend."""
    lent = [(name, item_id) for name, item_id in items.items() if equipment.get_item(session, item_id).lent_alone]
    people = (("M. Petrov", "0203 555 0142"), ("F. Yıldız", "f.yildiz@example.org"), ("S. Hartmann", "0203 555 0177"))
    days = ((-4, -1), (-1, 2), (3, 5))
    for (_name, item_id), (who, contact), (first, last) in zip(reversed(lent), people, days, strict=False):
        slot = Slot(_instant(at, first, "10:00"), _instant(at, last, "18:00"))
        entry = LendingEntry(item_id=item_id, count=1, slot=slot, lent_to=who, contact=contact)
        equipment.lend(session, entry, now=slot.starts_at, by=BY, given_out=first < 0)


def _slot(at: datetime, day: int, start: str, end: str) -> Slot:
    return Slot(_instant(at, day, start), _instant(at, day, end))


def _instant(at: datetime, day: int, wall: str) -> datetime:
    return at_local(at.astimezone(ZONE).date() + timedelta(days=day), time.fromisoformat(wall), ZONE)
