"""Signing in, signing out, changing one's password; and the guard in front of staff pages."""

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast, overload

from flask import Blueprint, Flask, abort, current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from shared.database import Database
from shared.time import now
from shared.web import errors, security
from shared.web.accounts.columns import AccountColumns
from shared.web.accounts.forms import PasswordForm, SignInForm
from shared.web.accounts.service import change_password, fits, sign_in
from shared.web.languages import own_path

View = TypeVar("View", bound=Callable[..., Any])
ATTEMPTS_OF_ADDRESS = "30 per minute; 200 per hour"  # a whole house may share one address
ATTEMPTS_AT_NAME = "6 per minute; 40 per hour"
_EXTENSION = "stadtherz.accounts"


class SignedIn(UserMixin):  # type: ignore[misc]
    """Who is asking: a copy of the account, good for this request."""

    def __init__(self, account: AccountColumns, master_role: str, guests: Collection[str] = ()) -> None:
        self.id = account.id
        self.name = account.name
        self.role = account.role
        self._master_role, self._guests = master_role, guests
        self._mark = _mark(account)

    def get_id(self) -> str:
        """What the session cookie holds; a new password makes it worthless."""
        return f"{self.id}.{self._mark}"

    def may(self, *roles: str) -> bool:
        """Whether one of `roles` is this person's; who leads may do everything.

        No roles mean everyone who works here: a guest, who signs in without being of the staff, may not.
        """
        if not roles:
            return self.role not in self._guests
        return self.role == self._master_role or self.role in roles


@overload
def staff_required(view: View, /) -> View: ...
@overload
def staff_required(*roles: str) -> Callable[[View], View]: ...
def staff_required(*roles: Any) -> Any:
    """Guard a view: `@staff_required` for everyone of the staff, `@staff_required("lead", "office")` for these.

    Whoever is not signed in is asked to, and comes back; a form that was sent meanwhile
    is kept on a page that can send it again.
    """
    if len(roles) == 1 and callable(roles[0]) and not isinstance(roles[0], str):
        return _guarded(roles[0], ())
    return lambda view: _guarded(view, tuple(str(role) for role in roles))


def _guarded(view: View, roles: tuple[str, ...]) -> View:
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not current_user.is_authenticated:
            if request.method == "POST":
                return errors.send_again(), 401
            here = request.full_path if request.query_string else request.path
            return redirect(url_for("accounts.sign_in_page", weiter=here))
        if not current_user.may(*roles):
            abort(403)
        return current_app.ensure_sync(view)(*args, **kwargs)

    guarded.for_staff = True  # type: ignore[attr-defined]
    guarded.for_roles = roles  # type: ignore[attr-defined]
    return guarded  # type: ignore[return-value]


def equip(
    app: Flask,
    kind: type[AccountColumns],
    database: Database,
    master_role: str,
    roles: Mapping[Any, Any],
    *,
    guests: Collection[str] = (),
) -> None:
    """Give `app` sign-in over the table `kind`. `roles` maps each role to its (lazy) name.

    Roles in `guests` sign in without being of the staff: a view must name them to let them in.
    """
    app.extensions[_EXTENSION] = _Desk(kind, database, master_role, roles, guests)
    manager = LoginManager(app)
    manager.session_protection = "basic"
    manager.user_loader(_load)
    app.register_blueprint(_pages(app))


@dataclass(frozen=True)
class _Desk:
    """What the pages of one app need."""

    kind: type[AccountColumns]
    database: Database
    master_role: str
    roles: Mapping[Any, Any]
    guests: Collection[str]

    def person(self, account: AccountColumns) -> SignedIn:
        return SignedIn(account, self.master_role, self.guests)


def _desk() -> _Desk:
    return cast("_Desk", current_app.extensions[_EXTENSION])


def _load(cookie_id: str) -> SignedIn | None:
    account_id, _dot, mark = cookie_id.partition(".")
    desk = _desk()
    with desk.database.reading() as session_of_database:
        account = session_of_database.get(desk.kind, account_id)
        return desk.person(account) if account is not None and _mark(account) == mark else None


def _mark(account: AccountColumns) -> str:
    return hashlib.sha256(account.password_hash.encode()).hexdigest()[:16]


def _pages(app: Flask) -> Blueprint:
    """The limits need the app's own limiter, so the addresses are put together here."""
    limiter = app.extensions["stadtherz.limiter"]
    of_address = limiter.limit(ATTEMPTS_OF_ADDRESS, deduct_when=_failed)
    at_name = limiter.limit(ATTEMPTS_AT_NAME, key_func=_typed_name, deduct_when=_failed)
    at_person = limiter.limit(ATTEMPTS_AT_NAME, key_func=_person, deduct_when=_failed)
    pages = Blueprint("accounts", __name__)
    pages.add_url_rule("/anmelden", view_func=sign_in_page, methods=["GET"])
    pages.add_url_rule("/anmelden", "sign_in_attempt", of_address(at_name(sign_in_attempt)), methods=["POST"])
    pages.add_url_rule("/abmelden", view_func=sign_out, methods=["POST"])
    pages.add_url_rule("/konto", view_func=own, methods=["GET"])
    pages.add_url_rule("/konto", "own_password", at_person(own_password), methods=["POST"])
    return pages


def sign_in_page() -> Any:
    if current_user.is_authenticated:
        return redirect(_next())
    return render_template("accounts/sign_in.html", form=SignInForm())


def sign_in_attempt() -> Any:
    form = SignInForm()
    if form.validate():
        desk = _desk()
        with desk.database.transaction() as writing:
            account = sign_in(writing, desk.kind, form.name.data, form.password.data, now())
            person = desk.person(account) if account else None
        if person:
            session.clear()  # nothing of the time before the sign-in is carried over
            session.permanent = True
            login_user(person)
            return redirect(_next())
        form.form_errors.append(_("Name and password do not fit together. Please try again."))
    return render_template("accounts/sign_in.html", form=form), 422


def sign_out() -> Any:
    logout_user()
    session.clear()
    flash(_("You are signed out."), "success")
    return redirect(url_for("accounts.sign_in_page"))


@staff_required
def own() -> Any:
    return render_template("accounts/own.html", form=PasswordForm(), roles=_desk().roles)


@staff_required
def own_password() -> Any:
    form, desk = PasswordForm(), _desk()
    if form.validate():
        with desk.database.transaction() as writing:
            account = writing.get_one(desk.kind, current_user.id)
            if fits(account.password_hash, form.present.data):
                change_password(account, form.wanted.data)
                login_user(desk.person(account))
                flash(_("Your new password counts from now on. All other devices are signed out."), "success")
                return redirect(url_for("accounts.own"))
        form.present.errors = [_("That is not your present password.")]
    return render_template("accounts/own.html", form=form, roles=desk.roles), 422


def _failed(response: Any) -> bool:
    return bool(response.status_code >= 400)


def _typed_name() -> str:
    return f"{security.address()} {request.form.get('name', '').strip().casefold()[:80]}"


def _person() -> str:
    return current_user.get_id() or security.address()


def _next() -> str:
    return own_path(request.args.get("weiter", "/"))
