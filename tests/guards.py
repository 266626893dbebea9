"""Who may open which address of an app: a table in words, and the walk that holds an app against it.

A line of a table is a blueprint and its views: `bookings: day show`. Files under `static` are everybody's.
"""

from collections.abc import Iterator
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from shared.ids import new_id

LAST = "accounts.sign_out"  # ends the session that the walk needs
FILLED = {
    "UUIDConverter": new_id(),
    "IntegerConverter": 1,
    "PathConverter": "nothing.css",
    "UnicodeConverter": new_id(),
}


def endpoints(lines: str) -> Iterator[str]:
    """Return the endpoints of a part of the table."""
    blueprint = ""
    for word in lines.split():
        if word.endswith(":"):
            blueprint = "" if word == "-:" else f"{word[:-1]}."
        else:
            yield f"{blueprint}{word}"


def rules(app: Flask) -> list[Rule]:
    """Return the addresses of the app without its files, the one that signs out last."""
    found = [rule for rule in app.url_map.iter_rules() if not rule.endpoint.endswith(".static")]
    return sorted(found, key=lambda rule: (rule.endpoint == LAST, rule.endpoint, rule.rule))


def address(app: Flask, rule: Rule) -> str:
    """Return an address of this rule; what it names does not exist."""
    values: dict[str, Any] = {}
    for name in rule.arguments:
        converter = rule._converters[name]
        options = getattr(converter, "items", None) or []
        values[name] = min(options) if options else FILLED[type(converter).__name__]
    with app.test_request_context():
        built = rule.build(values)
    assert built is not None, rule
    return str(built[1])


def let_in(client: FlaskClient, method: str, path: str) -> bool | str:
    """Tell whether this client gets past the guard; a word if something else went wrong."""
    answer = client.open(path, method=method)
    answer.close()  # some are files
    if answer.status_code >= 500:
        return f"answered {answer.status_code}"
    asked_to_sign_in = answer.status_code == 302 and answer.headers["Location"].startswith("/anmelden?")
    return not (answer.status_code in (401, 403) or asked_to_sign_in)


def strangers(app: Flask, client: FlaskClient, who: str, allowed: dict[str, tuple[str, ...]]) -> list[str]:
    """Return where the guards do not stand as `allowed` says for `who`, who asks with `client`."""
    wrong = []
    for rule in rules(app):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            found = let_in(client, method, address(app, rule))
            if found is not (who in allowed.get(rule.endpoint, ())):
                wrong.append(f"{method} {rule.endpoint}: {found}")
    return wrong
