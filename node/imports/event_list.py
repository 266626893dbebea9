"""A list of events becomes the programme. A row without a number is known again by title, day and beginning."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import select

from node.imports.cells import CellUnreadable, day, euros, one_of, some_of, wall, whole, words
from node.imports.columns import Column, Line, column, vocabulary
from node.imports.lists import Importer, ListKind, Reason, RowStep, differing
from node.imports.outcomes import WITHOUT_SPACE, NotYet, Outcome
from node.imports.tables import folded
from node.programme import service as programme
from node.programme.models import Event
from node.programme.service import EventEntry
from node.spaces import service as spaces
from node.spaces.models import Space
from node.themes import service as themes
from shared.errors import Refusal
from shared.records.attendance import CapacityBelowTaken
from shared.records.base import TEXT_LENGTH_MAX, TITLE_LENGTH_MAX
from shared.records.bookings import Slot
from shared.records.events import (
    AGE_MAX,
    CAPACITY_MAX,
    COST_CENTS_MAX,
    SUMMARY_LENGTH_MAX,
    AgesImpossible,
    EventState,
    EventTimesImpossible,
    RegistrationClosesLate,
)
from shared.time import at_local
from shared.web.vocabulary import ACCESSIBILITY, ATTENDANCE, EVENT_KINDS, LANGUAGES, REGISTRATION, TARGET_GROUPS

PLAIN = (
    "title", "kind", "summary", "description", "theme", "target_groups", "age_min", "age_max", "languages",
    "accessibility", "cost_note", "organiser", "partners", "attendance", "place", "online_url", "capacity",
    "registration",
)  # fmt: skip
COMPARED = (*PLAIN, "cost_cents", "slot", "space_id", "registration_closes_at")
REFUSED: dict[type[Refusal], str] = {
    EventTimesImpossible: "too_long",
    AgesImpossible: "ages_impossible",
    RegistrationClosesLate: "closes_late",
    CapacityBelowTaken: "places_taken",
}


def address(cell: str) -> str:
    """Read an address on the web."""
    if not re.match(r"https?://", cell):
        raise CellUnreadable("cell_no_address")
    return str(words(500)(cell))


def cents(cell: str) -> int:
    """Read an amount that an event can cost."""
    found = euros(cell)
    if found > COST_CENTS_MAX:
        raise CellUnreadable("cell_no_amount")
    return found


class EventImporter(Importer):
    kind = ListKind.EVENTS
    title = "title"

    def columns(self) -> Sequence[Column]:
        name, age = words(TITLE_LENGTH_MAX), whole(0, AGE_MAX)
        return (
            column("title", "Titel|Veranstaltung|Name", "title|event|name", name, "Repair-Café|Vorlesen", needed=True),
            column("day", "Datum|Tag", "date|day", day, "16.01.2027|18.01.2027", needed=True),
            column("starts", "Von|Beginn|Uhrzeit", "from|start|time", wall, "14:00|16.30 Uhr", needed=True),
            column("ends", "Bis|Ende", "until|end|to", wall, "17:00|17.30 Uhr", needed=True),
            column("ends_on", "Endet am|Bis Datum", "ends on|last date", day, "|"),
            column("room", "Raum", "room|space", name, "Saal|"),
            column("place", "Ort|Anderer Ort", "place|another place", name, "|Stadtbibliothek"),
            column("kind", "Art", "kind", one_of(vocabulary(EVENT_KINDS)), "Angebot|Veranstaltung",
                   choices=EVENT_KINDS.values()),
            column("theme", "Thema|Themenschwerpunkt", "theme", one_of(self._themes), "Nachhaltigkeit|Bildung",
                   choices=themes.theme_labels(self.session, self.at.language).values()),
            column("summary", "Kurztext|In einem Satz", "summary", words(SUMMARY_LENGTH_MAX), "Gemeinsam reparieren|"),
            column("description", "Beschreibung|Text", "description|text", words(TEXT_LENGTH_MAX), "|"),
            column("target_groups", "Zielgruppe|Für wen", "target group|for whom",
                   some_of(vocabulary(TARGET_GROUPS)), "Alle|Kinder, Familien", choices=TARGET_GROUPS.values()),
            column("age_min", "Alter ab|Ab (Jahre)", "age from", age, "|4"),
            column("age_max", "Alter bis|Bis (Jahre)", "age to", age, "|8"),
            column("languages", "Sprachen|Sprache", "languages|language", some_of(vocabulary(LANGUAGES)), "Deutsch|",
                   choices=LANGUAGES.values()),
            column("accessibility", "Barrierefreiheit", "accessibility",
                   some_of(vocabulary(ACCESSIBILITY)), "Stufenlos|", choices=ACCESSIBILITY.values()),
            column("cost_cents", "Kosten|Preis|Eintritt", "cost|price", cents, "kostenlos|2,50 €"),
            column("cost_note", "Kostenhinweis", "about the cost", name, "Spenden willkommen|"),
            column("organiser", "Veranstalter|Veranstalter*in|Veranstaltet von", "organiser", name, "|Lesepaten e. V."),
            column("partners", "Gemeinsam mit|Partner", "together with|partners", words(500), "|Stadtbibliothek"),
            column("attendance", "Teilnahme", "attendance", one_of(vocabulary(ATTENDANCE)), "Vor Ort|Vor Ort",
                   choices=ATTENDANCE.values()),
            column("online_url", "Internetadresse|Link", "web address|link", address, "|"),
            column("capacity", "Plätze", "places|capacity", whole(1, CAPACITY_MAX), "|15"),
            column("registration", "Anmeldung", "registration", one_of(vocabulary(REGISTRATION)),
                   "Einfach kommen|Nur mit Anmeldung", choices=REGISTRATION.values()),
            column("closes_on", "Anmelden bis", "register until", day, "|17.01.2027"),
        )  # fmt: skip

    def key_of(self, line: Line) -> Sequence[str]:
        return (line.values["title"], line.values["day"].isoformat(), f"{line.values['starts']:%H:%M}")

    def take(self, line: Line, record_id: str | None) -> tuple[RowStep, str | None]:
        space, room = None, line.values.get("room")
        if room:
            space = self.rooms.get(folded(room))
            if space is None:
                return self.left_out(line, Reason("room_unknown", room)), record_id
        event = self._event(line, record_id)
        if event is not None and event.state == EventState.CANCELLED:
            return self.left_out(line, Reason("cancelled_here")), record_id
        try:
            return self._change(line, event, space) if event else self._create(line, space)
        except tuple(REFUSED) as refusal:
            return self.left_out(line, Reason(REFUSED[type(refusal)])), record_id

    def _create(self, line: Line, space: Space | None) -> tuple[RowStep, str]:
        entry = self._wanted(line, EventEntry(title="", slot=self._slot(line)), space)
        told: dict[str, Any] = {"now": self.at.now, "by": self.at.by, "publish": self.at.publish}
        reasons: tuple[Reason, ...] = ()
        try:
            event = programme.create_event(self.session, entry, **told)
        except tuple(WITHOUT_SPACE) as refusal:
            if not self.last_round:
                raise NotYet from refusal
            event = programme.create_event(self.session, replace(entry, space_id=None), **told)
            reasons = (Reason(WITHOUT_SPACE[type(refusal)]),)
        self.standing[folded(event.title), event.starts_at] = event
        return self._step(Outcome.CREATED, line, reasons), event.id

    def _change(self, line: Line, event: Event, space: Space | None) -> tuple[RowStep, str]:
        before = programme.entry_of(event)
        wanted = self._wanted(line, before, space)
        reasons: tuple[Reason, ...] = ()
        try:
            self._edited(event, before, wanted)
        except tuple(WITHOUT_SPACE) as refusal:
            if not self.last_round:
                raise NotYet from refusal
            wanted = replace(wanted, space_id=None if wanted.slot != before.slot else before.space_id)
            self._edited(event, before, wanted)
            reasons = (Reason(WITHOUT_SPACE[type(refusal)]),)
        changes = differing(before, wanted, COMPARED)
        outcome = Outcome.UPDATED if changes else Outcome.UNCHANGED
        return replace(self._step(outcome, line, reasons), changes=changes), event.id

    def _edited(self, event: Event, before: EventEntry, wanted: EventEntry) -> None:
        if wanted != before:
            programme.edit_event(self.session, event.id, wanted, now=self.at.now, by=self.at.by)

    def _wanted(self, line: Line, base: EventEntry, space: Space | None) -> EventEntry:
        """What the list says, over what the house has written about it besides."""
        slot = self._slot(line)
        values: dict[str, Any] = line.said(*PLAIN, "cost_cents")
        if "room" in line.values:
            values["space_id"] = space.id if space else None
        if line.values.get("cost_note") and line.values.get("cost_cents") is None and not base.cost_cents:
            values["cost_cents"] = None  # only the note says what it costs
        if line.values.get("closes_on"):
            closes_at = at_local(line.values["closes_on"] + timedelta(days=1), time(), self.at.zone)
            values["registration_closes_at"] = min(closes_at, slot.starts_at)
        return replace(base, slot=slot, **values)

    def _slot(self, line: Line) -> Slot:
        """An end at or before the beginning is on the next day, unless the list names the day."""
        values = line.values
        last: date = values.get("ends_on") or values["day"]
        if last == values["day"] and values["ends"] <= values["starts"]:
            last += timedelta(days=1)
        zone = self.at.zone
        return Slot(at_local(values["day"], values["starts"], zone), at_local(last, values["ends"], zone))

    def _step(self, outcome: Outcome, line: Line, reasons: tuple[Reason, ...]) -> RowStep:
        values = line.values
        about = f"{values['day']:%d.%m.%Y}, {values['starts']:%H:%M}–{values['ends']:%H:%M}"
        return RowStep(outcome, line.number, values["title"], about, reasons)

    def _event(self, line: Line, record_id: str | None) -> Event | None:
        """Return the event of a row: the one it made last time, else one of that title and beginning."""
        known = self.session.get(Event, record_id) if record_id else None
        return known or self.standing.get((folded(line.values["title"]), self._slot(line).starts_at))

    @cached_property
    def standing(self) -> dict[tuple[str, datetime], Event]:
        """What is in the programme, by title and beginning; in one query, however long the list is."""
        query = select(Event).where(Event.state != EventState.CANCELLED)
        return {(folded(event.title), event.starts_at): event for event in self.session.scalars(query)}

    @cached_property
    def rooms(self) -> dict[str, Space]:
        return {folded(space.name): space for space in spaces.list_spaces(self.session)}

    @cached_property
    def _themes(self) -> dict[str, str]:
        known: dict[str, str] = {}
        for language in ("de", "en"):
            labels = themes.theme_labels(self.session, language)
            known |= {folded(key): key for key in labels} | {folded(label): key for key, label in labels.items()}
        return known
