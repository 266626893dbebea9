"""The log: who, what, when; narrowed by person, kind, record and day."""

from collections.abc import Mapping

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import SelectField, StringField
from wtforms.validators import Optional

from hub.audit import words
from hub.core import audit
from hub.core.accounts import Account
from hub.core.audit import AuditEntry, Wanted
from hub.core.db import reading
from hub.core.rights import Right, needs
from shared.time import local_day, now
from shared.web import pagination, zone
from shared.web.actors import Actor, ActorKind
from shared.web.forms import DateField, FilterForm, at_most, options

pages = Blueprint("audit", __name__, template_folder="templates", url_prefix="/protokoll")


class Filters(FilterForm):
    """`nr` is the id of one record: links of the list set it."""

    wer = SelectField(_l("Who"), validate_choice=False)
    art = SelectField(_l("What"), validate_choice=False)
    von = DateField(_l("From"), [Optional()])
    bis = DateField(_l("To"), [Optional()])
    nr = StringField(_l("Number"), [at_most(80)])


@pages.get("")
@needs(Right.RUN_NETWORK)
def index() -> str:
    """Show what is wanted of the log, the newest first."""
    with reading() as session:
        names = _names(session)
        form = _filters(session, names)
        query = audit.entries(_wanted(form))
        page = pagination.of_query(session, query, pagination.wanted(request.args.get(pagination.ARGUMENT)))
    return render_template(
        "audit/log.html",
        form=form,
        page=page,
        who=lambda entry: _who(entry, names),
        what=lambda entry: words.TABLES.get(entry.table_name, entry.table_name),
        deed=lambda entry: words.ACTIONS.get(entry.action, (entry.action, "neutral")),
        changes=_changes,
        at=now(),
    )


def _names(session: Session) -> Mapping[str, str]:
    return {row.id: row.name for row in session.execute(select(Account.id, Account.name).order_by(Account.name_key))}


def _who(entry: AuditEntry, names: Mapping[str, str]) -> str:
    """Return the name of whoever did it."""
    if entry.actor_kind == ActorKind.ACCOUNT:
        return names.get(entry.actor_id) or _("former colleague")
    return f"{_('at the machine')} ({entry.actor_id})"


def _changes(entry: AuditEntry) -> list[tuple[str, str]]:
    """Return the fields that changed with what they were and are, as far as the log knows."""
    told = []
    for name, said in entry.changes.items():
        values = " → ".join(words.value_word(one, name) for one in said) if isinstance(said, list) else ""
        told.append((str(words.FIELDS.get(name, name)), values))
    return told


def _filters(session: Session, names: Mapping[str, str]) -> Filters:
    form = Filters()
    people = [(f"{ActorKind.ACCOUNT}:{account_id}", name) for account_id, name in names.items() if name]
    form.wer.choices = options([("", _("everybody")), *people])
    tables = session.scalars(select(AuditEntry.table_name).distinct())
    kinds = sorted((str(words.TABLES.get(table, table)), table) for table in tables)
    form.art.choices = options([("", _("everything")), *((table, word) for word, table in kinds)])
    return form


def _wanted(form: Filters) -> Wanted:
    """Return what the filters ask for; an impossible one is told beside its field and narrows nothing."""
    form.validate()
    kind, _colon, actor_id = (form.wer.data or "").partition(":")
    return Wanted(
        actor=Actor(ActorKind.ACCOUNT, actor_id) if kind == ActorKind.ACCOUNT else None,
        table=form.art.data or "",
        record_id=form.nr.data or "",
        since=local_day(form.von.data, zone())[0] if form.von.data else None,
        until=local_day(form.bis.data, zone())[1] if form.bis.data else None,
    )
