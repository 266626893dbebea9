"""A list of regulars becomes series of bookings: who uses which room every week, from when until when.

A row without a number is known again by group, weekday and room; what its dates say, and who is
behind it, may change. Names and numbers stay in the house, as with any booking.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from node.bookings import series as bookings
from node.bookings.entry import BookingEntry
from node.bookings.series import SeriesEntry
from node.bookings.service import SpaceRetired
from node.imports.cells import day, one_of, wall, weekdays, weeks, whole, words, yes_no
from node.imports.columns import Column, Line, column
from node.imports.lists import Importer, ListKind, Reason, RowStep
from node.imports.outcomes import Outcome
from node.imports.tables import folded
from node.series.keeper import Failed
from node.series.models import BookingSeries
from node.series.recurrence import Pattern
from node.series.refusals import DatesOverlap, NoDates, RuleTooLong, TooManyDates
from node.series.rule import Frequency, Rule, Weekday
from node.spaces import service as spaces
from node.spaces.models import Space
from shared.errors import Refusal
from shared.records.base import TEXT_LENGTH_MAX, TITLE_LENGTH_MAX
from shared.records.bookings import BookingKind, BookingTimesImpossible, SpaceTaken
from shared.records.holidays import HolidayKind

PERSONS_MAX = 10_000
DEFAULT_LENGTH = timedelta(days=364)  # a list without a last day is good for a year
DAYS_TOLD = 5
KINDS = {
    "intern": BookingKind.INTERNAL, "internal": BookingKind.INTERNAL,
    "vermietung": BookingKind.RENTAL, "rental": BookingKind.RENTAL,
    "eigenregie": BookingKind.SELF_MANAGED, "ineigenregie": BookingKind.SELF_MANAGED,
    "nutzungineigenregie": BookingKind.SELF_MANAGED, "selfmanaged": BookingKind.SELF_MANAGED,
}  # fmt: skip
SAID = {
    "group": "title", "kind": "kind", "contact_name": "contact_name", "contact_phone": "contact_phone",
    "contact_email": "contact_email", "persons": "persons", "note": "note",
}  # fmt: skip
REFUSED: dict[type[Refusal], str] = {
    SpaceRetired: "room_retired",
    BookingTimesImpossible: "ends_before_start",
    TooManyDates: "too_many_dates",
    RuleTooLong: "too_many_dates",
    NoDates: "no_dates",
    DatesOverlap: "dates_overlap",
}


class RegularImporter(Importer):
    kind = ListKind.REGULARS
    title = "group"

    def columns(self) -> Sequence[Column]:
        name = words(TITLE_LENGTH_MAX)
        kind = one_of({key: value.value for key, value in KINDS.items()})
        return (
            column("group", "Gruppe|Name|Titel", "group|name|title", name, "Kirchenchor|Yogagruppe", needed=True),
            column("weekday", "Wochentag|Tag", "weekday|day", weekdays, "Montag|Di, Do", needed=True),
            column("starts", "Von|Beginn", "from|start", wall, "18:00|9.30 Uhr", needed=True),
            column("ends", "Bis|Ende", "until|end|to", wall, "20:00|11.00 Uhr", needed=True),
            column("room", "Raum", "room|space", name, "Saal|Nebenraum", needed=True),
            column("first", "Ab Datum|Ab|Erster Termin", "first date|starting", day, "11.01.2027|"),
            column("last", "Bis Datum|Letzter Termin", "last date|ending", day, "20.12.2027|"),
            column("every", "Rhythmus|Alle wie viele Wochen", "every|rhythm", weeks, "wöchentlich|14-tägig"),
            column(
                "kind",
                "Art|Nutzung",
                "kind|use",
                kind,
                "intern|Eigenregie",
                choices=("intern", "Vermietung", "Eigenregie"),
            ),
            column("contact_name", "Ansprechperson|Kontakt", "contact|contact person", name, "Maria Muster|"),
            column("contact_phone", "Telefon", "phone|telephone", words(80), "0203 123456|"),
            column("contact_email", "E-Mail|Mail", "e-mail", name, "chor@example.org|"),
            column("persons", "Personen", "people|persons", whole(1, PERSONS_MAX), "25|12"),
            column("note", "Notiz|Bemerkung", "note|remark", words(TEXT_LENGTH_MAX), "Klavier wird gebraucht|"),
            column("no_school_holidays", "Nicht in den Schulferien", "not in school holidays", yes_no, "ja|nein"),
            column("no_public_holidays", "Nicht an Feiertagen", "not on public holidays", yes_no, "ja|ja"),
        )

    def key_of(self, line: Line) -> Sequence[str]:
        return (line.values["group"], *(str(number) for number in line.values["weekday"]), line.values["room"])

    def take(self, line: Line, record_id: str | None) -> tuple[RowStep, str | None]:
        space = self.rooms.get(folded(line.values["room"]))
        if space is None:
            return self.left_out(line, Reason("room_unknown", line.values["room"])), record_id
        series = self._series(record_id)
        if series is not None and series.cancelled_at is not None:
            return self.left_out(line, Reason("cancelled_here")), record_id
        wanted = self._wanted(line, space, series)
        try:
            return self._change(line, series, wanted) if series else self._begin(line, wanted)
        except tuple(REFUSED) as refusal:
            return self.left_out(line, Reason(REFUSED[type(refusal)])), record_id

    def _begin(self, line: Line, wanted: SeriesEntry) -> tuple[RowStep, str]:
        series, outcome = bookings.begin_series(
            self.session, wanted, {}, now=self.at.now, by=self.at.by, language=self.at.language
        )
        return self._step(Outcome.CREATED, line, series, outcome.failed), series.id

    def _change(self, line: Line, series: BookingSeries, wanted: SeriesEntry) -> tuple[RowStep, str]:
        changes = _differences(bookings.entry_of(series), wanted)
        if not changes:
            return self._step(Outcome.UNCHANGED, line, series, ()), series.id
        kept, outcome = bookings.edit_series(
            self.session, series, wanted, self._today, {}, keep_own=True, now=self.at.now, by=self.at.by,
            language=self.at.language,
        )  # fmt: skip
        return replace(self._step(Outcome.UPDATED, line, kept, outcome.failed), changes=changes), kept.id

    def _step(self, outcome: Outcome, line: Line, series: BookingSeries, failed: Sequence[Failed]) -> RowStep:
        reasons = []
        for key, some in (
            ("dates_taken", [each for each in failed if isinstance(each.refusal, SpaceTaken)]),
            ("dates_refused", [each for each in failed if not isinstance(each.refusal, SpaceTaken)]),
        ):
            if some:
                days = ", ".join(f"{each.day:%d.%m.%Y}" for each in some[:DAYS_TOLD])
                reasons.append(Reason(key, f"{len(some)} ({days}{' …' if len(some) > DAYS_TOLD else ''})"))
        about = f"{series.first_day:%d.%m.%Y}–{series.pattern.rule.until or series.first_day:%d.%m.%Y}"
        return RowStep(outcome, line.number, line.values["group"], about, tuple(reasons))

    def _wanted(self, line: Line, space: Space, series: BookingSeries | None) -> SeriesEntry:
        """What the list says, over what the house has written about the series besides."""
        before = bookings.entry_of(series) if series else None
        pattern = self._pattern(line, before)
        slot = pattern.slot_on(pattern.starts.date())
        base = before.said if before else BookingEntry(space_id=space.id, slot=slot)
        said: dict[str, Any] = {SAID[key]: value for key, value in line.said(*SAID).items()}
        said |= {"space_id": space.id, "slot": slot}
        return SeriesEntry(pattern=pattern, said=replace(base, **said), skips=_skips(line, before))

    def _pattern(self, line: Line, before: SeriesEntry | None) -> Pattern:
        values = line.values
        first = self._first(values.get("first"), before)
        length = _length(values["starts"], values["ends"])
        starts = datetime.combine(first, values["starts"])
        old = before.pattern.rule if before else None
        rule = Rule(
            frequency=Frequency.WEEKLY,
            interval=values.get("every") or (old.interval if old and "every" not in values else 1),
            weekdays=tuple(Weekday(number) for number in values["weekday"]),
            until=values.get("last") or (old.until if old else None) or first + DEFAULT_LENGTH,
        )
        return Pattern(rule, starts, starts + length, self.at.zone).settled()

    def _first(self, said: date | None, before: SeriesEntry | None) -> date:
        """A series begins today at the earliest; one that has begun does not begin again."""
        if before is not None and (said is None or said <= self._today):
            return before.pattern.starts.date()
        return max(said or self._today, self._today)

    def _series(self, record_id: str | None) -> BookingSeries | None:
        """Return the series of a row as it goes on today."""
        series = self.session.get(BookingSeries, record_id) if record_id else None
        while series is not None and (following := bookings.find_following(self.session, series)) is not None:
            series = following
        return series

    @property
    def _today(self) -> date:
        return self.at.now.astimezone(self.at.zone).date()

    @cached_property
    def rooms(self) -> dict[str, Space]:
        return {folded(space.name): space for space in spaces.list_spaces(self.session)}


def _length(starts: time, ends: time) -> timedelta:
    """An end at or before the beginning is on the next day."""
    first = date(2000, 1, 1)
    length = datetime.combine(first, ends) - datetime.combine(first, starts)
    return length if length > timedelta() else length + timedelta(days=1)


def _skips(line: Line, before: SeriesEntry | None) -> tuple[str, ...]:
    skips = set(before.skips) if before else set()
    for key, kind in (("no_school_holidays", HolidayKind.SCHOOL), ("no_public_holidays", HolidayKind.PUBLIC)):
        if line.values.get(key) is True:
            skips.add(kind.value)
        elif line.values.get(key) is False:
            skips.discard(kind.value)
    return tuple(sorted(skips))


def _differences(before: SeriesEntry, after: SeriesEntry) -> tuple[str, ...]:
    changes = [name for key, name in SAID.items() if getattr(before.said, name) != getattr(after.said, name)]
    if before.said.space_id != after.said.space_id:
        changes.append("room")
    if (before.pattern.rule, before.pattern.starts, before.pattern.ends) != (
        after.pattern.rule,
        after.pattern.starts,
        after.pattern.ends,
    ):
        changes.append("slot")
    if set(before.skips) != set(after.skips):
        changes.append("skips")
    return tuple(changes)
