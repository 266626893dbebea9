"""Signing in, signing out, changing one's password."""

from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import LoginManager, current_user

from shared.errors import Refusal
from shared.time import now
from shared.web import security
from shared.web.accounts import known_browsers
from shared.web.accounts.columns import NAME_LENGTH_MAX, AccountColumns, AccountLocked, StartPasswordExpired
from shared.web.accounts.desk import EXTENSION, Desk, admit, admit_half, desk, leave, load, stay
from shared.web.accounts.forms import PasswordForm, SignInForm
from shared.web.accounts.guards import signed_in_required
from shared.web.accounts.guessable import is_guessable
from shared.web.accounts.service import change_password, check, fits, note_sign_in
from shared.web.languages import own_path

# Counted in memory, by the site's one process: a restart forgets them, and nobody outside can cause one.
ATTEMPTS_OF_ADDRESS = "30 per minute; 200 per hour"  # a whole house may share one address
ATTEMPTS_AT_NAME = "6 per minute; 40 per hour"
ATTEMPTS_ANYWHERE = "100 per hour"  # at a name, from whatever addresses (OWASP ASVS 2.2.1); known browsers apart


def equip(app: Flask, desk: Desk) -> None:
    """Give `app` sign-in, one's own account and one's second factor, over the tables of `desk`.

    Roles in its `guests` sign in without being of the staff: a view must name them to let them in.
    """
    app.extensions[EXTENSION] = desk
    manager = LoginManager(app)
    manager.session_protection = "basic"
    manager.user_loader(load)
    app.register_blueprint(_pages(app))


def _pages(app: Flask) -> Blueprint:
    """The limits need the app's own limiter, so the addresses are put together here."""
    limiter = app.extensions["stadtherz.limiter"]
    of_address = limiter.limit(ATTEMPTS_OF_ADDRESS, deduct_when=_failed)
    at_name = limiter.limit(ATTEMPTS_AT_NAME, key_func=_typed_name, deduct_when=_failed)
    anywhere = limiter.limit(ATTEMPTS_ANYWHERE, key_func=_typed_name_anywhere, deduct_when=_failed)
    at_person = limiter.limit(ATTEMPTS_AT_NAME, key_func=_person, deduct_when=_failed)
    pages = Blueprint("accounts", __name__)
    pages.add_url_rule("/anmelden", view_func=sign_in_page, methods=["GET"])
    pages.add_url_rule("/anmelden", "sign_in_attempt", of_address(at_name(anywhere(sign_in_attempt))), methods=["POST"])
    pages.add_url_rule("/abmelden", view_func=sign_out, methods=["POST"])
    pages.add_url_rule("/konto", view_func=own, methods=["GET"])
    pages.add_url_rule("/konto", "own_password", at_person(own_password), methods=["POST"])
    return pages


def sign_in_page() -> Any:
    if current_user.is_authenticated:
        return redirect(next_page())
    return render_template("accounts/sign_in.html", form=SignInForm())


def sign_in_attempt() -> Any:
    """Check the password without holding up a writer; only a success is written down."""
    form = SignInForm()
    if form.validate():
        with desk().database.reading() as reading:
            account = check(reading, desk().kind, form.name.data, form.password.data)
        try:
            if account is not None:
                account.refuse_sign_in(now())
                return _admitted(account, form.password.data)
            form.form_errors.append(_("Name and password do not fit together. Please try again."))
        except Refusal as refusal:  # told only to somebody who knows the password
            form.form_errors.append(_in_words(refusal))
    return render_template("accounts/sign_in.html", form=form), 422


def _admitted(account: AccountColumns, password: str) -> Any:
    if account.second_step:
        admit_half(account, now())
        return redirect(url_for(account.second_step, weiter=next_page()))
    return finish_sign_in(account.id, password)


def finish_sign_in(account_id: str, password: str | None = None) -> Any:
    """Begin the session of an account that has shown all it must, and go where it wanted to."""
    with desk().database.reading() as reading:
        admit(reading.get_one(desk().kind, account_id))
    with desk().database.transaction() as writing:  # as the person's own doing
        account = note_sign_in(writing, desk().kind, account_id, now(), password)
    stay(account)  # a password hashed anew is another standing
    return known_browsers.mark(redirect(next_page()))


def sign_out() -> Any:
    leave()
    flash(_("You are signed out."), "success")
    return redirect(url_for("accounts.sign_in_page"))


@signed_in_required
def own() -> Any:
    return _own_page(PasswordForm())


@signed_in_required
def own_password() -> Any:
    form = PasswordForm()
    if form.validate():
        with desk().database.reading() as reading:
            known = fits(reading.get_one(desk().kind, current_user.id).password_hash, form.present.data)
        if known and is_guessable(form.wanted.data, current_user.name):
            form.wanted.errors = [
                _("Guessers try passwords like this one first. A short sentence of your own is better.")
            ]
        elif known and form.wanted.data != form.present.data:
            with desk().database.transaction() as writing:
                account = writing.get_one(desk().kind, current_user.id)
                change_password(account, form.wanted.data)
            stay(account)
            flash(_("Your new password counts from now on. All other devices are signed out."), "success")
            return redirect(url_for("home" if current_user.duty else "accounts.own"))
        elif known:
            form.wanted.errors = [_("That is the password you have already. Please choose another one.")]
        else:
            form.present.errors = [_("That is not your present password.")]
    return _own_page(form), 422


def _own_page(form: PasswordForm) -> str:
    return render_template("accounts/own.html", form=form, roles=desk().roles, own_pages=desk().own_pages)


def _in_words(refusal: Refusal) -> Any:
    if isinstance(refusal, AccountLocked):
        return _("This account is locked. The person who leads the house or looks after the accounts can open it.")
    assert isinstance(refusal, StartPasswordExpired), refusal
    return _("This start password has expired. Please ask for a new one.")


def _failed(response: Any) -> bool:
    return bool(response.status_code >= 400)


def _typed_name() -> str:
    return f"{security.address()} {_name_key()}"


def _typed_name_anywhere() -> str:
    return f"{known_browsers.of_request()} {_name_key()}"


def _name_key() -> str:
    return " ".join(request.form.get("name", "").split()).casefold()[:NAME_LENGTH_MAX]


def _person() -> str:
    return current_user.get_id() or security.address()


def next_page() -> str:
    """Return where this person wanted to go before signing in."""
    return own_path(request.args.get("weiter", "/"))
