"""Files that people bring, spoilt in every way: read or refused with a word, in bounded time, and nothing by halves.

A real file of its kind is taken and cut, doubled, mixed with words of its format. Messages of the wire are spoilt
in `tests/shared/test_wire.py`.
"""

import contextlib
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hub.city import geojson
from hub.city.geojson import BadFile
from hub.holidays import service as city_holidays
from hub.holidays.service import BadEntries, NotACalendar, TooManyEntries
from node.imports import tables
from node.imports.importers import IMPORTERS, importer, template_of
from node.imports.lines import FileBroken, FileTooLarge
from node.imports.lists import Circumstances
from node.imports.reading import read_calendar
from shared.database import Database
from shared.errors import Refusal
from tests.security.conftest import Place, rows_of, token_of

BERLIN = ZoneInfo("Europe/Berlin")
SINCE, UNTIL = datetime(2026, 11, 1, tzinfo=UTC), datetime(2027, 11, 1, tzinfo=UTC)
PATIENCE_S = 20.0
CALENDAR = b"""BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//x//y//DE\r
X-WR-TIMEZONE:Europe/Berlin\r
BEGIN:VEVENT\r
UID:1@house\r
DTSTART;TZID=Europe/Berlin:20261123T100000\r
DTEND;TZID=Europe/Berlin:20261123T120000\r
RRULE:FREQ=WEEKLY;COUNT=5;BYDAY=MO\r
EXDATE;TZID=Europe/Berlin:20261130T100000\r
SUMMARY:Chor\\, laut\r
DESCRIPTION:Zeile eins\\nzwei\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:2@house\r
DTSTART;VALUE=DATE:20261224\r
DTEND;VALUE=DATE:20270107\r
SUMMARY:Weihnachtsferien\r
END:VEVENT\r
END:VCALENDAR\r
"""
OF_CALENDARS = [
    b"BEGIN:VEVENT\r\n", b"END:VEVENT\r\n", b"BEGIN:VTIMEZONE\r\n", b"END:VCALENDAR\r\n", b"RRULE:FREQ=SECONDLY\r\n",
    b"RRULE:FREQ=YEARLY;BYDAY=+400MO;BYMONTHDAY=31;BYMONTH=2\r\n", b";INTERVAL=0", b";UNTIL=99991231T235959Z", b":",
    b";", b"=", b",", b"-P1W", b"P999999999D", b"DURATION:P99999W\r\n", b"RDATE:20261123T100000,x\r\n", b"\r\n ",
    b"\xff", b"\0", b"TZID=Nowhere/There", b"00000000T000000", b"99991231", b"RECURRENCE-ID:20261123T090000Z\r\n",
    b"SEQUENCE:x\r\n", b"DTSTART:20261123T100000Z\r\n", b"BYSETPOS=-366", b"COUNT=99999999",
    b"VALUE=PERIOD", b"\xed\xa0\x80",
]  # fmt: skip
OF_TABLES = [
    b";", b",", b"\t", b'"', b'""', b"\n", b"\r", b"\r\n", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"sep=|\n", b"=1+1",
    b"-1", b"99:99", b"31.02.2026", b"0000-00-00", b"9" * 400, b"1e308", b"nan", b"\xc3\x28", b"ja", b";" * 200,
]  # fmt: skip
SQUARE = [[6.7, 51.4], [6.8, 51.4], [6.8, 51.5], [6.7, 51.5], [6.7, 51.4]]
AREAS = json.dumps(
    {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {"name": "A"}, "geometry": {"type": "Polygon", "coordinates": [SQUARE]}},
            {
                "type": "Feature",
                "properties": {"name": "B"},
                "geometry": {"type": "MultiPolygon", "coordinates": [[SQUARE]]},
            },
        ],
    }
).encode()
OF_AREAS = [
    b"[", b"]", b"{", b"}", b"null", b"1e400", b"-180", b"1e-320", b"NaN", b"true", b'"Point"', b"[]", b"[[]]", b",",
    b"0", b'"type":', b'"coordinates":', b'"crs":{"properties":{"name":1}},', b"\xff", b"[" * 2_000, b"9" * 500,
]  # fmt: skip
SPOIL = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck), database=None)


def spoilt(whole: bytes, words: list[bytes]) -> st.SearchStrategy[bytes]:
    """Return files made of `whole` by one to six changes."""
    place = st.integers(0, len(whole))
    change = st.tuples(place, st.integers(0, 40), st.sampled_from([b"", *words]), st.booleans())

    def apply(changes: list[tuple[int, int, bytes, bool]]) -> bytes:
        made = whole
        for start, length, word, is_doubled in changes:
            middle = made[start : start + length] * 2 if is_doubled else b""
            made = made[:start] + middle + word + made[start + length :]
        return made

    return st.lists(change, min_size=1, max_size=6).map(apply)


def read_or_refused(read: Callable[[], Any], *refusals: type[Exception]) -> None:
    """Read something; only `refusals` may come of it, and soon."""
    began = time.monotonic()
    with contextlib.suppress(*refusals):
        read()
    assert time.monotonic() - began < PATIENCE_S


@SPOIL
@given(spoilt(CALENDAR, OF_CALENDARS))
@example(CALENDAR)
@example(b"")
def test_a_houses_calendar_is_read_or_refused(content: bytes) -> None:
    """As everything that calendars of other programs are."""
    read_or_refused(lambda: read_calendar(content, BERLIN, SINCE, UNTIL), FileBroken, FileTooLarge)


@SPOIL
@given(spoilt(CALENDAR, OF_CALENDARS))
@example(CALENDAR)
@example(b"")
def test_the_citys_calendar_is_read_or_refused(content: bytes) -> None:
    """School holidays of a ministry, say."""
    read_or_refused(lambda: city_holidays.read_file(content, "school"), NotACalendar, TooManyEntries, BadEntries)


@SPOIL
@given(spoilt('Name;Größe;Ab\r\nSaal;80;01.12.2026\r\n"Kleiner\nSaal";;\r\n'.encode("cp1252"), OF_TABLES))
@example(b"")
def test_a_table_is_read_or_refused(content: bytes) -> None:
    """Whatever a spreadsheet saves."""
    read_or_refused(lambda: tables.read_table(content), FileBroken, FileTooLarge)


@SPOIL
@given(spoilt(AREAS, OF_AREAS))
@example(AREAS)
@example(b"")
def test_shapes_are_read_or_refused(content: bytes) -> None:
    """Whatever a map program saves."""
    read_or_refused(lambda: geojson.read(content), BadFile)


@pytest.mark.parametrize("kind", sorted(IMPORTERS))
def test_a_list_of_the_house_is_taken_whole_or_not_at_all(centre: Place, kind: str) -> None:
    """Each kind of list, spoilt: where one is refused, no record of it is there."""
    database: Database = centre.database
    at = Circumstances(BERLIN, datetime(2026, 11, 23, 8, 0, tzinfo=UTC))
    with database.reading() as session:
        whole = template_of(session, kind, at)  # type: ignore[arg-type]

    @settings(SPOIL, max_examples=25)
    @given(spoilt(whole, OF_TABLES))
    @example(whole)
    def hold(content: bytes) -> None:
        before = rows_of(database)
        try:
            with database.transaction() as session:
                importer(session, kind, at).run(content)  # type: ignore[arg-type]
        except Refusal:
            assert rows_of(database) == before

    hold()


@pytest.mark.parametrize(
    "content", [CALENDAR[:200], b"\0" * 50, b"PK\x03\x04" + bytes(100), b"<svg onload=alert(1)>", b"\xff" * 300_000]
)
def test_the_pages_take_no_file_of_another_kind(place: Place, content: bytes) -> None:
    """By what is in it, whatever its name says; nothing is kept."""
    paths = {"node": ["/import", "/einlesen"], "hub": ["/ferien/einlesen", "/stadtgebiet/datei"]}[place.app.name]
    client, before = place.person(), None
    for path in paths:
        page = client.get(path if place.app.name == "node" else path.rpartition("/")[0])
        if page.status_code != 200:
            continue
        before = rows_of(place.database)
        answer = client.post(
            path,
            data={"csrf_token": token_of(page.text), "file": (BytesIO(content), "a.ics")},
            content_type="multipart/form-data",
        )
        assert 400 <= answer.status_code < 500
        after = rows_of(place.database)
        assert {**after, "audit_entries": 0} == {**before, "audit_entries": 0}
    assert before is not None
