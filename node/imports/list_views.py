"""A list uploaded: what it may look like, a template, and what is broken in it."""

from typing import Any

from flask import Response, abort, redirect, render_template, request, url_for
from flask_login import current_user

from node.core.db import reading, transaction
from node.core.rights import Right, needs
from node.imports import importers
from node.imports.forms import EventListForm, ListForm
from node.imports.labels import ABOUT_LISTS, KNOWN_BY, LIMITS, LISTS, PROBLEMS
from node.imports.lines import FileBroken, FileTooLarge
from node.imports.lists import ListKind
from node.imports.models import PendingImport
from node.imports.tables import TABLE_BYTES_MAX
from node.imports.views import circumstances, pages
from shared.records.base import TITLE_LENGTH_MAX
from shared.time import now
from shared.web.languages import language


@pages.get("/liste/<kind>")
@needs(Right.ARRANGE_HOUSE)
def choose_list(kind: str) -> str:
    """Show what a list of this kind may have, and the upload form."""
    return _list_page(_kind(kind), _form(_kind(kind)))


@pages.post("/liste/<kind>")
@needs(Right.ARRANGE_HOUSE)
def upload_list(kind: str) -> Any:
    """Read the list; keep it for the dry run, or say what is broken in it."""
    form, broken = _form(_kind(kind)), None
    if form.validate():
        try:
            with transaction() as session:
                kept = importers.keep_list(session, _pending(_kind(kind), form), circumstances())
                return redirect(url_for("imports.rehearse", upload_id=kept.id))
        except FileBroken as refusal:
            broken = refusal
        except FileTooLarge as refusal:
            form.file.errors = [LIMITS[refusal.limit]]
    return _list_page(_kind(kind), form, broken), 422


@pages.get("/liste/<kind>/vorlage.csv")
@needs(Right.ARRANGE_HOUSE)
def template(kind: str) -> Response:
    """A list to fill in: every column and two rows as an example."""
    with reading() as session:
        content = importers.template_of(session, _kind(kind), circumstances())
    answer = Response(content, mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="vorlage-{_kind(kind)}.csv"'
    return answer


def _list_page(kind: ListKind, form: ListForm, broken: FileBroken | None = None) -> str:
    with reading() as session:
        columns = importers.importer(session, kind, circumstances()).all_columns()
    return render_template(
        "imports/list.html",
        kind=kind,
        title=LISTS[kind],
        about=ABOUT_LISTS[kind],
        known_by=KNOWN_BY[kind],
        form=form,
        broken=broken,
        problems=PROBLEMS,
        columns=[(column, column.name(language())) for column in columns],
    )


def _pending(kind: ListKind, form: ListForm) -> PendingImport:
    return PendingImport(
        kind=kind.value,
        file_name=(form.file.data.filename or "")[:TITLE_LENGTH_MAX],
        content=form.file.data.read(TABLE_BYTES_MAX + 1),
        publish=isinstance(form, EventListForm) and form.publish.data == "published",
        uploaded_by=current_user.name,
        uploaded_at=now(),
    )


def _form(kind: ListKind) -> ListForm:
    made = EventListForm if kind is ListKind.EVENTS else ListForm
    return made() if request.method == "POST" else made(formdata=None)


def _kind(text: str) -> ListKind:
    return ListKind(text) if text in set(ListKind) else abort(404)
