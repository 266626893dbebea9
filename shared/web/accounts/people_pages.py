"""The pages of accounts: who works here, a new colleague with a start password, roles, locks."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from shared.errors import Refusal
from shared.time import now
from shared.web.accounts.desk import desk
from shared.web.accounts.forms import DemandForm, PersonForm, RoleForm
from shared.web.accounts.people import AccountGone, LastMaster, NotOneself
from shared.web.accounts.service import AccountExists

View = TypeVar("View", bound=Callable[..., Any])


def pages(guard: Callable[[View], View]) -> Blueprint:
    """Return the pages; `guard` stands before each of them."""
    made = Blueprint("staff", __name__, url_prefix="/konten")
    views: tuple[tuple[str, str, Any], ...] = (
        ("GET", "", index),
        ("GET", "/neu", new),
        ("POST", "/neu", add),
        ("GET", "/<account_id>", show),
        ("POST", "/<account_id>/rolle", change_role),
        ("POST", "/<account_id>/sperren", lock),
        ("POST", "/<account_id>/oeffnen", unlock),
        ("POST", "/<account_id>/zweiter-faktor", reset_second_factor),
        ("POST", "/<account_id>/startpasswort", give_start_password),
        ("POST", "/zweiter-faktor-verlangen", demand_second_factor),
    )
    for method, address, view in views:
        made.add_url_rule(address, view.__name__, guard(view), methods=[method])
    return made


def index() -> str:
    """Everyone who signs in, and what each role may do."""
    with desk().database.reading() as session:
        accounts = desk().people.list_people(session)
        demanded = desk().factors.demanded_roles(session)
    return render_template(
        "accounts/people.html",
        accounts=accounts,
        roles=desk().roles,
        rights=desk().rights,
        master=desk().master_role,
        guests=desk().guests,
        demand=DemandForm(formdata=None, roles=demanded).offer(_demandable()),
    )


def new() -> str:
    return render_template("accounts/new_person.html", form=PersonForm(formdata=None).offer(desk().roles))


def add() -> Any:
    """Add an account and show its start password: in this answer only, so there is no redirect."""
    form = PersonForm().offer(desk().roles)
    if form.validate():
        try:
            with desk().database.transaction() as session:
                account, password = desk().people.add_person(session, form.name.data, form.role.data, now=now())
            return _start_password(account, password)
        except AccountExists:
            form.name.errors = [_("There is an account of this name already. Please add a surname or a number.")]
    return render_template("accounts/new_person.html", form=form), 422


def show(account_id: str) -> str:
    with desk().database.reading() as session:
        return _page(session, account_id)


def change_role(account_id: str) -> Any:
    form = RoleForm().offer(desk().roles)
    if not form.validate():
        with desk().database.reading() as session:
            return _page(session, account_id, form), 422

    def change(session: Session) -> Any:
        account = desk().people.change_role(session, account_id, form.role.data, by=current_user.id)
        return _("%(name)s has another role now: %(role)s.", name=account.name, role=desk().roles[account.role])

    return _carry_out(account_id, change)


def lock(account_id: str) -> Any:
    return _carry_out(
        account_id,
        lambda session: _(
            "%(name)s is locked and signed out everywhere.",
            name=desk().people.lock(session, account_id, by=current_user.id, now=now()).name,
        ),
    )


def unlock(account_id: str) -> Any:
    return _carry_out(
        account_id,
        lambda session: _("%(name)s can sign in again.", name=desk().people.unlock(session, account_id).name),
    )


def reset_second_factor(account_id: str) -> Any:
    def reset(session: Session) -> Any:
        account = desk().people.get_account(session, account_id)
        if account.id == current_user.id:
            raise NotOneself(account.name)
        desk().factors.reset(session, account)
        return _("%(name)s signs in with the password alone until a new second factor is set up.", name=account.name)

    return _carry_out(account_id, reset)


def give_start_password(account_id: str) -> Any:
    try:
        with desk().database.transaction() as session:
            account, password = desk().people.give_start_password(session, account_id, by=current_user.id, now=now())
    except (AccountGone, NotOneself) as refusal:
        return _refused(account_id, refusal)
    return _start_password(account, password)


def demand_second_factor() -> Any:
    form = DemandForm().offer(_demandable())
    if not form.validate():
        abort(400)
    with desk().database.transaction() as session:
        desk().factors.demand(session, form.roles.data, now=now())
    flash(_("Kept. Whoever has no second factor yet is led to set one up with the next page."), "success")
    return redirect(url_for("staff.index"))


def _demandable() -> Mapping[Any, Any]:
    return {role: desk().roles[role] for role in desk().factors.demandable}


def _carry_out(account_id: str, deed: Any) -> Any:
    """Do something to an account, say what was done, and come back to it."""
    try:
        with desk().database.transaction() as session:
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
        return _("Not for your own account: somebody else who looks after the accounts has to do this.")
    assert isinstance(refusal, LastMaster), refusal
    return _(
        "%(name)s is the last who looks after the accounts here. Please give somebody else that role first.",
        name=refusal.name,
    )


def _page(session: Session, account_id: str, form: RoleForm | None = None) -> str:
    try:
        account = desk().people.get_account(session, account_id)
    except AccountGone:
        abort(404)
    return render_template(
        "accounts/person.html",
        account=account,
        form=form or RoleForm(formdata=None, role=account.role).offer(desk().roles),
        roles=desk().roles,
        is_oneself=account.id == current_user.id,
        after_locking=desk().after_locking,
        at=now(),
    )


def _start_password(account: Any, password: str) -> Response:
    shown = make_response(render_template("accounts/start_password.html", account=account, password=password))
    shown.headers["Cache-Control"] = "no-store"
    return shown
