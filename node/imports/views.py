"""Upload, look, confirm. Nothing is changed before the last step, and then all or nothing.

Here is the calendar's upload, and what calendars and lists share; `list_views` has the upload of lists.
"""

from contextlib import suppress
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from node.core.db import reading, transaction
from node.core.rights import Right, needs
from node.imports import importers, service
from node.imports.forms import ConfirmForm, UploadForm
from node.imports.importers import CALENDAR
from node.imports.labels import ABOUT_LISTS, CHANGES, LIMITS, LISTS, OUTCOME_TONES, OUTCOMES, PROBLEMS, REASONS
from node.imports.lines import BYTES_MAX, CalendarBroken, FileTooLarge
from node.imports.lists import Circumstances, ListKind, ListReport
from node.imports.models import PendingImport
from node.imports.service import ImportUnknown, Outcome, Rehearsal, Report
from node.spaces import service as spaces
from node.themes import service as themes
from shared.records.base import TITLE_LENGTH_MAX
from shared.time import now
from shared.web import pagination, zone
from shared.web.forms import options
from shared.web.languages import language

PER_PAGE = 100
SHOWN_AT = {
    CALENDAR: "programme.index",
    ListKind.EVENTS: "programme.index",
    ListKind.ROOMS: "spaces.index",
    ListKind.REGULARS: "bookings.day",
}
pages = Blueprint(
    "imports",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/dateien",
    url_prefix="/import",
)


@pages.get("")
@needs(Right.ARRANGE_HOUSE)
def index() -> str:
    """Show the upload form."""
    with reading() as session:
        return _index_page(_upload_form(session))


@pages.post("")
@needs(Right.ARRANGE_HOUSE)
def upload() -> Any:
    """Read the file; keep it for the dry run, or say what is broken in it."""
    broken = None
    with transaction() as session:
        form = _upload_form(session)
        if form.validate():
            try:
                kept = service.keep_upload(session, _pending(form), zone())
                return redirect(url_for("imports.rehearse", upload_id=kept.id))
            except CalendarBroken as refusal:
                broken = refusal
            except FileTooLarge as refusal:
                form.file.errors = [LIMITS[refusal.limit]]
    return _index_page(form, broken), 422


@pages.get("/<upload_id>")
@needs(Right.ARRANGE_HOUSE)
def rehearse(upload_id: str) -> str:
    """The dry run: the real run, taken back."""
    report = _run(upload_id, wanted=None)
    if isinstance(report, ListReport):
        return list_page(upload_id, report)
    return _rehearsal_page(upload_id, report)


@pages.post("/<upload_id>")
@needs(Right.ARRANGE_HOUSE)
def confirm(upload_id: str) -> Any:
    """The real run, if it would do what was shown; else show again."""
    report = _run(upload_id, wanted=request.form.get("fingerprint", ""))
    if report.fingerprint != request.form.get("fingerprint", ""):
        flash(
            _("Something has changed in the house meanwhile. Please look again; nothing was imported yet."), "warning"
        )
        return redirect(url_for("imports.rehearse", upload_id=upload_id))
    flash(_in_words(report), "success")
    return redirect(url_for(SHOWN_AT[report.kind if isinstance(report, ListReport) else CALENDAR]))


@pages.post("/<upload_id>/verwerfen")
@needs(Right.ARRANGE_HOUSE)
def forget(upload_id: str) -> Any:
    """Forget the file; nothing was imported."""
    with suppress(ImportUnknown), transaction() as session:  # gone already: forgotten or imported by somebody else
        service.forget_upload(session, upload_id)
    flash(_("The file is forgotten; nothing was imported."), "success")
    return redirect(url_for("imports.index"))


def _in_words(report: Report | ListReport) -> str:
    counts = {outcome.value: report.count(outcome) for outcome in Outcome}
    if isinstance(report, ListReport):
        return str(_("The list is imported: %(created)s new, %(updated)s changed, %(skipped)s left out.", **counts))
    said = _("The calendar is imported: %(created)s new, %(updated)s changed, %(cancelled)s called off.", **counts)
    return str(said)


def _run(upload_id: str, wanted: str | None) -> Report | ListReport:
    """Carry the import out; take it back unless the report is the one that was `wanted`."""
    try:
        with transaction() as session:
            kept = service.get_upload(session, upload_id)
            report = _carry_out(session, kept)
            if report.fingerprint != wanted:
                raise Rehearsal(report)
            service.forget_upload(session, upload_id)
    except Rehearsal as rehearsal:
        rehearsed: Report | ListReport = rehearsal.report
        return rehearsed
    except ImportUnknown:
        abort(404)
    return report


def _carry_out(session: Session, kept: PendingImport) -> Report | ListReport:
    if kept.kind == CALENDAR:
        return service.carry_out(session, kept, zone(), now=now(), by=current_user.name)
    return importers.carry_out(session, kept, circumstances(publish=kept.publish))


def circumstances(*, publish: bool = False) -> Circumstances:
    """Return who imports a list here and now."""
    return Circumstances(zone(), now(), by=current_user.name, publish=publish, language=language())


def list_page(upload_id: str, report: ListReport) -> str:
    """Show row by row what a list would do."""
    steps = [step for step in report.steps if step.outcome is not Outcome.UNCHANGED]
    with reading() as session:
        kept = service.get_upload(session, upload_id)
        columns = importers.importer(session, report.kind, circumstances()).all_columns()
    return render_template(
        "imports/list_rehearsal.html",
        upload=kept,
        kind=report.kind,
        lists=LISTS,
        report=report,
        counts=[(OUTCOMES[outcome], report.count(outcome)) for outcome in Outcome if outcome is not Outcome.CANCELLED],
        page=pagination.of_list(steps, pagination.wanted(request.args.get("seite")), PER_PAGE),
        form=ConfirmForm(formdata=None, fingerprint=report.fingerprint),
        outcomes=OUTCOMES,
        tones=OUTCOME_TONES,
        reasons=REASONS,
        changes={column.key: column.name(language()) for column in columns} | dict(CHANGES),
    )


def _index_page(form: UploadForm, broken: CalendarBroken | None = None) -> str:
    return render_template(
        "imports/index.html", form=form, broken=broken, problems=PROBLEMS, lists=LISTS, about=ABOUT_LISTS
    )


def _rehearsal_page(upload_id: str, report: Report) -> str:
    steps = [step for step in report.steps if step.outcome is not Outcome.UNCHANGED]
    with reading() as session:
        kept = service.get_upload(session, upload_id)
        names = {space.id: space.name for space in spaces.list_spaces(session)}
    return render_template(
        "imports/rehearsal.html",
        upload=kept,
        space_name=names.get(kept.space_id or "", ""),
        report=report,
        counts=[(OUTCOMES[outcome], report.count(outcome)) for outcome in Outcome],
        page=pagination.of_list(steps, pagination.wanted(request.args.get("seite")), PER_PAGE),
        form=ConfirmForm(formdata=None, fingerprint=report.fingerprint),
        outcomes=OUTCOMES,
        tones=OUTCOME_TONES,
        reasons=REASONS,
        changes=CHANGES,
        months=service.HORIZON_MONTHS,
    )


def _upload_form(session: Session) -> UploadForm:
    form = UploadForm()
    form.space_id.choices = options(
        [("", _("no space")), *((space.id, space.name) for space in spaces.bookable_spaces(session))]
    )
    form.theme.choices = options([("", _("no theme")), *themes.theme_choices(session, language())])
    return form


def _pending(form: UploadForm) -> PendingImport:
    return PendingImport(
        file_name=(form.file.data.filename or "")[:TITLE_LENGTH_MAX],
        content=form.file.data.read(BYTES_MAX + 1),
        publish=form.publish.data == "published",
        space_id=form.space_id.data or None,
        theme=form.theme.data,
        uploaded_by=current_user.name,
        uploaded_at=now(),
    )
