"""The counter of the HTTP API: who calls, what the token may do, one transaction a call, how a no sounds.

Rule: a call is the same act as a press on a page: the same right, the same service, the same
refusals, the same audit log. Nothing is decided here.
Rule: a call that changes something may carry an `Idempotency-Key`. Its answer is kept in the same
transaction, so a device that did not hear it asks again and is told, and nothing is done twice.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from json import JSONDecodeError
from typing import Any

from flask import Request, Response, current_app, g, request
from sqlalchemy.orm import Session
from webargs import missing
from webargs.flaskparser import FlaskParser, is_json_request

from node.api.models import KeptAnswer
from node.api.wording import in_words
from node.core.db import reading, transaction
from node.core.rights import Right
from node.devices import service as devices
from shared.errors import Refusal
from shared.time import now, to_wire
from shared.web.actors import Actor, ActorKind, act_as
from shared.web.calls import Calls, Problem, View, fresh_or_304, snake
from shared.web.calls import calls as calls_of

KEY_HEADER = "Idempotency-Key"
KEY_LENGTH_MAX = 80


class _Parser(FlaskParser):
    """Refuses arguments in the address that a call does not know: a misspelt filter would silently give everything.

    Reads JSON as the whole site does: webargs' own reader falls over a body that is nested deeply.
    """

    DEFAULT_UNKNOWN_BY_LOCATION = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "query": None}  # noqa: RUF012 (the base's)

    def _raw_load_json(self, req: Request) -> Any:
        body = req.get_data()
        if not body:
            return missing
        if not is_json_request(req):
            raise Problem(415, "not_json", "Send JSON, and say so: Content-Type: application/json.")
        try:
            return current_app.json.loads(body)
        except ValueError as error:
            raise JSONDecodeError("no JSON", "?", 0) from error  # with an empty text it would count as no body


def calls(name: str, about: str) -> Calls:
    """Return a blueprint of the API for one subject; `about` stands in its description."""
    made = calls_of(name, f"node.api.{name}", about)
    made.ARGUMENTS_PARSER = _Parser()
    return made


def allowed(right: Right | None = None) -> Callable[[View], View]:
    """Guard a call: the token must carry `right` (None: any valid token). The view's first argument is the session.

    A GET reads from one snapshot; anything else is one transaction, committed with its answer.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            _identify(right)
            if request.method == "GET":
                with reading() as session:
                    return fresh_or_304(_answered(session, view, args, kwargs))
            return _carried_out(view, args, kwargs)

        guarded.needs_token = right  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return decorate


def by() -> str:
    """Return the name that stands beside what this call does."""
    name: str = g.device.name
    return name


def may(right: Right) -> bool:
    """Tell whether this call's token carries `right`."""
    return devices.may(g.device, right)


def _identify(right: Right | None) -> None:
    """Find whose token this is; the same answer for no token, a wrong one and a revoked one."""
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    with reading() as session:
        found = devices.find_device(session, token.strip(), now()) if scheme.lower() == "bearer" else None
    if found is None:
        raise Problem(401, "no_token", "Send a valid token of this house: Authorization: Bearer <token>.")
    if right is not None and not devices.may(found, right):
        raise Problem(403, "not_allowed", f"This token may not do that: it lacks the right {right.value!r}.")
    g.device = found
    act_as(Actor(ActorKind.DEVICE, found.id))
    if devices.is_use_due(found, now()):
        with transaction() as session:
            devices.note_use(session, found.id, now())


def _carried_out(view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Response:
    """Do the call in one transaction; if it was done before under the same key, only answer again."""
    key = request.headers.get(KEY_HEADER, "").strip()
    if len(key) > KEY_LENGTH_MAX:
        raise Problem(422, "key_too_long", f"{KEY_HEADER} has at most {KEY_LENGTH_MAX} characters.")
    with transaction() as session:
        kept = session.get(KeptAnswer, (g.device.id, key)) if key else None
        if kept is not None:
            return _again(kept)
        answer = _answered(session, view, args, kwargs)
        if key:
            session.add(
                KeptAnswer(
                    device_id=g.device.id,
                    key=key,
                    digest=_digest(),
                    code=answer.status_code,
                    body=answer.get_data(as_text=True),
                    answered_at=now(),
                )
            )
        return answer


def _answered(session: Session, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Response:
    """Let the view work. A refusal is put into words here, while the session still knows its culprit."""
    try:
        return current_app.make_response(view(session, *args, **kwargs))
    except Refusal as refusal:
        raise refused_as(refusal) from refusal


def _again(kept: KeptAnswer) -> Response:
    if kept.digest != _digest():
        raise Problem(422, "key_used", f"This {KEY_HEADER} was used for another call. Take a fresh one for each call.")
    return Response(kept.body, kept.code, mimetype="application/json", headers={"Idempotent-Replay": "true"})


def _digest() -> str:
    """Return what tells one call from another: its address and what was sent."""
    told = f"{request.method} {request.full_path}\n".encode() + request.get_data(cache=True)
    return hashlib.sha256(told).hexdigest()


def refused_as(refusal: Refusal, **more: Any) -> Problem:
    """Return the problem that a refusal is: the reason as a stable key, in words, and what is in the way."""
    name = type(refusal).__name__
    code = 404 if name.endswith("Unknown") else 409
    culprit = {key: _plain(value) for key, value in vars(refusal).items() if not key.startswith("_")}
    told = {"culprit": culprit, **more} if culprit else more
    return Problem(code, snake(name), in_words(refusal), **told)


def _plain(value: Any) -> Any:
    """Return what JSON can say of a culprit's attribute."""
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    if hasattr(value, "_asdict"):
        return {key: _plain(part) for key, part in value._asdict().items()}
    if hasattr(value, "isoformat"):
        return to_wire(value) if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(part) for part in value]
    return getattr(value, "id", None)
