"""Calls an API with what its own description allows and with what it does not, and holds every answer against it.

Rule: the same calls in every run, so that a failure is there for whoever looks. More and others with
STADTHERZ_CALLS=500, as many for each call of the API.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from shared.time import to_wire

CALLS_VARIABLE = "STADTHERZ_CALLS"
CALLS = int(os.environ.get(CALLS_VARIABLE, "8"))
HELD = (
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
)
DESCRIPTION = "/api/1/openapi.json"
MODES = {"what it allows": GenerationMode.POSITIVE, "what it does not": GenerationMode.NEGATIVE}
schemathesis.openapi.format(
    "date-time",
    st.integers(0, 3 * 366).map(lambda days: to_wire(datetime(2026, 1, 1, 9, tzinfo=UTC) + timedelta(days=days))),
)


def subjects(modules: Sequence[Any]) -> list[str]:
    """Return the names of an API's subjects, as its description has them."""
    return [module.api.name for module in modules]


def description_of(app: Flask) -> Any:
    """Return what the API says of itself. Calls seem to come from this machine, as in the other tests."""
    answering = app.wsgi_app

    def from_here(environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        return answering({**environ, "REMOTE_ADDR": "127.0.0.1"}, start)

    app.wsgi_app = from_here  # type: ignore[method-assign]
    return schemathesis.openapi.from_wsgi(DESCRIPTION, app)


def operations(description: Any, subject: str) -> Iterator[Any]:
    """Yield the calls of one subject."""
    for found in description.get_all_operations():
        operation = found.ok()
        if subject in operation.tags:
            yield operation


def call_all(
    description: Any, subject: str, mode: GenerationMode, headers: Mapping[str, str], known: Mapping[str, str]
) -> int:
    """Make the calls of a subject and hold what comes back against the description; return how many were made.

    `known` are ids that exist, by the names of arguments: half of what is allowed names them.
    """
    made = 0
    for operation in operations(description, subject):
        if mode is GenerationMode.NEGATIVE and not _can_be_wrong(operation):
            continue

        @given(operation.as_strategy(generation_mode=mode), st.booleans())
        @settings(
            max_examples=CALLS,
            deadline=None,
            database=None,
            derandomize=CALLS_VARIABLE not in os.environ,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        )
        def hold(case: Any, with_known: bool) -> None:
            nonlocal made
            made += 1
            if with_known and mode is GenerationMode.POSITIVE:
                _name_known(case, known)
            answer = case.call(headers=dict(headers))
            case.validate_response(answer, checks=list(HELD), headers=dict(headers))

        hold()
    return made


def _can_be_wrong(operation: Any) -> bool:
    """Tell whether there is anything to get wrong: some text is an id that may be, and nothing else is said."""
    return bool(operation.body) or any(True for _ in operation.query)


def _name_known(case: Any, known: Mapping[str, str]) -> None:
    for said in (case.path_parameters, case.query, case.body, *_inner(case.body)):
        if isinstance(said, dict):
            said.update({name: known[name] for name in said if name in known})


def _inner(body: Any) -> Iterator[Any]:
    if isinstance(body, dict):
        yield from (value for value in body.values() if isinstance(value, dict))
