"""The log: plain for people, or one JSON object a line for machines. Both commands write it to stderr.

Rule: no personal data and no secret. So a request is its endpoint and never its address, which may
hold a key or what somebody searched for; an exception is its class and where it happened, and its
text only where the text is ours or the database's own complaint. A request's number stands in every
line that it causes, and in the header `X-Request-Id` of its answer.
"""

import logging
import re
import sys
import time
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

import orjson
from flask import Flask, Response, g, has_app_context, has_request_context, request
from sqlalchemy.exc import OperationalError

from shared.errors import ConfigError, Refusal, WireError
from shared.ids import new_id

JSON, PLAIN = "json", "plain"
HEADER = "X-Request-Id"
_GIVEN = re.compile(r"[A-Za-z0-9_-]{8,64}")
_TELLING = (ConfigError, Refusal, WireError, OperationalError)  # exceptions whose text is no person's
_REQUESTS = logging.getLogger("stadtherz.requests")
_Failure = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def log_to_stderr(form: str = PLAIN) -> None:
    """Let the log go where a service manager collects it, one line an event."""
    listener = logging.StreamHandler(sys.stderr)
    listener.setFormatter(JsonLines() if form == JSON else PlainLines())
    logging.basicConfig(handlers=[listener], level=logging.INFO, force=True)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a queue of one is no news
    _REQUESTS.setLevel(logging.INFO if form == JSON else logging.WARNING)  # people read what happened, not who asked


def equip(app: Flask, *, trusted: bool) -> None:
    """Number the requests of `app` and note how each ended. `trusted`: a proxy in front may number them."""

    @app.before_request
    def number() -> None:
        given = request.headers.get(HEADER, "")
        g.request_id = given if trusted and _GIVEN.fullmatch(given) else new_id()
        g.request_began = time.monotonic()

    @app.after_request
    def note(response: Response) -> Response:
        if "request_id" in g:
            response.headers[HEADER] = g.request_id
            _REQUESTS.info("request", extra={"said": _of_request(response)})
        return response


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message; request, job, error and trace where there are some."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": without_address(record.getMessage()),
            **_around(),
            **getattr(record, "said", {}),
        }
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = _headline(record.exc_info[1])
            line["trace"] = _places(record.exc_info)
        return orjson.dumps(line, default=str).decode()


class PlainLines(logging.Formatter):
    """Lines for people, with the number of the request and the places of an exception."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None  # another listener may have left the whole trace there, with what it quotes
        return super().format(record)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (the library's name)
        record.message = without_address(record.message)
        number = _around().get("request_id")
        return super().formatMessage(record) + (f" [{number}]" if number else "")

    def formatException(self, ei: Any) -> str:  # noqa: N802 (the library's name)
        return "\n".join([*(f"  {place}" for place in _places(ei)), _headline(ei[1])])


def without_address(message: str) -> str:
    """Return `message` with the endpoint where it quotes the address of the request, as Flask's own lines do."""
    if not has_request_context() or len(request.path) < 2:
        return message
    return message.replace(request.full_path.rstrip("?"), _endpoint()).replace(request.path, _endpoint())


def _around() -> dict[str, Any]:
    """Return the request or the job in which something happens."""
    if not has_app_context():
        return {}
    return {name: value for name in ("request_id", "job") if (value := g.get(name))}


def _of_request(response: Response) -> dict[str, Any]:
    took_ms = round((time.monotonic() - g.request_began) * 1000, 1)
    return {"method": request.method, "endpoint": _endpoint(), "status": response.status_code, "took_ms": took_ms}


def _endpoint() -> str:
    return request.endpoint or "no such page"


def _headline(error: BaseException | None) -> str:
    name = type(error).__name__
    if isinstance(error, OperationalError):
        return f"{name}: {error.orig}".splitlines()[0]  # the statement may hold what somebody sought
    return f"{name}: {error}" if isinstance(error, _TELLING) else name


def _places(failure: _Failure | Any) -> list[str]:
    """Return where an exception passed, the innermost place last; of those behind it only the class."""
    _kind, error, trace = failure
    places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]
    cause = error.__cause__ or error.__context__ if error is not None else None
    return [f"after {_headline(cause)}", *places] if cause is not None else places
