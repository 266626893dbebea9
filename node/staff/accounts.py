"""Accounts: who works here, a new colleague with a start password, roles, locks."""

from typing import Any

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from node.core.accounts import ROLE_NAMES, Account, Role, people, second_factor
from node.core.accounts.people import AccountGone, LastLead, NotOneself
from node.core.db import reading, transaction
from node.core.rights import RIGHT_NAMES, Right, needs, rights_of
from node.staff.forms import DemandForm, PersonForm, RoleForm
from shared.errors import Refusal
from shared.time import now
from shared.web.accounts import AccountExists

pages = Blueprint(
    "staff",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/dateien",
    url_prefix="/konten",
)


@pages.get("")
@needs(Right.RUN_HOUSE)
def index() -> str:
    """Everyone who signs in, and what each role may do."""
    with reading() as session:
        accounts = people.list_people(session)
        demanded = second_factor.demanded_roles(session)
    return render_template(
        "staff/index.html",
        accounts=accounts,
        roles=ROLE_NAMES,
        rights={role: [RIGHT_NAMES[right] for right in rights_of(role)] for role in Role},
        demand=DemandForm(formdata=None, roles=demanded),
    )


@pages.get("/neu")
@needs(Right.RUN_HOUSE)
def new() -> str:
    return render_template("staff/new.html", form=PersonForm(formdata=None))


@pages.post("/neu")
@needs(Right.RUN_HOUSE)
def add() -> Any:
    """Add an account and show its start password: in this answer only, so there is no redirect."""
    form = PersonForm()
    if form.validate():
        try:
            with transaction() as session:
                account, password = people.add_person(session, form.name.data, form.role.data, now=now())
            return _start_password(account, password)
        except AccountExists:
            form.name.errors = [_("There is an account of this name already. Please add a surname or a number.")]
    return render_template("staff/new.html", form=form), 422


@pages.get("/<account_id>")
@needs(Right.RUN_HOUSE)
def show(account_id: str) -> str:
    with reading() as session:
        return _page(session, account_id)


@pages.post("/<account_id>/rolle")
@needs(Right.RUN_HOUSE)
def change_role(account_id: str) -> Any:
    form = RoleForm()
    if not form.validate():
        with reading() as session:
            return _page(session, account_id, form), 422

    def change(session: Session) -> Any:
        account = people.change_role(session, account_id, form.role.data, by=current_user.id)
        return _("%(name)s has another role now: %(role)s.", name=account.name, role=ROLE_NAMES[Role(account.role)])

    return _carry_out(account_id, change)


@pages.post("/<account_id>/sperren")
@needs(Right.RUN_HOUSE)
def lock(account_id: str) -> Any:
    return _carry_out(
        account_id,
        lambda session: _(
            "%(name)s is locked and signed out everywhere.",
            name=people.lock(session, account_id, by=current_user.id, now=now()).name,
        ),
    )


@pages.post("/<account_id>/oeffnen")
@needs(Right.RUN_HOUSE)
def unlock(account_id: str) -> Any:
    return _carry_out(
        account_id, lambda session: _("%(name)s can sign in again.", name=people.unlock(session, account_id).name)
    )


@pages.post("/<account_id>/zweiter-faktor")
@needs(Right.RUN_HOUSE)
def reset_second_factor(account_id: str) -> Any:
    def reset(session: Session) -> Any:
        account = people.get_account(session, account_id)
        if account.id == current_user.id:
            raise NotOneself(account.name)
        second_factor.reset(session, account)
        return _("%(name)s signs in with the password alone until a new second factor is set up.", name=account.name)

    return _carry_out(account_id, reset)


@pages.post("/<account_id>/startpasswort")
@needs(Right.RUN_HOUSE)
def give_start_password(account_id: str) -> Any:
    try:
        with transaction() as session:
            account, password = people.give_start_password(session, account_id, by=current_user.id, now=now())
    except (AccountGone, NotOneself) as refusal:
        return _refused(account_id, refusal)
    return _start_password(account, password)


@pages.post("/zweiter-faktor-verlangen")
@needs(Right.RUN_HOUSE)
def demand_second_factor() -> Any:
    form = DemandForm()
    if not form.validate():
        abort(400)
    with transaction() as session:
        second_factor.demand(session, form.roles.data, now=now())
    flash(_("Kept. Whoever has no second factor yet is led to set one up with the next page."), "success")
    return redirect(url_for("staff.index"))


def _carry_out(account_id: str, deed: Any) -> Any:
    """Do something to an account, say what was done, and come back to it."""
    try:
        with transaction() as session:
            said = deed(session)
    except Refusal as refusal:
        return _refused(account_id, refusal)
    flash(said, "success")
    return redirect(url_for("staff.show", account_id=account_id))


def _refused(account_id: str, refusal: Refusal) -> Any:
    if isinstance(refusal, AccountGone):
        abort(404)
    flash(_in_words(refusal), "warning")
    return redirect(url_for("staff.show", account_id=account_id))


def _in_words(refusal: Refusal) -> Any:
    if isinstance(refusal, NotOneself):
        return _("Not for your own account: somebody else who leads the house has to do this.")
    assert isinstance(refusal, LastLead), refusal
    return _("%(name)s is the last who leads this house. Please give somebody else that role first.", name=refusal.name)


def _page(session: Session, account_id: str, form: RoleForm | None = None) -> str:
    try:
        account = people.get_account(session, account_id)
    except AccountGone:
        abort(404)
    return render_template(
        "staff/account.html",
        account=account,
        form=form or RoleForm(formdata=None, role=account.role),
        roles=ROLE_NAMES,
        is_oneself=account.id == current_user.id,
        at=now(),
    )


def _start_password(account: Account, password: str) -> Response:
    shown = make_response(render_template("staff/start_password.html", account=account, password=password))
    shown.headers["Cache-Control"] = "no-store"
    return shown
