"""How a call is answered: one snapshot, JSON, a mark to ask again by, for scripts of every site.

Rule: an answer does not depend on who asks nor on their language, so it may lie in any cache for a minute.
"""

from collections.abc import Callable, Iterable
from datetime import date
from functools import wraps
from typing import Any

import orjson
from flask import Response, request
from marshmallow import Schema, validate

from hub.core.db import reading
from shared.records.base import Day
from shared.time import YEARS
from shared.web import calls as shared_calls
from shared.web.calls import Calls, Problem, View, fresh_or_304
from shared.web.security import open_to_all

FRESH_FOR = "public, max-age=60"  # a cancellation is known a minute later at most
_AS_INSTANTS = orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS


def day_wanted(about: str) -> Day:
    """Return the field of a day; far years are refused, in which no instant can be told."""
    first, last = date(YEARS[0] + 1, 1, 1), date(YEARS[1] - 1, 12, 31)
    return Day(load_default=None, validate=validate.Range(first, last), metadata={"description": about})


def calls(name: str, about: str) -> Calls:
    """Return a blueprint of the API for one subject."""
    made = shared_calls.calls(name, f"hub.api.{name}", about)
    made.after_request(open_to_all)
    return made


def answered(wanted: type[Schema] | None = None) -> Callable[[View], View]:
    """Let a view answer with plain data; its first argument is the session.

    An argument that `wanted` does not know is refused: a misspelt filter would silently give everything.
    """
    known = wanted().fields.keys() if wanted else ()

    def decorate(view: View) -> View:
        @wraps(view)
        def told(*args: Any, **kwargs: Any) -> Response:
            _refuse_unknown(known)
            with reading() as session:
                found = view(session, *args, **kwargs)
            response = Response(orjson.dumps(found, option=_AS_INSTANTS), mimetype="application/json")
            response.headers["Cache-Control"] = FRESH_FOR
            return fresh_or_304(response)

        return told  # type: ignore[return-value]

    return decorate


def _refuse_unknown(known: Iterable[str]) -> None:
    unknown = sorted(set(request.args) - set(known))
    if unknown:
        names = ", ".join(known) or "none"
        raise Problem(422, "unknown_argument", f"Unknown: {', '.join(unknown)}. This call knows: {names}.")


def as_dict(row: Any) -> dict[str, Any]:
    """Return a row of a query as plain data."""
    found: dict[str, Any] = row._asdict()
    return found
