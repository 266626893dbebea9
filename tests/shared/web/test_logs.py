"""What the log says of a request or a fault, and what it never says."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, g
from sqlalchemy.exc import OperationalError

from shared.errors import ConfigError
from shared.web import logs

NAME = "Frau Özdemir"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What a log in JSON gets; the root logger is as before afterwards."""
    root, said = logging.getLogger(), io.StringIO()
    before = root.handlers[:], root.level, logging.getLogger("stadtherz.requests").level
    listener = logging.StreamHandler(said)
    listener.setFormatter(logs.JsonLines())
    root.addHandler(listener)
    root.setLevel(logging.INFO)
    logging.getLogger("stadtherz.requests").setLevel(logging.INFO)
    yield said
    root.handlers, root.level = before[0], before[1]
    logging.getLogger("stadtherz.requests").setLevel(before[2])


@pytest.fixture
def app() -> Flask:
    """An app with a page that knows secrets, and one that stumbles over them."""
    made = Flask("notes")
    logs.equip(made, trusted=False)

    @made.get("/brief/<key>")
    def letter(key: str) -> str:
        logging.getLogger("notes").info("somebody reads a letter")
        return key

    @made.get("/fehler/<key>")
    def fault(key: str) -> str:
        raise KeyError(f"{NAME} {key}")

    return made


def lines(written: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_a_request_is_its_endpoint(app: Flask, written: io.StringIO) -> None:
    """The address may hold a key or what somebody sought: neither is in the log."""
    answer = app.test_client().get("/brief/geheim-4711?suche=Özdemir")
    assert "geheim" not in written.getvalue()
    assert "zdemir" not in written.getvalue()
    of_page, of_request = lines(written)
    assert (of_page["message"], of_page["request_id"]) == ("somebody reads a letter", answer.headers["X-Request-Id"])
    assert {name: of_request[name] for name in ("endpoint", "method", "status")} == {
        "endpoint": "letter",
        "method": "GET",
        "status": 200,
    }
    assert of_request["took_ms"] >= 0


def test_a_fault_is_its_class_and_its_place(app: Flask, written: io.StringIO) -> None:
    """Neither what the exception quotes nor the address that Flask quotes."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    assert app.test_client().get("/fehler/geheim-4711").status_code == 500
    assert "geheim" not in written.getvalue()
    assert NAME not in written.getvalue()
    fault = next(line for line in lines(written) if "error" in line)
    assert fault["error"] == "KeyError"
    assert fault["message"] == "Exception on fault [GET]"
    assert "test_logs.py" in fault["trace"][-1]


def test_only_a_proxy_that_is_trusted_numbers_requests(app: Flask) -> None:
    """And only with a number that is none of a person's words."""
    wish = {"X-Request-Id": "from-outside-1"}
    assert app.test_client().get("/brief/x", headers=wish).headers["X-Request-Id"] != "from-outside-1"
    behind = Flask("behind")
    logs.equip(behind, trusted=True)
    behind.add_url_rule("/", "home", lambda: "x")
    assert behind.test_client().get("/", headers=wish).headers["X-Request-Id"] == "from-outside-1"
    odd = {"X-Request-Id": "Frau Müller"}
    assert behind.test_client().get("/", headers=odd).headers["X-Request-Id"] != "Frau Müller"


def failed(error: Exception) -> Any:
    """Return what `sys.exc_info` says while this is handled."""
    try:
        raise error
    except type(error) as caught:
        return type(caught), caught, caught.__traceback__


def test_people_read_the_same_in_lines() -> None:
    """The form for people keeps the same silence."""
    text = logs.PlainLines().formatException(failed(ValueError(NAME)))
    assert text.endswith("ValueError")
    assert NAME not in text
    assert "test_logs.py" in text


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ConfigError("web_port: no"), "ConfigError: web_port: no"),
        (
            OperationalError("SELECT 'Müller'", None, Exception("database is locked")),
            "OperationalError: database is locked",
        ),
        (ValueError(NAME), "ValueError"),
    ],
)
def test_what_is_no_persons_may_be_said(error: Exception, said: str) -> None:
    """Our own words, and the complaint of a database without its statement."""
    assert logs.PlainLines().formatException(failed(error)).splitlines()[-1] == said


def test_a_job_is_named(app: Flask, written: io.StringIO) -> None:
    """A line of a job says which one."""
    from_job = logging.getLogger("notes")
    with app.app_context():
        g.job = "laundry"
        from_job.info("done")
    from_job.info("outside")
    inside, outside = lines(written)
    assert inside["job"] == "laundry"
    assert "job" not in outside


def test_a_line_is_a_line(written: io.StringIO) -> None:
    """Whatever is in a message, one event stays one line."""
    logging.getLogger("notes").info("first\nsecond")
    assert len(written.getvalue().splitlines()) == 1
