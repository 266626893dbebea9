"""What stands over every answer of both sites, whichever address it is."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from hub.widget import frames
from hub.widget.views import WITH_PREVIEW
from shared.web import security
from tests.guards import address, rules
from tests.security.conftest import Place

# The frames of /einbetten are made for other sites; nothing in them can run, nor be sent anywhere.
POLICIES = {"widget.frame": frames.POLICY, "widget.event_frame": frames.POLICY, "widget.arrange": WITH_PREVIEW}
# What may be kept, for it is the same for everybody; the last is a script.
FOR_CACHES = (
    "api_centres.", "api_city.", "api_events.", "api_free_spaces.", "api_spaces.", "calendar_feeds.",
    "open_data_catalogue.", "open_data_files.", "widget.", "visits.worker",
)  # fmt: skip
WRITING = {"POST", "PUT", "PATCH", "DELETE"}


Seen = list[tuple[str, int, Any]]


def answers(place: Place, client: FlaskClient, method: str = "GET", **more: Any) -> Iterator[tuple[str, Any]]:
    """Yield every endpoint that takes `method` with its answer."""
    for rule in rules(place.app):
        if method in (rule.methods or ()):
            answer = client.open(address(place.app, rule), method=method, **more)
            yield rule.endpoint, answer
            answer.close()


@pytest.fixture(scope="session")
def walks() -> dict[tuple[str, str], Seen]:
    """What was seen on walks through the sites, by site and walker; each is gone once."""
    return {}


@pytest.fixture(params=["visitor", "person"])
def seen(request: pytest.FixtureRequest, place: Place, walks: dict[tuple[str, str], Seen]) -> Seen:
    """Each address of a site as somebody gets it who comes from another site: endpoint, status, headers."""
    key = place.app.name, request.param
    if key not in walks:
        client = getattr(place, request.param)()
        found = answers(place, client, headers={"Origin": "https://elsewhere.example"})
        walks[key] = [(endpoint, answer.status_code, answer.headers) for endpoint, answer in found]
    return walks[key]


def test_every_answer_is_guarded(seen: Seen) -> None:
    """The policy for contents without an exception but the frames, and the other headers."""
    assert len(seen) > 60
    for endpoint, status, headers in seen:
        assert headers["Content-Security-Policy"] in (security.POLICY, POLICIES.get(endpoint)), endpoint
        assert headers["Referrer-Policy"] in ("same-origin", "no-referrer"), endpoint
        assert headers["Cross-Origin-Resource-Policy"] in ("same-origin", "cross-origin"), endpoint
        for name in ("X-Content-Type-Options", "Cross-Origin-Opener-Policy", "Permissions-Policy"):
            assert headers[name] == security.HEADERS[name], endpoint
        assert status < 500, endpoint


def test_scripts_of_other_sites_read_public_answers_only(seen: Seen) -> None:
    """No answer allows a named foreign site, and none allows cookies."""
    for endpoint, _status, headers in seen:
        assert headers.get("Access-Control-Allow-Origin") in (None, "*"), endpoint
        assert "Access-Control-Allow-Credentials" not in headers


def test_every_text_says_how_it_is_written(seen: Seen) -> None:
    """A browser need not guess."""
    for endpoint, status, headers in seen:
        said = headers.get("Content-Type", "")
        assert said or status in (204, 301, 302, 303, 304, 308), endpoint
        assert "charset=utf-8" in said or not said.startswith("text/"), endpoint


def test_no_policy_lets_in_what_is_written_into_a_page() -> None:
    """Neither inline scripts nor styles, no evaluation, and everything from this site alone."""
    for policy in (security.POLICY, *POLICIES.values()):
        parts = dict(part.split(" ", 1) for part in policy.split("; "))
        assert parts["default-src"] == "'none'"
        assert "unsafe" not in policy
        assert parts.get("script-src", "'none'") in ("'self'", "'none'")
        sources = " ".join(said for name, said in parts.items() if name != "frame-ancestors").split()
        assert set(sources) <= {"'self'", "'none'", "data:"}
    assert "data:" not in "".join(part for part in security.POLICY.split("; ") if not part.startswith("img-src"))


def test_only_the_frames_may_be_framed(city: Place) -> None:
    """By any site, for that is what they are for; and they hold neither script nor form."""
    with city.visitor().get("/einbetten/liste") as answer:
        assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]
        assert "Set-Cookie" not in answer.headers
        assert "<script" not in answer.text
        assert "<form" not in answer.text
    assert "frame-ancestors 'none'" in city.visitor().get("/einbetten").headers["Content-Security-Policy"]


@pytest.mark.parametrize("seen", ["person"], indirect=True)
def test_what_a_signed_in_person_sees_is_kept_nowhere(seen: Seen) -> None:
    """Neither in the browser of a shared tablet nor in a cache between; what is the same for everybody may be."""
    kept = {endpoint for endpoint, _status, headers in seen if "no-store" not in headers["Cache-Control"]}
    assert [endpoint for endpoint in sorted(kept) if not endpoint.startswith(FOR_CACHES)] == []
    for endpoint, _status, headers in seen:
        assert "public" not in headers["Cache-Control"] or endpoint in kept


def test_over_https_browsers_are_told_to_stay_there(make_place: Callable[..., Place]) -> None:
    """Each answer says so, where the settings say that there is https; else none does."""
    for secure in (True, False):
        place = make_place(secure_cookies=secure)
        for path in ("/anmelden", "/nirgends", "/web/css/page.css", "/api/1/openapi.json", "/healthz"):
            with place.visitor().get(path) as answer:
                assert ("Strict-Transport-Security" in answer.headers) is secure, path


def outside_of_forms(place: Place) -> set[str]:
    """Return the endpoints that take no token of a form."""
    guard: Any = place.app.extensions["csrf"]
    blueprints = {blueprint.name for blueprint in guard._exempt_blueprints}
    views = {name for name, view in place.app.view_functions.items() if full_name(view) in guard._exempt_views}
    return views | {name for name in place.app.view_functions if name.rpartition(".")[0] in blueprints}


def full_name(view: Any) -> str:
    return f"{view.__module__}.{view.__name__}"


def test_every_form_needs_its_token(place: Place) -> None:
    """Each address that changes something, for somebody who may do everything: without the token nothing happens."""
    client, outside, checked = place.person(), outside_of_forms(place), 0
    for rule in rules(place.app):
        for method in sorted(WRITING & (rule.methods or set())):
            answer = client.open(address(place.app, rule), method=method)
            if rule.endpoint in outside:  # a token, a signature, a code speaks for who asks, never a cookie
                assert answer.status_code in (400, 401, 403), rule.endpoint
            else:
                assert answer.status_code == 400, rule.endpoint
                checked += 1
            answer.close()
    assert checked > 20


def test_whoever_needs_no_token_is_known_by_name(place: Place) -> None:
    """Addresses outside the forms: calls of programs, a sensor, a centre; each proves itself in another way."""
    known = ("api_", "sensor_inlet.", "calls.", "joining.ask")
    assert [name for name in sorted(outside_of_forms(place)) if not name.startswith(known)] == []


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "X" * 40])
def test_methods_that_nobody_uses_are_refused(place: Place, method: str) -> None:
    """And a header cannot turn one into another."""
    assert place.visitor().open("/anmelden", method=method).status_code == 405
    for name in ("X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"):
        assert place.visitor().get("/anmelden", headers={name: "POST"}).status_code == 200


def test_head_and_options_say_no_more_than_get(place: Place) -> None:
    """HEAD has no body; OPTIONS names the methods; neither opens what GET does not."""
    client = place.visitor()
    for method in ("HEAD", "OPTIONS"):
        for endpoint, answer in answers(place, client, method):
            assert answer.status_code < 500, endpoint
            assert method == "OPTIONS" or answer.data == b"", endpoint


def test_passwords_and_codes_tell_browsers_what_they_are(place: Place) -> None:
    """So that a password manager can fill them in."""
    page = place.visitor().get("/anmelden").text
    assert 'autocomplete="current-password"' in page
    assert 'autocomplete="username"' in page
    assert place.person().get("/konto").text.count('autocomplete="new-password"') == 2
