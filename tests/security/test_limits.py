"""How much one visitor may ask for, and what a request may be like."""

import gzip
import http.client
import threading
import time
from collections.abc import Callable, Iterator
from io import BytesIO

import pytest

from shared.ids import new_id
from shared.web import limits
from shared.web.commands import listening
from shared.web.limits import FIELDS_MAX, NETWORKS_MAX, Flood, network_of
from shared.web.site import FORM_BYTES_MAX
from tests.security.conftest import Place, sign_in, token_of

FAR = {"REMOTE_ADDR": "203.0.113.7"}
PATIENCE_S = 4.0


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("unix:", "unix:"),
    ],
)
def test_who_asks_is_a_network(address: str, network: str) -> None:
    """A customer has more addresses of IPv6 than anybody could count."""
    assert network_of(address) == network


def test_a_flood_is_counted_by_the_minute() -> None:
    """The one who floods has to wait until the minute is over, nobody else."""
    at = [0.0]
    flood = Flood(3, clock=lambda: at[0])
    assert [flood.lets_in("a") for _ in range(5)] == [True, True, True, False, False]
    assert flood.lets_in("b")
    at[0] += limits.WINDOW_S
    assert flood.lets_in("a")


def test_counting_takes_no_more_memory_than_it_may() -> None:
    """However many addresses an attacker has: those beyond the measure go uncounted until the minute is over."""
    flood = Flood(1, clock=lambda: 0.0)
    for number in range(NETWORKS_MAX + 500):
        assert flood.lets_in(str(number))
    assert len(flood) == NETWORKS_MAX
    assert not flood.lets_in("0")


def test_a_flood_is_answered_with_a_word_on_waiting(place: Place) -> None:
    """Pages say it as pages, the API as JSON; files and this very machine are not counted."""
    place.app.extensions["stadtherz.flood"].most = 4
    client = place.visitor()
    codes = [client.get("/anmelden", environ_overrides=FAR).status_code for _ in range(6)]
    assert codes == [200] * 4 + [429] * 2
    path = "/api/1/events" if place.app.name == "hub" else "/api/1/spaces"
    assert client.get(path, environ_overrides=FAR).json["reason"] == "too_many_requests"
    with client.get("/web/css/page.css", environ_overrides=FAR) as file:
        assert file.status_code == 200
    assert "Zu viele Versuche" in client.get("/anmelden", environ_overrides=FAR).text
    assert client.get("/anmelden").status_code == 200


def test_an_invented_address_evades_no_limit(make_place: Callable[..., Place]) -> None:
    """Behind a proxy the address that it saw counts, not those that the visitor wrote in front of it."""
    for proxies, headers in ((0, "{number}.1.1.1"), (1, "{number}.1.1.1, 203.0.113.7")):
        client = make_place(trusted_proxies=proxies).visitor()
        token = token_of(client.get("/anmelden").text)
        form = {"name": "Anna", "password": "Wer weiß das schon?", "csrf_token": token}
        codes = [
            client.post("/anmelden", data=form, headers={"X-Forwarded-For": headers.format(number=number)}).status_code
            for number in range(1, 8)
        ]
        assert codes == [422] * 6 + [429]


def test_somebody_elses_tries_do_not_count_against_oneself(make_place: Callable[..., Place]) -> None:
    """Behind a proxy everybody comes from its address; each is told from the others."""
    place = make_place(trusted_proxies=1)
    place.add_person("Anna")
    for _ in range(7):
        sign_in(place.visitor(), "Anna", "Wer weiß das schon?", headers={"X-Forwarded-For": "203.0.113.7"})
    assert sign_in(place.visitor(), "Anna", headers={"X-Forwarded-For": "198.51.100.1"}).status_code == 302


@pytest.mark.parametrize("body", [b"&" * 6_000_000, b"a=1&" * FIELDS_MAX, b"&".join([b"csrf_token=x"] * 9_000)])
def test_a_form_of_countless_fields_is_refused_at_once(place: Place, body: bytes) -> None:
    """Before anything has parted them."""
    began = time.monotonic()
    answer = place.visitor().post("/anmelden", data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 413
    assert time.monotonic() - began < PATIENCE_S


def test_a_form_of_countless_parts_is_refused_at_once(place: Place) -> None:
    """As multipart, too; and a body that ends in the middle is no mistake of ours."""
    edge = b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n"
    for body, code in ((edge * 20_000 + b"--x--\r\n", 413), (edge[:30], 400), (b"--y\r\n", 400), (edge * 3, 400)):
        answer = place.visitor().post("/anmelden", data=body, content_type="multipart/form-data; boundary=x")
        assert answer.status_code == code


@pytest.mark.parametrize(
    "kind", ["multipart/form-data", "multipart/form-data; boundary=", "text/xml", "x/y; a=b; c", "", "a"]
)
def test_an_odd_kind_of_body_is_no_form(place: Place, kind: str) -> None:
    """It has no token, so it is refused."""
    assert place.visitor().post("/anmelden", data=b"<a/>", content_type=kind).status_code == 400


def test_a_body_over_the_limit_is_refused(place: Place) -> None:
    """Whether it says its length or not."""
    large = b"a=" + b"x" * (FORM_BYTES_MAX + 1)
    answer = place.visitor().post("/anmelden", data=large, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 200_000,
        b'{"a":' * 100_000,
        b"1" * 100_000,
        b'"\\u0000"',
        b'{"title": "\\ud800"}',
        b"\xff\xfe",
        b"null",
        b"",
        b"[]",
    ],
)
def test_a_json_bomb_is_malformed_and_nothing_else(centre: Place, device: str, body: bytes) -> None:
    """Depth, digits, surrogates: the API says no, in JSON."""
    headers = {"Authorization": f"Bearer {device}", "Content-Type": "application/json"}
    for path in ("/api/1/events", "/api/1/visits/taps", "/api/1/keys"):
        answer = centre.visitor().post(path, data=body, headers=headers)
        assert answer.status_code in (400, 422), answer.text[:200]
        assert answer.json["message"]


def test_nothing_is_unpacked(centre: Place, device: str) -> None:
    """A body that says it is packed is read as it is, so there is no bomb in it."""
    packed = gzip.compress(b'{"label": "K1"}' + b" " * 10_000_000)
    headers = {"Authorization": f"Bearer {device}", "Content-Type": "application/json", "Content-Encoding": "gzip"}
    assert centre.visitor().post("/api/1/keys", data=packed, headers=headers).status_code == 400


def test_a_file_name_is_a_text(centre: Place) -> None:
    """It leads nowhere and is shown with its signs."""
    client = centre.person()
    token = token_of(client.get("/import").text) if client.get("/import").status_code == 200 else ""
    calendar = BytesIO(b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
    form = {"csrf_token": token, "file": (calendar, '../../../etc/"><script>x.ics')}
    answer = client.post("/import", data=form, content_type="multipart/form-data", follow_redirects=True)
    assert answer.status_code < 500
    assert "<script>x" not in answer.text


@pytest.fixture
def port(place: Place) -> Iterator[int]:
    """A real server of the site, as the commands start it."""
    server = listening(place.app, "127.0.0.1", 0, 4, 0)
    running = threading.Thread(target=server.run, daemon=True)
    running.start()
    yield server.effective_port
    server.close()
    running.join(timeout=10)


def test_the_server_itself_has_limits_and_says_nothing_of_itself(port: int) -> None:
    """A head of 40 kB, a body of 20 MB, a method that is none: each gets a short answer without a version."""
    for path, headers, length in (
        ("/" + "x" * 40_000, {}, 0),
        ("/anmelden", {f"X-{number}": "x" * 1_000 for number in range(40)}, 0),
        ("/anmelden", {}, 20_000_000),
        ("/anmelden", {"X-Request-Id": new_id()}, 0),
    ):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.putrequest("POST" if length else "GET", path)
        for name, value in {**headers, **({"Content-Length": str(length)} if length else {})}.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        assert answer.status in ((200,) if "X-Request-Id" in headers else (413, 414, 431)), (path[:20], answer.status)
        assert "waitress" not in str(answer.headers).lower() + answer.read().decode(errors="replace")[:500]
        connection.close()
