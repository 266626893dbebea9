"""From the dates of a calendar file to events of the programme, in one transaction.

Rule: a dry run is the real run, taken back. So what the page promised is what will happen.
Rule: an entry is known again by UID and RECURRENCE-ID; a second import changes, never doubles.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from node.imports.models import PendingImport
from node.imports.outcomes import WITHOUT_SPACE, NotYet, Outcome, Rehearsal
from node.imports.reading import Entry, Reading, read_calendar
from node.imports.reports import Report, Step
from node.programme import service as programme
from node.programme.models import Event
from node.programme.service import EventEntry
from shared.errors import Refusal
from shared.ids import new_id
from shared.records.base import TEXT_LENGTH_MAX
from shared.records.bookings import Slot
from shared.records.events import EventState, EventTimesImpossible

__all__ = [
    "HORIZON_MONTHS",
    "ImportUnknown",
    "Outcome",
    "Rehearsal",
    "Report",
    "Step",
    "carry_out",
    "forget_old",
    "forget_upload",
    "get_upload",
    "keep",
    "keep_upload",
    "read",
]
HORIZON_MONTHS = 12
KEPT_FOR = timedelta(days=1)


class ImportUnknown(Refusal):
    """There is no uploaded calendar with this id (any more)."""


def keep_upload(session: Session, upload: PendingImport, zone: ZoneInfo) -> PendingImport:
    """Keep a calendar until somebody says yes or no to it; forget those of yesterday.

    Raises CalendarBroken and FileTooLarge; then nothing is kept.
    """
    read(upload, zone)
    return keep(session, upload)


def keep(session: Session, upload: PendingImport) -> PendingImport:
    """Keep a file that was read already; forget those of yesterday."""
    forget_old(session, now=upload.uploaded_at)
    session.add(upload)
    session.flush()
    return upload


def forget_old(session: Session, *, now: datetime) -> None:
    """Forget files that nobody has said yes to for a day: they may hold names."""
    session.execute(delete(PendingImport).where(PendingImport.uploaded_at < now - KEPT_FOR))


def get_upload(session: Session, upload_id: str) -> PendingImport:
    """Return an uploaded calendar; raise ImportUnknown."""
    upload = session.get(PendingImport, upload_id)
    if upload is None:
        raise ImportUnknown
    return upload


def forget_upload(session: Session, upload_id: str) -> None:
    """Delete an uploaded calendar; raise ImportUnknown."""
    session.delete(get_upload(session, upload_id))


def read(upload: PendingImport, zone: ZoneInfo) -> Reading:
    """Read an upload from the moment it came until HORIZON_MONTHS later."""
    until = (upload.uploaded_at.astimezone(zone) + relativedelta(months=HORIZON_MONTHS)).astimezone(
        upload.uploaded_at.tzinfo
    )
    return read_calendar(upload.content, zone, upload.uploaded_at, until)


def carry_out(session: Session, upload: PendingImport, zone: ZoneInfo, *, now: datetime, by: str = "") -> Report:
    """Do what the calendar says, entry by entry, and report it. Raise `Rehearsal(report)` to undo it all."""
    reading = read(upload, zone)
    return Report(reading, _Run(session, upload, reading, zone=zone, now=now, by=by).steps())


class _Run:
    """One pass over a calendar."""

    def __init__(
        self, session: Session, upload: PendingImport, reading: Reading, *, zone: ZoneInfo, now: datetime, by: str
    ) -> None:
        self.session, self.upload, self.reading = session, upload, reading
        self.zone, self.now, self.by = zone, now, by
        self.last_round = False  # nothing moves any more: what is in the way stays there
        self.known = {(event.source_uid, event.source_recurrence_id): event for event in _imported(session, reading)}
        self.series = {event.source_uid: event.series_id for event in self.known.values() if event.series_id}

    def steps(self) -> tuple[Step, ...]:
        """Return what happened. Dates that were dropped go first: their rooms may be wanted again."""
        pairs = self._paired()
        found = {event.id for _, event in pairs if event}
        dropped = [
            self._drop(event) for event in self.known.values() if event.id not in found and self._expected(event)
        ]
        done = self._rounds(pairs)
        return tuple(sorted([*dropped, *done], key=lambda step: (step.starts_at, step.title, step.line)))

    def _rounds(self, pairs: list[tuple[Entry, Event | None]]) -> list[Step]:
        """Do the entries in rounds: one may be in the way of another until it has moved itself."""
        done: list[Step] = []
        while pairs:
            again = []
            for entry, event in pairs:
                try:
                    done.append(self._take(entry, event))
                except NotYet:
                    again.append((entry, event))
            self.last_round = len(again) == len(pairs)
            pairs = again
        return done

    def _paired(self) -> list[tuple[Entry, Event | None]]:
        """Each entry with the event it made last time.

        A series whose time of day was changed names all its dates anew; its dates of the same
        days are then taken for the same ones, so that they move instead of being doubled.
        """
        exact = {entry: self.known.get((entry.uid, entry.recurrence_id)) for entry in self.reading.entries}
        taken = {event.id for event in exact.values() if event}
        spare = {
            (event.source_uid, event.starts_at.astimezone(self.zone).date()): event
            for event in self.known.values()
            if event.id not in taken and event.source_recurrence_id and self._expected(event)
        }
        pairs: list[tuple[Entry, Event | None]] = []
        for entry, event in exact.items():
            day = (entry.uid, entry.starts_at.astimezone(self.zone).date())
            pairs.append((entry, event or (spare.pop(day, None) if entry.recurrence_id else None)))
        return pairs

    def _expected(self, event: Event) -> bool:
        """Whether the file, if it still knew this event, would have had to name it."""
        inside = event.ends_at > self.reading.since and event.starts_at < self.reading.until
        return inside and event.state != EventState.CANCELLED

    def _take(self, entry: Entry, event: Event | None) -> Step:
        if entry.private:
            return self._withdraw(entry, event)
        try:
            return self._change(entry, event) if event else self._create(entry)
        except EventTimesImpossible:
            return self._step(Outcome.SKIPPED, entry, "too_long")

    def _withdraw(self, entry: Entry, event: Event | None) -> Step:
        """Leave out what is private; what was public before that is cancelled, and its words go."""
        if event is None or event.state == EventState.CANCELLED:
            return self._step(Outcome.SKIPPED, entry, "private")
        bare = EventEntry(title="—", slot=Slot(event.starts_at, event.ends_at), space_id=event.space_id)
        programme.edit_event(self.session, event.id, bare, now=self.now, by=self.by)
        programme.translate_event(self.session, event.id, {}, now=self.now)
        programme.drop_image(self.session, event, now=self.now)
        self._cancel(event)
        return self._step(Outcome.CANCELLED, entry, "private")

    def _create(self, entry: Entry) -> Step:
        if entry.cancelled:
            return self._step(Outcome.SKIPPED, entry, "cancelled_there")
        wanted = self._wanted(entry, EventEntry(title="", slot=Slot(entry.starts_at, entry.ends_at)))
        wanted = replace(wanted, theme=self.upload.theme, series_id=self._series_of(entry))
        reasons: tuple[str, ...] = ()
        try:
            event = self._written(wanted)
        except tuple(WITHOUT_SPACE) as refusal:
            if not self.last_round:
                raise NotYet from refusal
            event, reasons = self._written(replace(wanted, space_id=None)), (WITHOUT_SPACE[type(refusal)],)
        _note_sequence(event, entry)
        return self._step(Outcome.CREATED, entry, *reasons)

    def _written(self, wanted: EventEntry) -> Event:
        return programme.create_event(self.session, wanted, now=self.now, by=self.by, publish=self.upload.publish)

    def _change(self, entry: Entry, event: Event) -> Step:
        if event.state == EventState.CANCELLED:
            if entry.cancelled:
                return self._step(Outcome.UNCHANGED, entry)
            return self._step(Outcome.SKIPPED, entry, "cancelled_here")
        if _is_older(entry, event):
            return self._step(Outcome.SKIPPED, entry, "older")
        if entry.cancelled:
            self._cancel(event)
            return self._step(Outcome.CANCELLED, entry)
        before = programme.entry_of(event)
        wanted = self._wanted(entry, before)
        reasons: tuple[str, ...] = ()
        try:
            self._edited(event, before, wanted)
        except tuple(WITHOUT_SPACE) as refusal:
            if not self.last_round:
                raise NotYet from refusal
            moved = wanted.slot != before.slot
            wanted = replace(wanted, space_id=None if moved else before.space_id)
            self._edited(event, before, wanted)
            reasons = (WITHOUT_SPACE[type(refusal)],)
        _note_sequence(event, entry)
        changes = _differences(before, wanted)
        return self._step(Outcome.UPDATED if changes else Outcome.UNCHANGED, entry, *reasons, changes=changes)

    def _edited(self, event: Event, before: EventEntry, wanted: EventEntry) -> None:
        if wanted != before:
            programme.edit_event(self.session, event.id, wanted, now=self.now, by=self.by)

    def _wanted(self, entry: Entry, base: EventEntry) -> EventEntry:
        """What the calendar says, over what the house has written about it besides."""
        return replace(
            base,
            title=entry.title or "—",
            description=_with_link(entry),
            place=entry.place,
            slot=Slot(entry.starts_at, entry.ends_at),
            space_id=base.space_id or self.upload.space_id,
            source_uid=entry.uid,
            source_recurrence_id=entry.recurrence_id,
        )

    def _series_of(self, entry: Entry) -> str | None:
        if entry.recurrence_id is None:
            return None
        return self.series.setdefault(entry.uid, new_id())

    def _drop(self, event: Event) -> Step:
        step = Step(Outcome.CANCELLED, event.title, event.starts_at, event.ends_at, 0, ("gone",))
        self._cancel(event)
        return step

    def _cancel(self, event: Event) -> None:
        if event.state == EventState.DRAFT:
            programme.discard_draft(self.session, event.id, now=self.now, by=self.by)
        else:
            programme.cancel_event(self.session, event.id, "", now=self.now, by=self.by)

    @staticmethod
    def _step(outcome: Outcome, entry: Entry, *reasons: str, changes: tuple[str, ...] = ()) -> Step:
        said = (*reasons, *entry.notes)
        return Step(outcome, entry.title, entry.starts_at, entry.ends_at, entry.line, said, changes)


def _is_older(entry: Entry, event: Event) -> bool:
    """Tell whether the file is older than what was imported before, as far as SEQUENCE tells.

    A date whose exception is gone is again what its series says: only the series can be older.
    """
    if entry.series_sequence < event.source_series_sequence:
        return True
    return entry.sequence is not None and entry.sequence < event.source_sequence


def _note_sequence(event: Event, entry: Entry) -> None:
    event.source_series_sequence, event.source_sequence = entry.series_sequence, entry.sequence or 0


def _imported(session: Session, reading: Reading) -> Iterable[Event]:
    uids = sorted(reading.uids)
    for start in range(0, len(uids), 500):  # SQLite takes a limited number of parameters
        yield from session.scalars(select(Event).where(Event.source_uid.in_(uids[start : start + 500])))


def _with_link(entry: Entry) -> str:
    if not entry.url.startswith(("https://", "http://")) or entry.url in entry.description:
        return entry.description
    return f"{entry.description}\n\n{entry.url}".strip()[:TEXT_LENGTH_MAX]


def _differences(before: EventEntry, after: EventEntry) -> tuple[str, ...]:
    names = ("title", "slot", "place", "description", "space_id")
    return tuple(name for name in names if getattr(before, name) != getattr(after, name))
