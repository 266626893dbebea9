"""The log: who, what, when; narrowed by person, kind, record and day; as a page and as a CSV file."""

import csv
import io
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from wtforms import SelectField, StringField
from wtforms.validators import Optional

from node.audit import service, words
from node.audit.service import Names
from node.core import audit
from node.core.audit import AuditEntry, Wanted
from node.core.db import reading, transaction
from node.core.rights import Right, may, needs
from node.core.words import field_word, value_word
from shared.time import local_day, now, to_wire
from shared.web import pagination, zone
from shared.web.actors import Actor, ActorKind
from shared.web.forms import DateField, FilterForm, at_most, options

PER_PAGE = 50
_EXPORTED, _TABLE = "exported", "audit"
_RECORD_PAGES = {  # where the record of an entry is looked at
    "accounts": ("staff.show", "account_id"),
    "bookings": ("bookings.show", "booking_id"),
    "events": ("programme.show", "event_id"),
    "registrations": ("registration.show", "registration_id"),
    "spaces": ("spaces.edit", "space_id"),
}
pages = Blueprint(
    "audit",
    __name__,
    template_folder="templates",
    url_prefix="/protokoll",
)


class Filters(FilterForm):
    """`nr` is the id of one record: links of other pages set it."""

    wer = SelectField(_l("Who"), validate_choice=False)
    art = SelectField(_l("What"), validate_choice=False)
    von = DateField(_l("From"), [Optional()])
    bis = DateField(_l("To"), [Optional()])
    nr = StringField(_l("Number"), [at_most(80)])


@pages.get("")
@needs(Right.READ_LOG)
def index() -> str:
    with reading() as session:
        names, places, form = service.names(session), service.places(session), _filters(session)
        query = service.readable(_wanted(form), everything=may(Right.RUN_HOUSE))
        page = pagination.of_query(session, query, pagination.wanted(request.args.get("seite")), PER_PAGE)
    return render_template(
        "audit/index.html",
        form=form,
        page=page,
        who=lambda entry: who(entry, names),
        what=lambda entry: words.TABLES.get(entry.table_name, entry.table_name),
        deed=lambda entry: words.ACTIONS.get(entry.action, (entry.action, "neutral")),
        changes=lambda entry: changes(entry, places),
        record_page=record_page,
        everything=may(Right.RUN_HOUSE),
        at=now(),
    )


@pages.get("/protokoll.csv")
@needs(Right.READ_LOG)
def file() -> Response:
    """The same as a file, the newest first, at most 50,000 entries; that it was taken is noted."""
    with transaction() as session:
        names, places, form = service.names(session), service.places(session), _filters(session)
        query = service.readable(_wanted(form), everything=may(Right.RUN_HOUSE)).limit(service.EXPORT_ROWS_MAX)
        entries = session.scalars(query).all()
        audit.note(session, _EXPORTED, _TABLE, "", now=now(), entries=len(entries))
    drawn = io.StringIO()
    sheet = csv.writer(drawn, delimiter=";")
    sheet.writerow([_("Time (UTC)"), _("Who"), _("What happened"), _("What"), _("Number"), _("Changes")])
    for entry in entries:
        deed = words.ACTIONS.get(entry.action, (entry.action, ""))[0]
        told = ", ".join(f"{name}: {said}" for name, said in changes(entry, places))
        what = words.TABLES.get(entry.table_name, entry.table_name)
        sheet.writerow(
            _safe(cell) for cell in (to_wire(entry.at), who(entry, names), deed, what, entry.record_id, told)
        )
    headers = {"Content-Disposition": "attachment; filename=protokoll.csv"}
    return Response("\ufeff" + drawn.getvalue(), mimetype="text/csv", headers=headers)  # the mark lets Excel see UTF-8


def who(entry: AuditEntry, names: Names) -> str:
    """Return the name of whoever did it."""
    if entry.actor_kind == ActorKind.ACCOUNT:
        return names.get((entry.actor_kind, entry.actor_id)) or _("former colleague")
    if entry.actor_kind == ActorKind.DEVICE:
        return names.get((entry.actor_kind, entry.actor_id)) or _("device")
    kind = str(words.ACTORS.get(entry.actor_kind, entry.actor_kind))
    return f"{kind} ({entry.actor_id})" if entry.actor_id else kind


def changes(entry: AuditEntry, places: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the fields that changed with what they were and are, as far as the log knows; `places` names spaces."""
    told = []
    for name, said in entry.changes.items():
        if isinstance(said, list) and len(said) == 2:
            before, after = (places.get(str(one)) or value_word(one, name) for one in said)
            told.append((field_word(name), f"{before} → {after}"))
        else:
            told.append((field_word(name), "" if said is None else value_word(said)))
    return told


def record_page(entry: AuditEntry) -> str | None:
    """Return the address of the record's own page, None if it has none."""
    endpoint, argument = _RECORD_PAGES.get(entry.table_name, ("", ""))
    if endpoint not in current_app.view_functions or entry.action in ("deleted", "erased"):
        return None
    values: dict[str, Any] = {argument: entry.record_id}
    return url_for(endpoint, **values)


def _filters(session: Session) -> Filters:
    form = Filters()
    people = sorted((name, f"{kind}:{actor_id}") for (kind, actor_id), name in service.names(session).items() if name)
    others = [(f"{kind}:", word) for kind, word in words.ACTORS.items()]
    form.wer.choices = options([("", _("everybody")), *((value, name) for name, value in people), *others])
    tables = service.tables(session, everything=may(Right.RUN_HOUSE))
    kinds = sorted((str(words.TABLES.get(table, table)), table) for table in tables)
    form.art.choices = options([("", _("everything")), *((table, word) for word, table in kinds)])
    return form


def _wanted(form: Filters) -> Wanted:
    """Return what the filters ask for; an impossible one is told beside its field and narrows nothing."""
    form.validate()
    kind, _colon, actor_id = (form.wer.data or "").partition(":")
    known = kind in [str(one) for one in ActorKind]
    return Wanted(
        actor=Actor(ActorKind(kind), actor_id) if known else None,
        table=form.art.data or "",
        record_id=form.nr.data or "",
        since=local_day(form.von.data, zone())[0] if form.von.data else None,
        until=local_day(form.bis.data, zone())[1] if form.bis.data else None,
    )


def _safe(cell: Any) -> str:
    """Keep a spreadsheet from taking a text for a formula."""
    text = str(cell)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text
