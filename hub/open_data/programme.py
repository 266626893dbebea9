"""The programme as open data: every published date of last year and the next.

Rule: read in short transactions, so that somebody with a slow line never holds a snapshot that
keeps the database from tidying up.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, literal, select, tuple_
from sqlalchemy.orm import Session

from hub.centres import queries as centre_queries
from hub.open_data.columns import Column, Dataset, Frame, Row
from hub.open_data.houses import joined
from hub.programme.models import Event
from hub.themes import queries as theme_queries
from shared.time import local_day

BACK = AHEAD = timedelta(days=365)
AT_ONCE = 1_000  # rows of one transaction
_READ = (
    "id", "centre_id", "kind", "state", "title", "summary", "theme", "target_groups", "languages", "accessibility",
    "cost_cents", "cost_note", "attendance", "place", "online_url", "registration", "age_min", "age_max", "capacity",
    "partners", "cancel_reason", "series_id", "starts_at", "ends_at", "updated_at",
)  # fmt: skip
_ORDER = (Event.starts_at, Event.centre_id, Event.id)


def days(_session: Session, frame: Frame) -> tuple[date, date]:
    """Return the first and the last day that the data set covers."""
    return frame.today - BACK, frame.today + AHEAD


def _within(frame: Frame) -> tuple[datetime, datetime]:
    return local_day(frame.today - BACK, frame.zone)[0], local_day(frame.today + AHEAD, frame.zone)[1]


def mark(session: Session, frame: Frame) -> str:
    """Return what changes with every change of an event: its owner moves `updated_at` or `sequence`."""
    starts, ends = _within(frame)
    seen = select(func.count(), func.max(Event.updated_at), func.sum(Event.sequence))
    found = session.execute(seen.where(Event.starts_at >= starts, Event.starts_at < ends)).one()
    themes = sorted(theme_queries.labels(session, "de").items())
    return repr((tuple(found), frame.today, frame.home, themes, [tuple(row) for row in centre_queries.listed(session)]))


def rows(_session: Session, frame: Frame, at_once: int = AT_ONCE) -> Iterator[Row]:
    """Yield the events in the order of time, `at_once` from each short transaction."""
    starts, ends = _within(frame)
    last: Any = None
    while True:
        with frame.database.reading() as short:
            found = _next(short, starts, ends, last, at_once)
            places = centre_queries.places(short, {row.centre_id for row in found})
            themes = theme_queries.labels(short, "de")
        for row in found:
            yield _row(row, places[row.centre_id], themes, frame)
        if len(found) < at_once:
            return
        last = found[-1]


def _next(session: Session, starts: datetime, ends: datetime, last: Any, at_once: int) -> Sequence[Any]:
    query = select(*(getattr(Event, name) for name in _READ)).where(Event.starts_at >= starts, Event.starts_at < ends)
    if last is not None:
        here = [literal(getattr(last, column.key), column.type) for column in _ORDER]
        after = tuple_(*_ORDER) > tuple_(*here)
        query = query.where(Event.starts_at >= last.starts_at, after)
    return session.execute(query.order_by(*_ORDER).limit(at_once)).all()


def _row(row: Any, place: centre_queries.Place, themes: Any, frame: Frame) -> Row:
    return (
        row.id, row.centre_id, place.name, place.district, place.quarter, row.kind, row.state, row.title, row.summary,
        row.theme, themes.get(row.theme, row.theme), joined(row.target_groups), joined(row.languages),
        joined(row.accessibility), _local(row.starts_at, frame), _local(row.ends_at, frame), row.place, place.street,
        place.postcode, place.town, row.cost_cents, row.cost_note, row.attendance, row.online_url, row.registration,
        row.age_min, row.age_max, row.capacity, row.partners, row.cancel_reason, row.series_id or "",
        _local(row.updated_at, frame), f"{frame.home}veranstaltung/{row.centre_id}/{row.id}",
    )  # fmt: skip


def _local(instant: datetime, frame: Frame) -> str:
    return instant.astimezone(frame.zone).isoformat(timespec="seconds")


PROGRAMME = Dataset(
    key="programm",
    title=_l("Programme of the centres"),
    about=_l("Every published date of offers and events, from a year ago to a year ahead. Cancelled ones stay."),
    rhythm=_l("at once when a centre publishes something"),
    themes=("EDUC", "SOCI"),
    keywords=("Veranstaltungen", "Veranstaltungskalender", "Programm", "Stadtteilzentrum", "Termine"),
    frequency="CONT",
    columns=(
        Column("id", _l("Id of the date, the same for good")),
        Column("zentrum_id", _l("Id of the centre, the same in all data sets")),
        Column("zentrum", _l("Name of the centre")),
        Column("stadtbezirk", _l("District")),
        Column("stadtteil", _l("Quarter")),
        Column("art", _l("Kind: offer, event, open_meeting, consultation or politician_surgery")),
        Column("status", _l("published or cancelled")),
        Column("titel", _l("Title")),
        Column("kurzbeschreibung", _l("What it is about, in a sentence or two")),
        Column("thema", _l("Theme as a key")),
        Column("thema_name", _l("Name of the theme")),
        Column("zielgruppen", _l("Target groups as keys with a bar between them")),
        Column("sprachen", _l("Languages that are spoken, as codes (ISO 639) with a bar between them")),
        Column("barrierefreiheit", _l("Accessibility features as keys with a bar between them")),
        Column("beginn", _l("Begins at, local time with its distance from UTC (ISO 8601)")),
        Column("ende", _l("Ends at, local time with its distance from UTC (ISO 8601)")),
        Column("veranstaltungsort", _l("Place, if it is not the house itself")),
        Column("strasse", _l("Street and house number of the centre")),
        Column("plz", _l("Postcode")),
        Column("ort", _l("Town")),
        Column("kosten_cent", _l("Price in cents; 0 is free of charge, empty: see the note")),
        Column("kosten_hinweis", _l("Note about the price")),
        Column("teilnahme", _l("on_site, online or hybrid")),
        Column("online_adresse", _l("Where to take part online")),
        Column("anmeldung", _l("Whether to register: none, wanted or required")),
        Column("alter_von", _l("For ages from, in years")),
        Column("alter_bis", _l("For ages up to, in years")),
        Column("plaetze", _l("Places; empty is no limit")),
        Column("mit", _l("Partners")),
        Column("absagegrund", _l("Why it was cancelled")),
        Column("serie", _l("Id that the dates of a series share")),
        Column("geaendert", _l("When the centre last changed it")),
        Column("link", _l("Page about it")),
    ),
    rows=rows,
    mark=mark,
    covers=days,
    streams=True,
    feed="calendar_feeds.feed",
)
