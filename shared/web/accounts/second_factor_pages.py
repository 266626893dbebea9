"""One's own second factor: set up, asked for at the sign-in, switched off; and signing out everywhere."""

import io
from typing import Any

import segno
from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    url_for,
)
from flask_babel import gettext as _
from flask_login import current_user
from nacl.secret import SecretBox

from shared.time import now
from shared.web import security
from shared.web.accounts import totp
from shared.web.accounts.desk import desk, half_signed_in, stay
from shared.web.accounts.forms import CodeForm
from shared.web.accounts.guards import signed_in_required
from shared.web.accounts.people import People
from shared.web.accounts.people import end_sessions as end_all
from shared.web.accounts.second_factor import CodeWrong, SecondFactorDemanded, SecondFactors, sealing
from shared.web.accounts.views import finish_sign_in, next_page
from shared.web.actors import Actor, ActorKind, act_as

# A million codes, three of which count at a time: forty tries a day are nothing.
ATTEMPTS = "6 per minute; 40 per day"


def pages(app: Flask) -> Blueprint:
    """Return the pages; the limits need the app's own limiter."""
    limited = app.extensions["stadtherz.limiter"].limit(ATTEMPTS, key_func=_person, deduct_when=_failed)
    made = Blueprint("second_factor", __name__)
    made.add_url_rule("/anmelden/code", "ask", ask, methods=["GET"])
    made.add_url_rule("/anmelden/code", "answer", limited(answer), methods=["POST"])
    made.add_url_rule("/konto/zweiter-faktor", "show", show, methods=["GET"])
    made.add_url_rule("/konto/zweiter-faktor/code.svg", "picture", picture, methods=["GET"])
    made.add_url_rule("/konto/zweiter-faktor/beginnen", "begin", begin, methods=["POST"])
    made.add_url_rule("/konto/zweiter-faktor", "confirm", limited(confirm), methods=["POST"])
    made.add_url_rule("/konto/zweiter-faktor/neue-codes", "renew", limited(renew), methods=["POST"])
    made.add_url_rule("/konto/zweiter-faktor/abschalten", "switch_off", limited(switch_off), methods=["POST"])
    made.add_url_rule("/konto/ueberall-abmelden", "end_sessions", end_sessions, methods=["POST"])
    return made


def ask() -> Any:
    """Ask for the six digits of somebody whose password was right a moment ago."""
    if half_signed_in(now()) is None:
        return redirect(url_for("accounts.sign_in_page", weiter=next_page()))
    return render_template("accounts/ask.html", form=CodeForm())


def answer() -> Any:
    account_id = half_signed_in(now())
    if account_id is None:
        flash(_("That took too long. Please begin again with your password."), "info")
        return redirect(url_for("accounts.sign_in_page", weiter=next_page()))
    form = CodeForm()
    if form.validate():
        act_as(Actor(ActorKind.ACCOUNT, account_id))
        try:
            with desk().database.transaction() as session:
                _factors().use_code(session, account_id, form.code.data, _box(), now=now())
            return finish_sign_in(account_id)
        except CodeWrong:
            form.code.errors = [_wrong()]
    return render_template("accounts/ask.html", form=form), 422


@signed_in_required
def show() -> str:
    return _page(CodeForm(formdata=None))


@signed_in_required
def picture() -> Response:
    """The QR code of the secret that is being set up."""
    with desk().database.reading() as session:
        secret = _factors().find_unconfirmed(session, current_user.id, _box(), now=now())
    if secret is None:
        abort(404)
    drawn = io.BytesIO()
    segno.make(_address(secret), error="m").save(drawn, kind="svg", scale=5, border=4, dark="#000", light="#fff")
    return Response(drawn.getvalue(), mimetype="image/svg+xml", headers={"Cache-Control": "no-store"})


@signed_in_required
def begin() -> Any:
    with desk().database.transaction() as session:
        account = _people().get_account(session, current_user.id)
        if account.second_factor_since is None:
            _factors().begin(session, account, _box(), now=now())
    return redirect(url_for("second_factor.show"))


@signed_in_required
def confirm() -> Any:
    """The first code shows that the app has understood; from now on it is asked for."""
    return _with_code(lambda session, account, code: _factors().confirm(session, account, code, _box(), now=now()))


@signed_in_required
def renew() -> Any:
    def new_codes(session: Any, account: Any, code: str) -> list[str]:
        _factors().use_code(session, account.id, code, _box(), now=now())
        return _factors().new_recovery_codes(session, account)

    return _with_code(new_codes)


@signed_in_required
def switch_off() -> Any:
    def off(session: Any, account: Any, code: str) -> None:
        _factors().use_code(session, account.id, code, _box(), now=now())
        _factors().switch_off(session, account)

    try:
        return _with_code(off)
    except SecondFactorDemanded:
        flash(_("A second factor is demanded of your role; it cannot be switched off."), "warning")
        return redirect(url_for("second_factor.show"))


@signed_in_required
def end_sessions() -> Any:
    with desk().database.transaction() as session:
        account = _people().get_account(session, current_user.id)
        end_all(account)
    stay(account)
    flash(_("All other devices are signed out."), "success")
    return redirect(url_for("second_factor.show"))


def _with_code(deed: Any) -> Any:
    """Do something that a code of the app has to confirm; show recovery codes where there are new ones."""
    form = CodeForm()
    if form.validate():
        try:
            with desk().database.transaction() as session:
                account = _people().get_account(session, current_user.id)
                codes = deed(session, account, form.code.data)
            stay(account)
            if codes is None:
                flash(_("The second factor is switched off; all other devices are signed out."), "success")
                return redirect(url_for("second_factor.show"))
            shown = make_response(render_template("accounts/recovery_codes.html", codes=codes))
            shown.headers["Cache-Control"] = "no-store"
            return shown
        except CodeWrong:
            form.code.errors = [_wrong()]
    return _page(form), 422


def _page(form: CodeForm) -> str:
    with desk().database.reading() as session:
        account = _people().get_account(session, current_user.id)
        secret = _factors().find_unconfirmed(session, account.id, _box(), now=now())
        left = _factors().recovery_codes_left(session, account.id)
        demanded = account.role in _factors().demanded_roles(session)
    text = totp.as_text(secret) if secret else ""
    return render_template(
        "accounts/second_factor.html",
        form=form,
        account=account,
        secret=" ".join(text[start : start + 4] for start in range(0, len(text), 4)),
        address=_address(secret) if secret else "",
        left=left,
        demanded=demanded,
    )


def _address(secret: bytes) -> str:
    site = current_app.extensions["stadtherz.site"]
    return totp.address_of(secret, current_user.name, site.place() or "Stadtherz")


def _people() -> People:
    return desk().people


def _factors() -> SecondFactors:
    return desk().factors


def _box() -> SecretBox:
    key = current_app.secret_key
    assert key is not None
    return sealing(key)


def _wrong() -> Any:
    return _("This code does not fit, or was used before. Please type the one that the app shows now.")


def _person() -> str:
    return half_signed_in(now()) or (current_user.get_id() or "").partition(".")[0] or security.address()


def _failed(response: Any) -> bool:
    return bool(response.status_code >= 400)
