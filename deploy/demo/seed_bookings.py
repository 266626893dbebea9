"""A little life around bookings: groups that come again, requests that wait, a rental, keys, a block.

Everything is invented. Planted after the rooms and their weekly groups.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from deploy.demo.city import TIME_ZONE
from deploy.demo.house import Group, House
from node.bookings import service as bookings
from node.bookings.models import Booking, Tenant
from node.bookings.service import BookingEntry, TenantEntry
from node.keys import service as keys
from node.keys.service import HandoverEntry, KeyRingEntry
from node.rentals import service as rentals
from node.rentals.first_rules import FIRST_RULES
from node.rentals.service import FeeClassEntry, Responsible
from node.spaces import service as spaces
from shared.errors import Refusal
from shared.records.bookings import BookingKind, BookingState, Slot
from shared.time import at_local

ZONE = ZoneInfo(TIME_ZONE)
BY = "demo"
BEHIND, AHEAD = timedelta(days=60), timedelta(days=60)
FEES = (
    FeeClassEntry(
        key="stadtteil", name="Gruppen aus dem Stadtteil", meant_for="Initiativen, Selbsthilfe, Nachbarschaft"
    ),
    FeeClassEntry(
        key="verein",
        name="Vereine",
        meant_for="gemeinnützige Vereine und Träger",
        hour_cents=800,
        half_day_cents=3000,
        day_cents=5000,
        deposit_cents=5000,
        rank=1,
    ),
    FeeClassEntry(
        key="privat",
        name="Private Feiern",
        meant_for="Geburtstage, Taufen, Verlobungen",
        hour_cents=1800,
        half_day_cents=7500,
        day_cents=14000,
        deposit_cents=15000,
        rank=2,
    ),
)
REQUESTS = (  # title, days ahead, from, until, who, phone, people, asked how many hours ago
    ("Geburtstag Oma Helga", 10, "15:00", "19:00", "Familie Baumgart", "0203 5550142", 35, 76),
    ("Elternabend Kita Regenbogen", 4, "18:00", "20:00", "Kita Regenbogen, S. Özdemir", "0203 5550177", 22, 20),
    ("Probe Theatergruppe Spätlese", 6, "16:00", "18:00", "Renate Ziegler", "0203 5550193", 12, 3),
)


def plant(session: Session, house: House, rooms: Mapping[str, str], at: datetime) -> None:
    """Write what surrounds the bookings of a house. `at` is the instant that counts as now."""
    today = at.astimezone(ZONE).date()
    for fee_class in FEES:
        rentals.add_fee_class(session, fee_class)
    rentals.write_rules(session, FIRST_RULES, today - timedelta(days=400), now=at - timedelta(days=400), by=BY)
    bookings.keep_quotas(session, None, {"week": 12})
    largest = max((room for room in house.rooms if room.bookable), key=lambda room: room.capacity)
    spaces.get_space(session, rooms[largest.name]).fee_class = "privat"
    listed = _bookings(session, at)
    for group in house.groups:
        if group.kind in (BookingKind.RENTAL, BookingKind.SELF_MANAGED):
            _plant_tenant(session, group, listed, at)
    _plant_keys(session, house, rooms, listed, at)
    _plant_requests(session, rooms[largest.name], at)
    _plant_rental(session, rooms[largest.name], at)
    _plant_log(session, listed, at)


def _bookings(session: Session, at: datetime) -> list[Booking]:
    return bookings.bookings_between(session, Slot(at - BEHIND, at + AHEAD))


def _plant_tenant(session: Session, group: Group, listed: list[Booking], at: datetime) -> Tenant:
    """Let the group's bookings belong to it."""
    entry = TenantEntry(
        name=group.title, contact_name=group.contact, contact_phone="0203 55501" + str(len(group.title))
    )
    tenant = bookings.add_tenant(session, entry)
    bookings.keep_quotas(session, tenant.id, {"week": 8})
    for booking in listed:
        if booking.title == group.title:
            booking.tenant_id = tenant.id
    return tenant


def _plant_keys(session: Session, house: House, rooms: Mapping[str, str], listed: list[Booking], at: datetime) -> None:
    """A front door key in three copies, one for each room with a group; some are out, one is overdue."""
    front = keys.add_key(session, KeyRingEntry(label="Haustür", copies=3))
    for name in dict.fromkeys(group.room for group in house.groups):
        keys.add_key(session, KeyRingEntry(label=f"Bund {name}", opens=(rooms[name],)))
    coming = [booking for booking in listed if booking.kind == BookingKind.SELF_MANAGED and booking.ends_at > at]
    for booking in coming[:1]:
        for ring in keys.list_rings(session):
            if booking.space_id in ring.key.opens or ring.key.id == front.id:
                given = HandoverEntry(
                    holder_name=booking.contact_name,
                    booking_id=booking.id,
                    tenant_id=booking.tenant_id,
                    due_at=booking.ends_at + timedelta(hours=14),
                )
                keys.hand_out(session, ring.key.id, given, now=at - timedelta(hours=20), by=BY)
    late = HandoverEntry(
        holder_name="Dachdeckerei Hinz", holder_phone="0203 5550118", due_at=at - timedelta(days=1, hours=2)
    )
    keys.hand_out(session, front.id, late, now=at - timedelta(days=4), by=BY)


def _plant_requests(session: Session, space_id: str, at: datetime) -> None:
    """Requests that wait, one of them for an evening that somebody has."""
    today = at.astimezone(ZONE).date()
    for title, ahead, starts, ends, who, phone, persons, hours_ago in REQUESTS:
        day = today + timedelta(days=ahead)
        slot = Slot(at_local(day, time.fromisoformat(starts), ZONE), at_local(day, time.fromisoformat(ends), ZONE))
        entry = BookingEntry(
            space_id=space_id,
            slot=slot,
            kind=BookingKind.RENTAL,
            title=title,
            contact_name=who,
            contact_phone=phone,
            persons=persons,
        )
        asked = at - timedelta(hours=hours_ago)
        knowing = bookings.Overruling(BY, "am Telefon besprochen")
        bookings.take_booking(session, entry, now=asked, by=BY, state=BookingState.REQUESTED, overruling=knowing)


def _plant_rental(session: Session, space_id: str, at: datetime) -> None:
    """A party next Sunday but one: paid, accepted, not yet given back."""
    today = at.astimezone(ZONE).date()
    day = today + timedelta(days=13 - today.weekday())
    fee_class = rentals.find_fee_class(session, "privat")
    entry = BookingEntry(
        space_id=space_id,
        slot=Slot(at_local(day, time(11), ZONE), at_local(day, time(15, 30), ZONE)),
        kind=BookingKind.RENTAL,
        title="Tauffeier",
        contact_name="Milena Todorova",
        contact_phone="0203 5550161",
        persons=48,
        fee_class_id=fee_class.id if fee_class else "",
    )
    try:
        booking = bookings.take_booking(
            session, entry, now=at - timedelta(days=21), by=BY, overruling=bookings.Overruling(BY, "Kulanz")
        )
    except Refusal:
        return  # the programme has the room that day, as in life
    person = Responsible("Milena Todorova", "0203 5550161", "Brunnenhof 17, 47053 Duisburg")
    rentals.name_responsible(session, booking.id, person)
    rentals.take_deposit(session, booking.id, now=at - timedelta(days=6), by=BY)
    rules = rentals.rules_on(session, day)
    assert rules is not None
    rentals.accept_rules(session, booking.id, rules.version, person.name, now=at - timedelta(days=6), by=BY)


def _plant_log(session: Session, listed: list[Booking], at: datetime) -> None:
    """Groups have opened and closed; the last one forgot to note the closing."""
    over = [booking for booking in listed if booking.kind == BookingKind.SELF_MANAGED and booking.ends_at <= at]
    for number, booking in enumerate(over):
        by = booking.contact_name or BY
        keys.note_opened(session, booking.id, at=booking.starts_at - timedelta(minutes=10), by=by)
        if number < len(over) - 1:
            trouble = "Ein Stuhl wackelt" if number % 7 == 3 else ""
            closed = booking.ends_at + timedelta(minutes=8)
            keys.note_closed(session, booking.id, at=closed, by=by, in_order=not trouble, note=trouble)
