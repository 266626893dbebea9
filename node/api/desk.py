"""The counter of the HTTP API: who calls, what the token may do, one transaction a call, how a no sounds.

Rule: a call is the same act as a press on a page: the same right, the same service, the same
refusals, the same audit log. Nothing is decided here.
Rule: a call that changes something may carry an `Idempotency-Key`. Its answer is kept in the same
transaction, so a device that did not hear it asks again and is told, and nothing is done twice.
"""

import hashlib
import re
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, Protocol, TypeVar, cast

from flask import Response, current_app, g, jsonify, request
from flask_smorest import Blueprint
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from node.api.models import KeptAnswer
from node.api.wording import in_words
from node.core.actors import Actor, ActorKind, act_as
from node.core.db import reading, transaction
from node.core.rights import Right
from node.devices import service as devices
from shared.errors import Refusal
from shared.time import now, to_wire

View = TypeVar("View", bound=Callable[..., Any])
KEY_HEADER = "Idempotency-Key"
KEY_LENGTH_MAX = 80


class Calls(Protocol):
    """What subjects use of flask-smorest's blueprint, with types."""

    def get(self, rule: str) -> Callable[[View], View]: ...
    def post(self, rule: str) -> Callable[[View], View]: ...
    def put(self, rule: str) -> Callable[[View], View]: ...
    def delete(self, rule: str) -> Callable[[View], View]: ...
    def arguments(self, schema: Any, *, location: str = "json") -> Callable[[View], View]: ...
    def response(self, code: int, schema: Any = None) -> Callable[[View], View]: ...


class Problem(Exception):
    """A call that cannot be answered as wanted: what the caller gets instead."""

    def __init__(self, code: int, reason: str, text: str, **more: Any) -> None:
        super().__init__(text)
        self.code, self.reason, self.text, self.more = code, reason, text, more


def calls(name: str, about: str) -> Calls:
    """Return a blueprint of the API for one subject; `about` stands in its description."""
    made = Blueprint(f"api_{name}", f"node.api.{name}", url_prefix=f"/api/1/{name}", description=about)
    made.register_error_handler(Problem, _problem)
    made.register_error_handler(HTTPException, _failed)
    return cast("Calls", made)


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
                    return _fresh_or_304(_answered(session, view, args, kwargs))
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


def _fresh_or_304(response: Response) -> Response:
    response.add_etag()
    response.make_conditional(request)
    return response


def _problem(problem: Problem) -> tuple[Response, int]:
    return jsonify(code=problem.code, reason=problem.reason, message=problem.text, **problem.more), problem.code


def refused_as(refusal: Refusal, **more: Any) -> Problem:
    """Return the problem that a refusal is: the reason as a stable key, in words, and what is in the way."""
    name = type(refusal).__name__
    code = 404 if name.endswith("Unknown") else 409
    culprit = {key: _plain(value) for key, value in vars(refusal).items() if not key.startswith("_")}
    told = {"culprit": culprit, **more} if culprit else more
    return Problem(code, _snake(name), in_words(refusal), **told)


def _failed(error: HTTPException) -> tuple[Response, int]:
    """What the web itself refuses: a malformed body, a method that is not there."""
    found = getattr(error, "data", None) or {}
    errors = found.get("messages")
    more = {"errors": errors} if errors else {}
    reason = _snake((error.name or "error").replace(" ", ""))
    return _problem(Problem(error.code or 500, reason, error.description or "", **more))


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


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
