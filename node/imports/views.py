"""Upload, look, confirm. Nothing is changed before the last step, and then all or nothing."""

from contextlib import suppress
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from node.core.accounts import Role, staff_required
from node.core.db import reading, transaction
from node.imports import service
from node.imports.forms import ConfirmForm, UploadForm
from node.imports.labels import CHANGES, LIMITS, OUTCOME_TONES, OUTCOMES, PROBLEMS, REASONS
from node.imports.lines import BYTES_MAX, CalendarBroken, CalendarTooLarge
from node.imports.models import PendingImport
from node.imports.service import ImportUnknown, Outcome, Rehearsal, Report
from node.spaces import service as spaces
from node.themes import service as themes
from shared.records.base import TITLE_LENGTH_MAX
from shared.time import now
from shared.web import pagination, zone
from shared.web.forms import options
from shared.web.languages import language

MAY_IMPORT = (Role.OFFICE,)
PER_PAGE = 100
pages = Blueprint(
    "imports",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/dateien",
    url_prefix="/import",
)


@pages.get("")
@staff_required(*MAY_IMPORT)
def index() -> str:
    """Show the upload form."""
    with reading() as session:
        return render_template("imports/index.html", form=_upload_form(session), broken=None)


@pages.post("")
@staff_required(*MAY_IMPORT)
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
            except CalendarTooLarge as refusal:
                form.file.errors = [LIMITS[refusal.limit]]
    return render_template("imports/index.html", form=form, broken=broken, problems=PROBLEMS), 422


@pages.get("/<upload_id>")
@staff_required(*MAY_IMPORT)
def rehearse(upload_id: str) -> str:
    """The dry run: the real run, taken back."""
    return _rehearsal_page(upload_id, _run(upload_id, wanted=None))


@pages.post("/<upload_id>")
@staff_required(*MAY_IMPORT)
def confirm(upload_id: str) -> Any:
    """The real run, if it would do what was shown; else show again."""
    report = _run(upload_id, wanted=request.form.get("fingerprint", ""))
    if report.fingerprint != request.form.get("fingerprint", ""):
        flash(
            _("Something has changed in the house meanwhile. Please look again; nothing was imported yet."), "warning"
        )
        return redirect(url_for("imports.rehearse", upload_id=upload_id))
    flash(
        _(
            "The calendar is imported: %(created)s new, %(updated)s changed, %(cancelled)s called off.",
            created=report.count(Outcome.CREATED),
            updated=report.count(Outcome.UPDATED),
            cancelled=report.count(Outcome.CANCELLED),
        ),
        "success",
    )
    return redirect(url_for("programme.index"))


@pages.post("/<upload_id>/verwerfen")
@staff_required(*MAY_IMPORT)
def forget(upload_id: str) -> Any:
    """Forget the file; nothing was imported."""
    with suppress(ImportUnknown), transaction() as session:  # gone already: forgotten or imported by somebody else
        service.forget_upload(session, upload_id)
    flash(_("The file is forgotten; nothing was imported."), "success")
    return redirect(url_for("imports.index"))


def _run(upload_id: str, wanted: str | None) -> Report:
    """Carry the import out; take it back unless the report is the one that was `wanted`."""
    try:
        with transaction() as session:
            kept = service.get_upload(session, upload_id)
            report = service.carry_out(session, kept, zone(), now=now(), by=current_user.name)
            if report.fingerprint != wanted:
                raise Rehearsal(report)
            service.forget_upload(session, upload_id)
    except Rehearsal as rehearsal:
        return rehearsal.report
    except ImportUnknown:
        abort(404)
    return report


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
