"""The node behind Caddy with a certificate of the house's own authority, as deploy/caddy sets it up."""

import os
import re
import signal
import ssl
import subprocess
from collections.abc import Iterator
from http.client import HTTPSConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest

from node.config import PREFIX, NodeConfig
from node.core.accounts import Account, Role
from shared.broker import accepts, free_port
from shared.config import load
from shared.time import now
from shared.web.accounts import add_account
from tests.services import find_caddy
from tests.system.brokers import make_broker
from tests.system.city import ROOT, Centre, City, wait_until

PASSWORD = "ein langes Passwort"
pytestmark = pytest.mark.service("caddy")


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    """A running centre whose settings say that a proxy with https stands in front."""
    city = City(tmp_path, make_broker("embedded", tmp_path))
    made = city.centre("alt-hamborn")
    said = made.desk.settings.read_text() + "trusted_proxies = 1\nsecure_cookies = true\n"
    made.desk.settings.write_text(said)
    assert load(NodeConfig, made.desk.settings, {}, PREFIX).secure_cookies
    with made.database.transaction() as session:
        add_account(session, Account, "leitung", PASSWORD, Role.LEAD, tuple(Role), now())
    made.desk.start()
    yield made
    city.end()


@pytest.fixture
def secure(centre: Centre, tmp_path: Path) -> Iterator["Visitor"]:
    """Somebody whose device trusts the authority of the house."""
    port, certificates = free_port(), tmp_path / "certificates"
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(tmp_path),
        "STADTHERZ_NAMES": f"https://localhost:{port}",
        "STADTHERZ_SITE": centre.desk.url.removeprefix("http://"),
        "STADTHERZ_CERTIFICATES": str(certificates),
    }
    command = [
        str(find_caddy()),
        "run",
        "--config",
        str(ROOT / "deploy/caddy/node.Caddyfile"),
        "--adapter",
        "caddyfile",
    ]
    with (tmp_path / "caddy.log").open("wb") as log:
        caddy = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        assert accepts("127.0.0.1", port, 60, caddy), (tmp_path / "caddy.log").read_text()
        root = certificates / "pki/authorities/local/root.crt"
        wait_until(root.exists, 60, "the authority of the house")
        visitor = Visitor(port, ssl.create_default_context(cafile=str(root)))
        wait_until(visitor.is_answered, 60, "the certificate of the house")
        yield visitor
    finally:
        os.kill(caddy.pid, signal.SIGTERM)
        caddy.wait(30)


class Visitor:
    """Speaks https with the node, keeps its cookies."""

    def __init__(self, port: int, trust: ssl.SSLContext) -> None:
        self.port, self.trust = port, trust
        self.cookies: dict[str, str] = {}

    def is_answered(self) -> bool:
        """Tell whether Caddy has its certificate by now."""
        try:
            return self.ask("GET", "/healthz")[0] == 200
        except OSError:
            return False

    def ask(
        self, method: str, path: str, form: dict[str, str] | None = None, **more: str
    ) -> tuple[int, list[tuple[str, str]], str]:
        """Return status, headers and body."""
        connection = HTTPSConnection("localhost", self.port, context=self.trust, timeout=20)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), **more}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Referer"] = f"https://localhost:{self.port}{path}"
        connection.request(method, path, urlencode(form) if form else None, headers)
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, content = value.partition(";")[0].partition("=")
                self.cookies[key] = content
        return answer.status, answer.getheaders(), body


def test_somebody_signs_in_over_https(secure: Visitor) -> None:
    """The certificate is believed, the session's cookie travels over https alone, and the browser is told to stay."""
    status, _headers, body = secure.ask("GET", "/anmelden")
    assert status == 200
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', body)
    assert token is not None
    form = {"csrf_token": token.group(1), "name": "leitung", "password": PASSWORD}
    status, headers, _body = secure.ask("POST", "/anmelden", form)
    assert status == 302
    session = next(value for name, value in headers if name.lower() == "set-cookie")
    assert "Secure" in session
    assert "HttpOnly" in session
    target = dict(headers)["Location"]
    assert not target.startswith("http://")
    _status, headers, _body = secure.ask("GET", "/")
    assert "max-age" in dict(headers).get("Strict-Transport-Security", "")


def test_a_device_without_the_authority_is_warned(secure: Visitor) -> None:
    """The certificate is nobody's that the world knows: the root has to be installed, as the runbook says."""
    with pytest.raises(ssl.SSLCertVerificationError):
        Visitor(secure.port, ssl.create_default_context()).ask("GET", "/")
