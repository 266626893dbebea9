"""What the programme of a demo house has besides dates: pictures, other languages, a series with a date of its own."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from node.programme import series as programme_series
from node.programme import service as programme
from node.programme.models import Event
from node.programme.service import EventEntry, Words
from node.series.rule import Frequency, Rule, Weekday
from shared.records.bookings import Slot
from shared.records.events import EventState, Registration
from shared.records.holidays import HolidayKind
from shared.time import at_local

BY = "demo"
SAID: dict[str, dict[str, Words]] = {
    "Offenes Café": {
        "en": Words("Open café", "Coffee, tea and time to talk. Everybody is welcome."),
        "tr": Words("Açık kafe", "Kahve, çay ve sohbet. Herkes davetlidir."),
        "ar": Words("مقهى مفتوح", "قهوة وشاي ووقت للحديث. الجميع مرحّب بهم."),
    },
    "Interkulturelles Frühstück": {
        "en": Words("Intercultural breakfast", "Bring something, or just come."),
        "ro": Words("Mic dejun intercultural", "Aduceți ceva sau veniți pur și simplu."),
    },
    "Repair-Café": {
        "en": Words("Repair café", "We mend together what is worth mending."),
        "de-simple": Words("Reparatur-Treff", "Ist etwas kaputt? Wir reparieren es zusammen."),
    },
}
PICTURED = {
    "Repair-Café": "Zeichnung: ein Haus am Abend unter einem roten Himmel, in den Fenstern brennt Licht",
    "Lebendiger Advent im Hof": "Zeichnung: ein Haus im Dunkeln, in allen Fenstern brennt Licht",
    "Interkulturelles Frühstück": "Zeichnung: ein Haus am Morgen, dahinter geht die Sonne auf",
}
WIDTH, HEIGHT = 480, 270
SKY_ABOVE, SKY_BELOW, WALL, LIGHT, GROUND = (58, 44, 96), (236, 118, 84), (34, 28, 52), (255, 214, 120), (28, 40, 44)


def plant(session: Session, rooms: dict[str, str], at: datetime, zone: ZoneInfo) -> None:
    """Say coming events in other languages, show pictures, and begin a series for children."""
    picture = drawn()
    for event in _coming(session, at):
        if event.title in SAID:
            programme.translate_event(session, event.id, SAID[event.title], now=at)
        if event.title in PICTURED:
            programme.keep_image(session, event, picture, PICTURED[event.title], now=at)
    _begin_reading_hour(session, rooms, at, zone)


def _coming(session: Session, at: datetime) -> list[Event]:
    query = select(Event).where(Event.state == EventState.PUBLISHED, Event.starts_at > at)
    return list(session.scalars(query.order_by(Event.starts_at)))


def _begin_reading_hour(session: Session, rooms: dict[str, str], at: datetime, zone: ZoneInfo) -> None:
    """Every first Saturday of the month, but not on holidays; one date begins later than the others."""
    first = at.astimezone(zone).date() + timedelta(days=1)
    slot = Slot(at_local(first, _wall("10:30"), zone), at_local(first, _wall("11:30"), zone))
    said = EventEntry(
        title="Vorlesen am Samstag",
        slot=slot,
        kind="offer",
        summary="Bilderbücher auf Deutsch und in einer zweiten Sprache",
        theme="education",
        target_groups=("children", "families"),
        age_min=4,
        age_max=8,
        languages=("de", "tr"),
        partners="Stadtbibliothek Duisburg",
        capacity=15,
        registration=Registration.WANTED,
        space_id=next(iter(rooms.values())),
    )
    rule = Rule(frequency=Frequency.MONTHLY, weekdays=(Weekday(5, 1),), count=6)
    entry = programme_series.EventSeriesEntry(
        pattern=programme_series.pattern_of(rule, slot, zone), said=said, skips=(HolidayKind.PUBLIC,)
    )
    series, _outcome = programme_series.begin_series(session, entry, {}, now=at, by=BY, publish=True)
    dates = programme.events_of_series(session, series.id)
    if len(dates) > 1:
        later = programme.entry_of(dates[1])
        hour = timedelta(hours=1)
        moved = replace(later, slot=Slot(later.slot.starts_at + hour, later.slot.ends_at + hour), space_id=None)
        programme.edit_event(session, dates[1].id, replace(moved, place="Stadtbibliothek"), now=at, by=BY)


def _wall(text: str) -> time:
    return time.fromisoformat(text)


def drawn() -> bytes:
    """Return the picture as PNG: a house in the evening, light in its windows."""
    rows = b"".join(b"\0" + bytes(part for pixel in _row(y) for part in pixel) for y in range(HEIGHT))
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _row(y: int) -> Iterator[tuple[int, int, int]]:
    share = y / HEIGHT
    sky = tuple(round(a + (b - a) * share) for a, b in zip(SKY_ABOVE, SKY_BELOW, strict=True))
    for x in range(WIDTH):
        yield _pixel(x, y, (sky[0], sky[1], sky[2]))


def _pixel(x: int, y: int, sky: tuple[int, int, int]) -> tuple[int, int, int]:
    if y > HEIGHT - 40:
        return GROUND
    middle, eaves = abs(x - WIDTH // 2), HEIGHT // 2
    if middle < 110 and y > eaves:
        in_window = (x - 20) % 44 < 24 and (y - eaves - 20) % 48 < 26 and y > eaves + 18
        return LIGHT if in_window else WALL
    return WALL if eaves - 70 < y <= eaves and middle < 130 * (y - (eaves - 70)) / 70 else sky
