"""The desk's pages of joining: a code for a new centre, for another machine, for new credentials; and all codes.

A code is shown in the answer that makes it and never again, so there is no redirect.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import segno
from flask import abort, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from hub.config import HubConfig
from hub.core.accounts import Account
from hub.core.db import reading, transaction
from hub.core.rights import Right, needs
from hub.network.joining import invitations
from hub.network.joining.forms import InviteForm, ValidForm
from hub.network.joining.invitations import BelongsAlready, NoMember, NotOpen, Wish
from hub.network.joining.models import Invitation, Kind
from hub.network.members import MemberNotPossible
from hub.network.views import link_of, page_number, pages
from shared.joining import JoinCode, NotACode, fingerprint
from shared.keys import open_install
from shared.time import now
from shared.web import pagination

PAST = "frueher"


@pages.app_context_processor
def words() -> dict[str, Any]:
    """Give the templates what compares two installations on the telephone."""
    return {"fingerprint": fingerprint}


@pages.route("/einladen", methods=["GET", "POST"])
@needs(Right.RUN_NETWORK)
def invite() -> Any:
    """Add a centre: ask for its names and show a code with which its machine joins."""
    form = InviteForm(centre_id=request.args.get("kurzname"), name=request.args.get("name")).fill()
    if request.method == "POST" and form.validate():
        try:
            return _shown(_made(Kind.NEW, form.centre_id.data, form.name.data, form))
        except MemberNotPossible:
            form.centre_id.errors = [_("Please use small letters a to z, digits and hyphens, for example alt-hamborn.")]
        except BelongsAlready as refusal:
            form.centre_id.errors = [_belongs(refusal.centre_id)]
        except NotACode:
            form.form_errors.append(_no_address())
    return render_template("network/joining/invite.html", form=form), 422 if request.method == "POST" else 200


@pages.route("/zentren/<centre_id>/ersetzen", methods=["GET", "POST"])
@needs(Right.RUN_NETWORK)
def replace(centre_id: str) -> Any:
    """A code for another machine; the old one is out as soon as it is used."""
    return _code_for_member(Kind.REPLACEMENT, centre_id)


@pages.route("/zentren/<centre_id>/zugangsdaten", methods=["GET", "POST"])
@needs(Right.RUN_NETWORK)
def renew_access(centre_id: str) -> Any:
    """A code with which the same machine fetches new credentials for the broker."""
    return _code_for_member(Kind.CREDENTIALS, centre_id)


@pages.get("/einladungen")
@needs(Right.RUN_NETWORK)
def codes() -> str:
    """The codes that are open, page by page; with `zeige=frueher` what became of the others."""
    at, past = now(), request.args.get("zeige") == PAST
    wanted = invitations.past_ones(at) if past else invitations.open_ones(at)
    with reading() as session:
        listed = pagination.of_query(session, wanted, page_number())
        makers = _names(session, listed.items)
    return render_template(
        "network/joining/codes.html", listed=listed, past=past, PAST=PAST, makers=makers, state_of=_state, at=at
    )


@pages.post("/einladungen/<invitation_id>/zuruecknehmen")
@needs(Right.RUN_NETWORK)
def withdraw_code(invitation_id: str) -> Answer:
    """Take an open code back at once."""
    try:
        with transaction() as session:
            name = invitations.withdraw(session, invitation_id, now()).name
    except NotOpen:
        flash(_("This code is no longer open. The list of the others says what became of it."), "warning")
    else:
        flash(_("The code for %(name)s does not work any more.", name=name), "success")
    return redirect(url_for(".codes"))


def _code_for_member(kind: Kind, centre_id: str) -> Any:
    form = ValidForm().fill()
    with reading() as session:
        link = link_of(session, centre_id)
    if not link.belongs:
        abort(404)
    if request.method == "POST" and form.validate():
        try:
            return _shown(_made(kind, centre_id, link.name, form))
        except NoMember:
            abort(404)
        except NotACode:
            form.form_errors.append(_no_address())
    answered = render_template("network/joining/for_member.html", form=form, link=link, kind=kind)
    return answered, 422 if request.method == "POST" else 200


def _made(kind: Kind, centre_id: str, name: str, form: ValidForm) -> tuple[Invitation, JoinCode]:
    config: HubConfig = current_app.extensions["stadtherz.config"]
    wish = Wish(
        kind=kind,
        centre_id=centre_id,
        name=name,
        hub_url=config.site_url or request.url_root,
        hub_key=open_install(config.key_file).public_key.text,
        by=current_user.id,
        valid_for=timedelta(hours=int(form.hours.data)),
    )
    with transaction() as session:
        return invitations.invite(session, wish, now())


def _shown(made: tuple[Invitation, JoinCode]) -> Answer:
    """Show a code: in this answer only, and in no cache."""
    invitation, code = made
    config: HubConfig = current_app.extensions["stadtherz.config"]
    page = render_template(
        "network/joining/code.html",
        invitation=invitation,
        code=code,
        picture=segno.make(code.link, error="m").svg_data_uri(scale=5, border=4, dark="#000", light="#fff"),
        is_near=_is_near(code.hub_url.split("//", 1)[1]),
        is_broker_near=_is_near(config.broker_public_host or config.broker_host),
    )
    shown = make_response(page)
    shown.headers["Cache-Control"] = "no-store"
    return shown


def _is_near(host: str) -> bool:
    """Tell whether an address works on this machine only."""
    return host.startswith(("127.", "localhost", "[::1]"))


def _state(invitation: Invitation, at: Any) -> str:
    if invitation.used_at is not None:
        return "used"
    if invitation.withdrawn_at is not None:
        return "withdrawn"
    return "open" if invitation.expires_at > at else "expired"


def _names(session: Session, listed: Iterable[Invitation]) -> dict[str, str]:
    accounts = {invitation.made_by for invitation in listed if invitation.made_by}
    found = (session.get(Account, account_id) for account_id in accounts)
    return {account.id: account.name for account in found if account is not None}


def _belongs(centre_id: str) -> Any:
    return _(
        "%(centre)s belongs to the network already. If it gets another machine, make a code on its page.",
        centre=centre_id,
    )


def _no_address() -> Any:
    return _("The hub does not know its own address. Please let it be written into its settings (site_url).")
