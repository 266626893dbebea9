"""What the HTTP APIs of both sites share: how a no sounds, and that an API lives among pages.

A problem is JSON: `code` is the status, `reason` a stable key, `message` says it in words, and
there may be more beside them.
"""

import re
from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast

from flask import Flask, Response, jsonify, request
from flask_smorest import Api, Blueprint
from marshmallow import INCLUDE, Schema, fields
from werkzeug.exceptions import HTTPException

from shared.records.base import Day, Instant

View = TypeVar("View", bound=Callable[..., Any])
VERSION = "1"
PREFIX = f"/api/{VERSION}"
DESCRIPTION = {
    "API_VERSION": VERSION,
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": PREFIX,
    "OPENAPI_JSON_PATH": "openapi.json",
}


class Calls(Protocol):
    """What subjects use of flask-smorest's blueprint, with types."""

    ARGUMENTS_PARSER: Any

    def get(self, rule: str) -> Callable[[View], View]: ...
    def post(self, rule: str) -> Callable[[View], View]: ...
    def put(self, rule: str) -> Callable[[View], View]: ...
    def delete(self, rule: str) -> Callable[[View], View]: ...
    def arguments(self, schema: Any, *, location: str = "json") -> Callable[[View], View]: ...
    def response(self, code: int, schema: Any = None) -> Callable[[View], View]: ...
    def after_request(self, function: View) -> View: ...


class Problem(Exception):
    """A call that cannot be answered as wanted: what the caller gets instead."""

    def __init__(self, code: int, reason: str, text: str, **more: Any) -> None:
        super().__init__(text)
        self.code, self.reason, self.text, self.more = code, reason, text, more


class ProblemShape(Schema):
    """What the description says of a problem; some carry more, `errors` or `culprit`, say."""

    class Meta:
        unknown = INCLUDE

    code = fields.Integer(required=True)
    reason = fields.String(required=True, metadata={"description": "A stable key"})
    message = fields.String(required=True, metadata={"description": "The reason in words"})
    errors = fields.Dict(metadata={"description": "What is wrong with what was sent, by field"})


class PagesApi(Api):  # type: ignore[misc]
    """An API among pages: its blueprints answer their own errors, all others stay pages."""

    ERROR_SCHEMA = ProblemShape

    def init_app(self, app: Flask, **options: Any) -> None:
        """Describe our own kinds of field, too."""
        super().init_app(app, **options)
        self.register_field(Instant, "string", "date-time")
        self.register_field(Day, "string", "date")

    def _register_error_handlers(self) -> None:
        """Leave the app's error pages alone."""


def calls(name: str, module: str, about: str) -> Calls:
    """Return a blueprint of the API for one subject; `about` stands in its description."""
    made = Blueprint(f"api_{name}", module, url_prefix=f"{PREFIX}/{name.replace('_', '-')}", description=about)
    made.register_error_handler(Problem, problem)
    made.register_error_handler(HTTPException, _failed)
    return cast("Calls", made)


def fresh_or_304(response: Response) -> Response:
    """Mark an answer by its content; whoever has it already gets 304 and no body."""
    response.add_etag()
    response.make_conditional(request)
    return response


def problem(found: Problem) -> tuple[Response, int]:
    """Return the answer that tells of a problem."""
    return jsonify(code=found.code, reason=found.reason, message=found.text, **found.more), found.code


def _failed(error: HTTPException) -> tuple[Response, int]:
    """What the web itself refuses: a malformed body, a method that is not there."""
    found = getattr(error, "data", None) or {}
    errors = found.get("messages")
    more = {"errors": errors} if errors else {}
    reason = snake((error.name or "error").replace(" ", ""))
    return problem(Problem(error.code or 500, reason, error.description or "", **more))


def snake(name: str) -> str:
    """Return `SpaceTaken` as `space_taken`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
