"""A hub that stands in for the city's: a real server on a free port, whose answers a test chooses."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from shared.joining import JoinCode, new_code
from shared.joining.letters import Outcome, in_short, read_request, seal_welcome, write_answer
from shared.keys import Install, open_install
from shared.signed_calls import answer_headers
from tests.joining import WELCOME

Answering = Callable[["StandIn", bytes], tuple[int, bytes, dict[str, str]]]


class StandIn:
    """The hub of one code. `answering` decides what it says; `asked` are the bodies that came."""

    def __init__(self, folder: Path) -> None:
        self.hub: Install = open_install(folder / "hub.key")
        self.asked: list[bytes] = []
        self.calls: list[str] = []
        self.answering: Answering = welcoming
        self.refusing_calls = ""  # the reason for which signed calls are refused
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.code = new_code(self.url)
        self.proof = self.code.keys.proof_of(self.hub.public_key.text)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def speak_tls(self, certificate: Path, key: Path) -> None:
        """Be behind https from here on."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    def code_at(self, url: str) -> JoinCode:
        """Return the code as if the hub were elsewhere."""
        return replace(self.code, hub_url=url)

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"] or 0))
                stand_in.asked.append(body)
                stand_in.calls.append(self.path)
                if self.path.startswith("/anruf"):
                    said = stand_in.refusing_calls.encode() or b"ok"
                    status = 403 if stand_in.refusing_calls else 200
                    headers = answer_headers(stand_in.hub, self.headers["Stadtherz-Signature"], status, said)
                else:
                    status, said, headers = stand_in.answering(stand_in, body)
                if status == 0:
                    return  # hangs up
                self.send_response(status)
                for name, value in {"Content-Length": str(len(said)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(said)

            def handle(self) -> None:
                with suppress(ssl.SSLError, ConnectionError):  # who does not trust us hangs up
                    super().handle()

            def log_message(self, *_said: Any) -> None:
                """Say nothing."""

        return Handler


JSON = {"Content-Type": "application/json"}


def welcoming(hub: StandIn, body: bytes, by: Install | None = None, **said: Any) -> tuple[int, bytes, dict[str, str]]:
    """Take whoever asks in."""
    by, asked = by or hub.hub, read_request(body)
    welcome = replace(WELCOME, **{"hub_public_key": by.public_key.text, **said})
    content = seal_welcome(welcome, asked.sealing_key)
    return 200, write_answer(asked.digest, by, hub.proof, Outcome.WELCOME, content), JSON


def refusing(outcome: Outcome, **said: str) -> Answering:
    """Return what refuses whoever asks."""

    def answer(hub: StandIn, body: bytes) -> tuple[int, bytes, dict[str, str]]:
        proof = "" if outcome == Outcome.UNKNOWN else hub.proof
        return 403, write_answer(read_request(body).digest, hub.hub, proof, outcome, in_short(**said)), JSON

    return answer


def saying(status: int, body: bytes = b"", **headers: str) -> Answering:
    """Return what says the same to everybody; status 0 hangs up."""
    return lambda _hub, _body: (status, body, headers)


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[StandIn]:
    made = StandIn(tmp_path)
    yield made
    made.stop()
