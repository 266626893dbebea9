"""TLS with the broker: whom a post believes, and what it says when it does not."""

import contextlib
import queue
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from hub.core.broker.certificates import make_authority, make_certificate
from shared.broker import HOST
from shared.mqtt import Arrival, Broker, Connected, Disconnected, Post
from shared.mqtt.dress import own_id
from shared.time import now

TIMEOUT_S = 30


@contextmanager
def listening(folder: Path, certificate: Path | None, newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> Iterator[int]:
    """Listen as a broker that greets everybody, with TLS if there is a certificate; yield the port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if certificate else None
    if context and certificate:
        context.load_cert_chain(certificate, folder / "broker.key")
        if newest < ssl.TLSVersion.TLSv1_2:
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.options &= ~(ssl.OP_NO_TLSv1 | ssl.OP_NO_TLSv1_1)
            context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, newest
    with socket.create_server((HOST, 0)) as server:
        speaker = threading.Thread(target=_greet_once, args=(server, context))
        speaker.start()
        try:
            yield server.getsockname()[1]
        finally:
            speaker.join(TIMEOUT_S)


def _greet_once(server: socket.socket, context: ssl.SSLContext | None) -> None:
    opened, _ = server.accept()
    with opened, contextlib.suppress(OSError):
        spoken = context.wrap_socket(opened, server_side=True) if context else opened
        with spoken:
            if spoken.recv(1000)[:1] == b"\x10":  # CONNECT
                spoken.sendall(b"\x20\x03\x00\x00\x00")
                spoken.recv(1000)


def first_word(port: int, ca_file: Path | None, host: str = "localhost") -> Arrival:
    """Return the first thing that a post hears at this port."""
    arrivals: queue.Queue[Arrival] = queue.Queue()
    post = Post(Broker(host, port, tls=True, ca_file=str(ca_file) if ca_file else None), "x", (), arrivals.put)
    post.start()
    try:
        return arrivals.get(timeout=TIMEOUT_S)
    finally:
        post.stop()


def made(folder: Path, names: list[str], at: datetime | None = None) -> tuple[Path, Path]:
    """Return a new authority's certificate, and one that it has signed for `names`."""
    at = at or now()
    authority = make_authority(folder, "duisburg", at)
    return authority[0], make_certificate(folder, authority, names, at)


def test_a_broker_of_the_named_authority_is_believed(tmp_path: Path) -> None:
    """Called by a name that its certificate has."""
    authority, certificate = made(tmp_path, ["localhost"])
    with listening(tmp_path, certificate) as port:
        assert first_word(port, authority) == Connected()


@pytest.mark.parametrize(
    ("names", "age", "host", "words"),
    [
        (["localhost"], timedelta(days=450), "localhost", "has expired: renew it"),
        (["localhost"], timedelta(days=-10), "localhost", "not valid yet: is this machine's clock right"),
        (["mqtt.example"], timedelta(), "localhost", "is for another name: broker_host must be one"),
        (["localhost"], timedelta(), HOST, "is for another address: broker_host must be one"),
    ],
    ids=["expired", "from the future", "another name", "another address"],
)
def test_a_wrong_certificate_is_refused_in_words(
    tmp_path: Path, names: list[str], age: timedelta, host: str, words: str
) -> None:
    """What is wrong and what to do; the name is always checked."""
    authority, certificate = made(tmp_path, names, now() - age)
    with listening(tmp_path, certificate) as port:
        said = first_word(port, authority, host)
    assert isinstance(said, Disconnected)
    assert words in said.reason


@pytest.mark.parametrize("other", ["another city's", "the system's"])
def test_another_authority_is_not_believed(tmp_path: Path, other: str) -> None:
    """Neither one of the same name, nor those that the whole world believes."""
    _authority, certificate = made(tmp_path, ["localhost"])
    strange = make_authority(tmp_path / "else", "duisburg", now())[0] if other == "another city's" else None
    with listening(tmp_path, certificate) as port:
        said = first_word(port, strange)
    assert isinstance(said, Disconnected)
    assert "broker_ca_file" in said.reason


def test_a_port_without_tls_is_named(tmp_path: Path) -> None:
    """Nothing is said in the open, the password least of all."""
    authority, _certificate = made(tmp_path, ["localhost"])
    with listening(tmp_path, None) as port:
        said = first_word(port, authority)
    assert isinstance(said, Disconnected)
    assert "is this the port for TLS?" in said.reason


def test_an_old_tls_is_refused(tmp_path: Path) -> None:
    """A broker that speaks 1.1 at most is none."""
    authority, certificate = made(tmp_path, ["localhost"])
    with (
        pytest.warns(DeprecationWarning, match="TLS"),
        listening(tmp_path, certificate, ssl.TLSVersion.TLSv1_1) as port,
    ):
        said = first_word(port, authority)
    assert isinstance(said, Disconnected)
    assert "no TLS with the broker" in said.reason


@pytest.mark.parametrize(("content", "words"), [(None, "cannot be read"), ("nonsense", "is no certificate")])
def test_an_authority_that_cannot_be_used_is_named(tmp_path: Path, content: str | None, words: str) -> None:
    """With the setting that names it."""
    file = tmp_path / "authority.pem"
    if content:
        file.write_text(content)
    said = first_word(1, file)
    assert isinstance(said, Disconnected)
    assert words in said.reason
    assert "broker_ca_file" in said.reason


def test_a_client_id_cannot_be_guessed_without_the_password() -> None:
    """It stays the same from connection to connection, so that a kept session is found again."""
    mine = Broker("localhost", 1, user="node-marxloh", password="a" * 43)
    other = Broker("localhost", 1, user="node-hochfeld", password="b" * 43)
    assert own_id("stadtherz-node", mine) == own_id("stadtherz-node", mine)
    assert len({own_id("stadtherz-node", mine), own_id("stadtherz-node", other), own_id("else", mine)}) == 3
    assert own_id("stadtherz-node", Broker("localhost", 1)) == "stadtherz-node"
