"""A full disk, a read-only one, a damaged file: said in words, and nothing typed is lost."""

import gc
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from flask import abort, flash, request
from flask.testing import FlaskClient
from sqlalchemy import text
from wtforms import PasswordField
from wtforms.fields.core import UnboundField

import hub.app
import node.app
from shared.database import Database
from shared.storage import Trouble, trouble_of
from shared.web.forms import Form
from shared.web.unsaved import is_asked_again
from tests.shared.web.conftest import Town, token_of
from tests.system.disks import small_disk
from tests.system.person import Page


@pytest.fixture
def town(make_town: Callable[..., Town]) -> Town:
    """The small site, with a page that writes what was typed into its database."""
    made = make_town()
    with made.database.transaction() as session:
        session.execute(text("CREATE TABLE notes (note TEXT)"))

    @made.app.route("/keep", methods=["GET", "POST"])
    def keep() -> str:
        if request.method == "POST":
            with made.database.transaction() as session:
                flash("Die Notiz ist angelegt.")
                session.execute(text("INSERT INTO notes VALUES (:note)"), {"note": request.form["note"] * 5_000})
        return made.app.jinja_env.from_string(FORM).render()

    return made


FORM = '<form method="post"><input name="csrf_token" value="{{ csrf_token() }}"><input name="note"></form>'


@contextmanager
def full(database: Database) -> Iterator[None]:
    """Let SQLite take no page more."""

    def limit(pages: str) -> None:
        with database.engine.connect() as connection:
            connection.execute(text(f"PRAGMA max_page_count = {pages}"))

    limit("1")
    yield
    limit("1000000")


def notes(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(text("SELECT note FROM notes")))


def post(client: FlaskClient, path: str, **typed: str) -> Page:
    """Send the form of `path` as a browser does that was on this site's page."""
    token = token_of(client.get(path).text)
    answer = client.post(path, data={**typed, "csrf_token": token}, headers={"Sec-Fetch-Site": "same-origin"})
    return Page(path, answer.status_code, answer.text)


def test_what_cannot_be_saved_is_kept_in_the_page_and_sent_again(town: Town) -> None:
    """The person reads what is wrong and whom to call; the button sends the very same form."""
    client = town.visitor()
    with full(town.database):
        refused = post(client, "/keep", note="Chorprobe", password="sehr geheim")
    assert refused.status == 503
    assert "Noch nicht gespeichert" in refused.text
    assert "ist voll" in refused.text
    assert "Bitte rufen Sie die Person an" in refused.text
    assert "Chorprobe</li>" in refused.text
    assert "sehr geheim</li>" not in refused.text
    assert "ist angelegt" not in refused.text
    kept = refused.form("note").fields
    assert kept["note"] == ["Chorprobe"]
    assert "sehr geheim" not in refused.text  # the page may stand open at the counter for long
    assert notes(town.database) == []
    assert client.post("/keep", data=kept).status_code == 200
    assert notes(town.database) == ["Chorprobe" * 5_000]


def test_no_field_of_a_password_or_code_is_kept_in_the_page(town: Town) -> None:
    """Whoever changes their password types three, under names of their own; a code opens the house's backups."""
    typed = {name: f"sehr geheim {name}" for name in ("present", "wanted", "repeated", "again", "code")}
    with full(town.database):
        refused = post(town.visitor(), "/keep", note="Chorprobe", **typed)
    assert "Chorprobe</li>" in refused.text
    assert "sehr geheim" not in refused.text
    assert "noch einmal eingegeben" in refused.text


def test_the_page_knows_the_names_of_all_fields_of_passwords() -> None:
    """A form that gives one another name has to tell this page."""
    assert node.app.FEATURES
    assert hub.app.FEATURES
    ours = [form for form in forms_below(Form) if not form.__module__.startswith("tests.")]
    fields = [(name, field) for form in ours for name, field in vars(form).items()]
    secret = [
        name
        for name, field in fields
        if isinstance(field, UnboundField) and issubclass(field.field_class, PasswordField)
    ]
    assert {"password", "repeated"} <= set(secret)
    assert [name for name in secret if not is_asked_again(name)] == []


def forms_below(kind: type[Form]) -> list[type[Form]]:
    return [form for below in kind.__subclasses__() for form in (below, *forms_below(below))]


def test_a_program_is_told_so_as_json(town: Town) -> None:
    """A tablet hears 503 and keeps its counts."""
    with full(town.database):
        client = town.visitor()
        token = token_of(client.get("/keep").text)
        headers = {"X-CSRFToken": token, "Accept": "application/json"}
        answer = client.post("/keep", data={"note": "Chor"}, headers=headers)
    assert (answer.status_code, answer.json["reason"]) == (503, "disk_full")
    assert int(answer.headers["Retry-After"]) > 0


def test_a_form_of_another_site_gets_nothing_back(town: Town) -> None:
    """What was sent is shown only to who typed it here."""
    client = town.visitor()
    token = token_of(client.get("/keep").text)
    with full(town.database):
        answer = client.post("/keep", data={"note": "Fremd", "csrf_token": token})
    assert answer.status_code == 503
    assert "Fremd" not in answer.text


def test_a_damaged_file_is_said_without_the_file(town: Town) -> None:
    """The page needs neither the account nor the name of the house, which stand in the file."""
    client = town.staff()
    town.database.dispose()
    file = Path(str(town.database.url.database))
    for other in ("-wal", "-shm"):
        file.with_name(file.name + other).unlink(missing_ok=True)
    file.write_bytes(b"nothing that SQLite knows " * 1000)
    answer = client.get("/desk")
    assert answer.status_code == 503
    assert "ist beschädigt" in answer.text
    assert "Erneut versuchen" in answer.text
    assert client.get("/gibt-es-nicht").status_code in (404, 503)


def test_a_file_that_was_to_be_written_is_no_fault_without_words(town: Town) -> None:
    """Pages that write files meet the same disk; other errors of files stay mistakes of ours."""

    @town.app.get("/export")
    def export() -> str:
        raise OSError(28, "No space left on device")

    @town.app.get("/mistake")
    def mistake() -> str:
        raise FileNotFoundError(2, "No such file")

    assert "ist voll" in town.visitor().get("/export").text
    assert town.visitor().get("/mistake").status_code == 500


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # Werkzeug leaves half a file open
def test_a_large_file_that_finds_no_room_is_a_full_disk(
    make_town: Callable[..., Town], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A house that started on a full disk never found a folder for temporary files; the form says what is wrong."""
    with small_disk(tmp_path / "disk", 1) as disk:
        if disk.kind != "tmpfs":
            pytest.skip("a disk of its own needs root")
        (disk.folder / "ballast").write_bytes(b"\0" * (1 << 20))
        monkeypatch.setenv("TMPDIR", str(disk.folder))
        monkeypatch.setattr(tempfile, "tempdir", None)
        monkeypatch.setattr(tempfile, "_candidate_tempdir_list", lambda: [str(disk.folder)])  # the machine has others
        client = make_town().visitor()
        part = 'Content-Disposition: form-data; name="list"; filename="raeume.csv"\r\n\r\n'
        sent = f"--B\r\n{part}{'x' * 900_000}\r\n--B--\r\n".encode()
        answer = client.post("/anywhere", data=sent, content_type="multipart/form-data; boundary=B")
        gc.collect()  # its half file is closed here, where nobody wonders at the warning
    assert (answer.status_code, "ist voll" in answer.text) == (503, True)


def test_an_answer_that_cannot_be_noted_is_explained_too(town: Town) -> None:
    """What is written after the view, in the last moment, meets the same disk."""

    @town.app.get("/late")
    def late() -> str:
        return "ready"

    @town.app.after_request
    def note(response):
        if request.path == "/late" and response.status_code == 200:
            raise OSError(28, "No space left on device")
        return response

    answer = town.visitor().get("/late")
    assert (answer.status_code, "ist voll" in answer.text) == (503, True)


def test_troubles_are_told_apart(tmp_path: Path) -> None:
    """By the codes of SQLite itself; a wrong statement is no trouble of the disk."""
    with closing(sqlite3.connect(tmp_path / "a.sqlite")) as connection:
        connection.execute("CREATE TABLE notes (note TEXT)")
    with closing(sqlite3.connect(f"file:{tmp_path / 'a.sqlite'}?mode=ro", uri=True)) as connection:
        assert trouble_of(raised(connection, "INSERT INTO notes VALUES ('x')")) is Trouble.READ_ONLY
        assert trouble_of(raised(connection, "SELECT nothing FROM nowhere")) is None
    with closing(sqlite3.connect(tmp_path / "a.sqlite", timeout=0, isolation_level=None)) as one:
        one.execute("BEGIN IMMEDIATE")
        with closing(sqlite3.connect(tmp_path / "a.sqlite", timeout=0, isolation_level=None)) as other:
            assert trouble_of(raised(other, "BEGIN IMMEDIATE")) is Trouble.BUSY
    assert trouble_of(ValueError()) is None


def raised(connection: sqlite3.Connection, statement: str) -> BaseException | None:
    try:
        connection.execute(statement)
    except sqlite3.Error as error:
        return error
    return None


def test_a_bug_stays_a_bug(town: Town) -> None:
    """A wrong statement is our mistake, and no words about disks."""

    @town.app.get("/wrong")
    def wrong() -> str:
        with town.database.reading() as session:
            session.execute(text("SELECT nothing FROM nowhere"))
        abort(418)

    answer = town.visitor().get("/wrong")
    assert (answer.status_code, "Unser Fehler" in answer.text or "unser" in answer.text.lower()) == (500, True)
