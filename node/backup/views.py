"""The page of backups for the lead: how old, where, the recovery code; and the door of a house that waits."""

from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import segno
from flask import Blueprint, abort, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from node.backup import service, waiting, wording
from node.backup.forms import CodeForm, OpenForm
from node.backup.jobs import config
from node.backup.models import HUB, MADE, BackupRun
from node.backup.places import find_caller, folders, is_on_same_disk
from node.backup.running import running
from node.core import audit
from node.core.db import reading, transaction
from node.core.rights import Right, needs
from shared.backup import places
from shared.backup.places import PlaceNotPossible
from shared.backup.recovery_code import CodeMistyped
from shared.time import now

pages = Blueprint(
    "backup",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/dateien",
    url_prefix="/sicherung",
)
REFRESH_S = 3  # while a backup is being made


class Shown(NamedTuple):
    """A place, what became of the last backup there, and the last good one."""

    place: str
    is_folder: bool
    run: BackupRun | None
    made_at: Any
    problem: str


@pages.get("")
@needs(Right.RUN_HOUSE)
def index() -> Any:
    """Show how the backups stand; while one is being made the page looks again by itself."""
    answer = make_response(_index_page(CodeForm(formdata=None)))
    if running(current_app).step:
        answer.headers["Refresh"] = str(REFRESH_S)
    return answer


@pages.post("/code")
@needs(Right.RUN_HOUSE)
def new_code() -> Any:
    """Make a new recovery code and show it, this once."""
    with transaction() as session:
        code = service.set_up(session, now())
    qr = segno.make(code.replace("-", ""), error="m").svg_data_uri(scale=5, border=2)
    answer = make_response(render_template("backup/code.html", code=code, qr=qr, at=now()))
    answer.headers["Cache-Control"] = "no-store"
    return answer


@pages.post("/pruefen")
@needs(Right.RUN_HOUSE)
def check_code() -> Any:
    """Tell whether a typed code is the right one: a rehearsal without a backup."""
    form = CodeForm()
    if not form.validate():
        return _index_page(form), 422
    try:
        with transaction() as session:
            fits = service.check_code(session, form.code.data, now())
    except CodeMistyped as refusal:
        form.code.errors = [wording.MISTYPED[refusal.reason]]
        return _index_page(form), 422
    if not fits:
        form.code.errors = [_("This is another code: it does not open the backups that are made now.")]
        return _index_page(form), 422
    flash(_("This is the right code. Please put it back into the safe."), "success")
    return redirect(url_for("backup.index"))


@pages.post("/jetzt")
@needs(Right.RUN_HOUSE)
def make_now() -> Any:
    """Begin to make a backup; the page shows how far it is."""
    running(current_app).start()
    return redirect(url_for("backup.index"))


@pages.post("/ordner")
@needs(Right.RUN_HOUSE)
def prepare() -> Any:
    """Let a folder of the settings take backups; no other."""
    folder = Path(request.form.get("folder", ""))
    if folder not in folders(config()):
        abort(404)
    try:
        places.prepare(folder)
    except PlaceNotPossible as refusal:
        flash(_("%(folder)s: %(problem)s", folder=folder, problem=wording.PROBLEMS[refusal.problem]), "error")
    else:
        with transaction() as session:
            audit.note(session, "prepared", "backup_runs", "", now=now())
        flash(_("The folder takes backups from now on."), "success")
        if is_on_same_disk(config(), folder):
            flash(_("It lies on the disk of the records: if that breaks, both are gone. Is the stick in?"), "warning")
    return redirect(url_for("backup.index"))


@pages.get("/wartet")
def waits() -> Any:
    """Say what a recovered house waits for; anybody may read that."""
    found = waiting.find(config().data_folder)
    if found is None:
        return redirect(url_for("home"))
    return render_template("backup/waits.html", waits=found, form=OpenForm(formdata=None))


@pages.post("/wartet")
@needs(Right.RUN_HOUSE)
def open_house() -> Any:
    """Open a house that waits for the hub; the lead answers for it."""
    found = waiting.find(config().data_folder)
    form = OpenForm()
    if found is not None and not form.validate():
        return render_template("backup/waits.html", waits=found, form=form), 422
    if found is not None:
        waiting.open_house(config().data_folder, found)
        flash(_("The house is open. Nothing is sent to the city before its list was applied."), "warning")
    return redirect(url_for("home"))


def _index_page(form: CodeForm) -> str:
    at = now()
    with reading() as session:
        names = [(str(folder), folder) for folder in folders(config())]
        shown = [Shown(name, True, *_last(session, at, name), _problem_now(folder)) for name, folder in names]
        if find_caller(config()) is not None:
            shown.append(Shown(HUB, False, *_last(session, at, HUB), ""))
        return render_template(
            "backup/index.html",
            standing=service.standing(session, at),
            key=service.recovery_key(session),
            failed=service.last_run(session, at, MADE),
            shown=shown,
            form=form,
            step=running(current_app).step,
            waits=waiting.find(config().data_folder),
            words=wording,
        )


def _last(session: Session, at: datetime, place: str) -> tuple[BackupRun | None, datetime | None]:
    return service.last_run(session, at, place), service.last_good(session, at, place)


def _problem_now(folder: Path) -> str:
    try:
        places.refuse_unprepared(folder)
    except PlaceNotPossible as refusal:
        return refusal.problem
    return ""
