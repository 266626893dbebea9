"""Signing in, signing out, changing one's password; and the guard in front of staff pages."""

import hashlib
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

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


class SignedIn(UserMixin):  # type: ignore[misc]
    """Who is asking: a copy of the account, good for this request."""

    def __init__(self, account: AccountColumns, master_role: str) -> None:
        self.id = account.id
        self.name = account.name
        self.role = account.role
        self._master_role = master_role
        self._mark = _mark(account)

    def get_id(self) -> str:
        """What the session cookie holds; a new password makes it worthless."""
        return f"{self.id}.{self._mark}"

    def may(self, *roles: str) -> bool:
        """Whether one of `roles` is this person's; who leads may do everything."""
        return self.role == self._master_role or self.role in roles


def staff_required(*roles: Any) -> Any:
    """Guard a view: `@staff_required` for everyone signed in, `@staff_required("lead", "office")` for these.

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
        if roles and not current_user.may(*roles):
            abort(403)
        return current_app.ensure_sync(view)(*args, **kwargs)

    guarded.for_staff = True  # type: ignore[attr-defined]
    guarded.for_roles = roles  # type: ignore[attr-defined]
    return guarded  # type: ignore[return-value]


def equip(
    app: Flask, kind: type[AccountColumns], database: Database, master_role: str, roles: Mapping[str, Any]
) -> None:
    """Give `app` sign-in over the table `kind`. `roles` maps each role to its (lazy) name."""
    manager = LoginManager(app)
    manager.session_protection = "basic"

    @manager.user_loader  # type: ignore[untyped-decorator]
    def load(cookie_id: str) -> SignedIn | None:
        account_id, _dot, mark = cookie_id.partition(".")
        with database.reading() as reading:
            account = reading.get(kind, account_id)
            return SignedIn(account, master_role) if account is not None and _mark(account) == mark else None

    app.register_blueprint(_pages(app, kind, database, master_role, roles))


def _mark(account: AccountColumns) -> str:
    return hashlib.sha256(account.password_hash.encode()).hexdigest()[:16]


def _pages(
    app: Flask, kind: type[AccountColumns], database: Database, master_role: str, roles: Mapping[str, Any]
) -> Blueprint:
    pages = Blueprint("accounts", __name__)
    limiter = app.extensions["stadtherz.limiter"]

    @pages.get("/anmelden")
    def sign_in_page() -> Any:
        if current_user.is_authenticated:
            return redirect(_next())
        return render_template("accounts/sign_in.html", form=SignInForm())

    @pages.post("/anmelden")
    @limiter.limit(ATTEMPTS_OF_ADDRESS, deduct_when=_failed)
    @limiter.limit(ATTEMPTS_AT_NAME, key_func=_typed_name, deduct_when=_failed)
    def sign_in_attempt() -> Any:
        form = SignInForm()
        if form.validate():
            with database.transaction() as writing:
                account = sign_in(writing, kind, form.name.data, form.password.data, now())
                person = SignedIn(account, master_role) if account else None
            if person:
                session.clear()  # nothing of the time before the sign-in is carried over
                session.permanent = True
                login_user(person)
                return redirect(_next())
            form.form_errors.append(_("Name and password do not fit together. Please try again."))
        return render_template("accounts/sign_in.html", form=form), 422

    @pages.post("/abmelden")
    def sign_out() -> Any:
        logout_user()
        session.clear()
        flash(_("You are signed out."), "success")
        return redirect(url_for("accounts.sign_in_page"))

    @pages.get("/konto")
    @staff_required
    def own() -> Any:
        return render_template("accounts/own.html", form=PasswordForm(), roles=roles)

    @pages.post("/konto")
    @limiter.limit(ATTEMPTS_AT_NAME, key_func=_person, deduct_when=_failed)
    @staff_required
    def own_password() -> Any:
        form = PasswordForm()
        if form.validate():
            with database.transaction() as writing:
                account = writing.get_one(kind, current_user.id)
                if fits(account.password_hash, form.present.data):
                    change_password(account, form.wanted.data)
                    login_user(SignedIn(account, master_role))
                    flash(_("Your new password counts from now on. All other devices are signed out."), "success")
                    return redirect(url_for("accounts.own"))
            form.present.errors = [_("That is not your present password.")]
        return render_template("accounts/own.html", form=form, roles=roles), 422

    return pages


def _failed(response: Any) -> bool:
    return bool(response.status_code >= 400)


def _typed_name() -> str:
    return f"{security.address()} {request.form.get('name', '').strip().casefold()[:80]}"


def _person() -> str:
    return current_user.get_id() or security.address()


def _next() -> str:
    return own_path(request.args.get("weiter", "/"))
