"""A small mail server and a small receiver of webhooks, for tests: real sockets on the loopback."""

import base64
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class MailServer(socketserver.ThreadingTCPServer):
    """Takes mail for everybody but `refused`; wants `login` ("user", "password") if that is set."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Dialogue)
        self.login: tuple[str, str] | None = None
        self.refused: set[str] = set()
        self.busy = False
        self.mails: list[EmailMessage] = []
        self.receivers: list[list[str]] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Dialogue(socketserver.StreamRequestHandler):
    """One connection, as RFC 5321 has it."""

    server: MailServer

    def handle(self) -> None:
        self.receivers: list[str] = []
        self.known = self.server.login is None
        self._say("421 too busy" if self.server.busy else "220 tests ESMTP")
        while line := self.rfile.readline().decode().strip():
            word, _, rest = line.partition(" ")
            if word.upper() == "QUIT":
                self._say("221 bye")
                return
            self._answer(word.upper(), rest)

    def _answer(self, word: str, rest: str) -> None:
        match word:
            case "EHLO":
                self._say("250-tests", "250 AUTH PLAIN")
            case "AUTH":
                self._sign_in(rest)
            case "MAIL" if not self.known:
                self._say("530 sign in first")
            case "RCPT":
                address = rest.partition("<")[2].rstrip(">")
                refused = address in self.server.refused
                self.receivers += [] if refused else [address]
                self._say(f"550 no such person {address}" if refused else "250 ok")
            case "DATA":
                self._say("354 go on")
                self._take()
            case _:
                self._say("250 ok")

    def _sign_in(self, said: str) -> None:
        _, user, password = base64.b64decode(said.rsplit(maxsplit=1)[-1]).decode().split("\0")
        self.known = (user, password) == self.server.login
        self._say("235 welcome" if self.known else f"535 wrong password {password}")

    def _take(self) -> None:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        mail = message_from_bytes(b"".join(lines), policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.server.mails.append(mail)
        self.server.receivers.append(self.receivers)
        self._say("250 taken")

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())


class WebServer(ThreadingHTTPServer):
    """Notes what is posted to it, and answers `status`; a redirect leads to `/elsewhere`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.status = 204
        self.posted: list[tuple[str, dict[str, str], bytes]] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Answering(BaseHTTPRequestHandler):
    server: WebServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posted.append((self.path, dict(self.headers), body))
        self.send_response(self.server.status)
        if 300 <= self.server.status < 400:
            self.send_header("Location", f"http://127.0.0.1:{self.server.port}/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST  # noqa: N815 (a redirect that is followed would come as one)

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 (the library's name)
        """Say nothing."""


@contextmanager
def running(server: Any) -> Iterator[Any]:
    """Let a server answer in a thread of its own."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
