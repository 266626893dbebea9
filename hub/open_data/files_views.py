"""The data sets as files, for whoever and whatever wants them: CSV and JSON, under addresses that stay.

Rows are sent while they are read, so a large file neither waits nor fills the memory. Each answer says
when the data last changed; who has that version gets 304. Scripts of any site may read them.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import orjson
from flask import Blueprint, Response, abort, request
from flask_babel import force_locale
from werkzeug.wrappers import Response as AnyResponse

from hub.core.db import reading
from hub.open_data.columns import Dataset, Frame, Row
from hub.open_data.publishing import BY_KEY, DATA_LANGUAGE, State, frame, note, rows_of, state
from shared.time import to_wire
from shared.web.security import open_to_all

machine = Blueprint("open_data_files", __name__, url_prefix="/offene-daten")
machine.after_request(open_to_all)
AT_ONCE = 500  # rows of one piece on the wire
TYPES = {"csv": "text/csv; charset=utf-8; header=present", "json": "application/json"}


@machine.get("/<key>.<any(csv, json):ending>")
def file(key: str, ending: str) -> AnyResponse:
    """Give a data set as a file."""
    dataset = BY_KEY.get(key) or abort(404)
    with reading() as session:
        about = frame(session)
        rows = rows_of(session, dataset, about)
        seen = state(session, dataset, about, rows)
    note(dataset, seen)
    answer = Response(content_type=TYPES[ending])
    answer.set_etag(f"{seen.fingerprint[:32]}-{ending}", weak=True)
    answer.last_modified = seen.changed_at
    answer.headers["Cache-Control"] = "public, no-cache"  # may be kept, must be asked for
    answer.headers["Content-Disposition"] = f'inline; filename="{key}.{ending}"'
    sent, head = iter(rows), _head(dataset, about, seen)
    answer.response = _csv(dataset, sent) if ending == "csv" else _json(dataset, sent, head)
    return answer.make_conditional(request)  # asked of an answer without rows it would promise a length of none


def _csv(dataset: Dataset, rows: Iterator[Row]) -> Iterator[str]:
    """Commas and a point, as RFC 4180 and programs want it; spreadsheets of people get theirs from the reports."""
    yield _lines([[column.name for column in dataset.columns]])
    for some in _pieces(rows):
        yield _lines([_plain(value) for value in row] for row in some)


def _head(dataset: Dataset, about: Frame, seen: State) -> dict[str, str]:
    with force_locale(DATA_LANGUAGE):
        return {
            "datensatz": dataset.key,
            "titel": str(dataset.title),
            "stand": to_wire(seen.changed_at),
            "quelle": about.terms.publisher,
            "lizenz": about.terms.licensed.uri,
        }


def _json(dataset: Dataset, rows: Iterator[Row], head: dict[str, str]) -> Iterator[bytes]:
    """One object: what the data are, and `zeilen`, an object for each row."""
    names = [column.name for column in dataset.columns]
    yield orjson.dumps(head)[:-1] + b',"zeilen":['
    between = b""
    for some in _pieces(rows):
        yield between + b",\n".join(orjson.dumps(dict(zip(names, row, strict=True))) for row in some)
        between = b",\n"
    yield b"]}\n"


def _pieces(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while some := list(islice(rows, AT_ONCE)):
        yield some


def _lines(rows: Iterable[Iterable[Any]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def _plain(value: Any) -> Any:
    return ("wahr" if value else "falsch") if isinstance(value, bool) else value
