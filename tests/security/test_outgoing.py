"""What this program reaches for by itself, and what it never reads or runs: looked up in its own source."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.security.conftest import Place

ROOT = Path(__file__).parents[2]
# Who may speak to other machines, and to which: those of the settings, never one that somebody typed into a page.
MAY_CALL = {
    "hub/alarms/webhook.py": "the address of the settings alarm_webhook_url; follows no redirect",
    "hub/alarms/mail.py": "the mail server of the settings",
    "shared/mqtt/": "the broker of the settings or the link file",
    "shared/broker.py": "a free port of this machine, for the demo's broker",
    "shared/signed_calls.py": "the hub's address of the settings or the link file",
    "node/joining/client.py": "the hub's address in the join code that the house was given; the answer is signed",
    "hub/ingest/dividing.py": "none: asks for the name of this machine",
    "deploy/": "the demo and what looks after it, on this machine",
}
CALLERS = {
    "urllib.request", "http.client", "socket", "smtplib", "ftplib", "telnetlib", "poplib", "imaplib", "xmlrpc",
    "requests", "urllib3", "httpx", "aiohttp", "websockets", "paho",
}  # fmt: skip
# Formats that can hold programs, or lead to files: none is read.
NEVER = {"pickle", "marshal", "shelve", "yaml", "xml.sax", "xml.dom", "lxml", "tarfile", "jsonpickle", "dill"}
OF_OUR_OWN = {"shared/backup/package.py"}  # archives that were sealed with the house's own recovery key
# Marks a text as safe for pages: each puts it together from what is escaped already.
MAY_MARK_SAFE = {
    "hub/calendar/json_ld.py", "hub/city/drawing.py", "node/bookings/panels.py", "node/bookings/series_panel.py",
    "shared/web/chart_shapes.py", "shared/web/charts.py", "shared/web/filters.py",
    "node/spaces/templates/spaces/show.html",
}  # fmt: skip


def sources() -> Iterator[tuple[str, str]]:
    """Yield path and text of the program."""
    for folder in ("node", "hub", "shared", "deploy"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            yield file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8")


@cache
def parsed(text: str) -> list[ast.AST]:
    return list(ast.walk(ast.parse(text)))


def imported(text: str) -> Iterator[str]:
    for found in parsed(text):
        if isinstance(found, ast.Import):
            yield from (name.name for name in found.names)
        elif isinstance(found, ast.ImportFrom) and found.level == 0 and found.module:
            yield found.module
            yield from (f"{found.module}.{name.name}" for name in found.names)


def are_in(names: Iterator[str], wanted: set[str]) -> bool:
    return any(name in wanted or name.partition(".")[0] in wanted for name in names)


def called(text: str) -> Iterator[str]:
    """Yield the names of functions that are called."""
    for found in parsed(text):
        if isinstance(found, ast.Call):
            yield ast.unparse(found.func)


def test_only_these_modules_call_other_machines() -> None:
    """A new one is added here by somebody who has thought about whose address it takes."""
    calling = {path for path, text in sources() if are_in(imported(text), CALLERS)}
    assert sorted(path for path in calling if not path.startswith(tuple(MAY_CALL))) == []


def test_nothing_is_read_that_could_run() -> None:
    """No pickles, no YAML, no XML, no archives of strangers."""
    assert [path for path, text in sources() if are_in(imported(text), NEVER) and path not in OF_OUR_OWN] == []


def test_nothing_typed_is_run() -> None:
    """No `eval`, no shell; the one `exec` compiles a checker out of our own schemas."""
    found = {
        (path, name)
        for path, text in sources()
        for name in called(text)
        if name in ("eval", "exec", "os.system", "os.popen")
    }
    assert found == {("shared/replication/ledger/checking.py", "exec")}
    assert [path for path, text in sources() if "shell=True" in text] == []


def test_templates_escape_by_themselves(place: Place) -> None:
    """All are files of ours, and only these places call a text safe."""
    chosen = place.app.jinja_env.autoescape
    assert callable(chosen)
    assert chosen("any.html")
    assert [path for path, text in sources() if "render_template_string" in text or "from_string(" in text] == []
    marked = {path for path, text in sources() if "Markup(" in text}
    for folder in ("node", "hub", "shared"):
        for file in (ROOT / folder).rglob("*.html"):
            text = file.read_text(encoding="utf-8")
            if "|safe" in text.replace(" ", "") or "autoescape" in text:
                marked.add(file.relative_to(ROOT).as_posix())
    assert sorted(marked - MAY_MARK_SAFE) == []


@pytest.mark.parametrize(
    "path",
    [
        "../conftest.py", "../../app.py", "..%2f..%2fapp.py", "%2e%2e/%2e%2e/app.py", "..\\..\\app.py", "/etc/passwd",
        "%2fetc%2fpasswd", "css/../../security.py", "....//....//app.py", "css/%00.css", ".", "", "css",
    ],
)  # fmt: skip
def test_no_address_leads_out_of_a_folder_of_files(place: Place, path: str) -> None:
    """Each folder of static files, asked for what lies beside it."""
    folders = [rule for rule in place.app.url_map.iter_rules() if rule.endpoint.endswith("static")]
    assert folders
    for rule in folders:
        with place.visitor().get(rule.rule.replace("<path:filename>", path)) as answer:
            assert answer.status_code in (301, 302, 308, 400, 404), rule.rule
            assert b"import " not in answer.data
            assert b"root:" not in answer.data
