"""Who belongs to the network: letting a centre in and letting it go."""

from flask import current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from hub.core.db import LEDGER, reading, transaction
from hub.core.rights import Right, needs
from hub.network import members
from hub.network.forms import AdmitForm
from hub.network.joining import access, leaving
from hub.network.joining.forms import LEAVES, LetGoForm
from hub.network.members import MemberNotPossible
from hub.network.models import Member
from hub.network.views import link_of, pages
from shared.keys import open_install
from shared.time import now


@pages.route("/aufnehmen", methods=["GET", "POST"])
@needs(Right.RUN_NETWORK)
def admit() -> str | Answer:
    """Let a centre in; one that is known already may come back, or with a new key."""
    form = AdmitForm()
    if form.validate_on_submit():
        try:
            with transaction() as session:
                _admit(session, form)
        except MemberNotPossible as refusal:
            _explain(form, refusal)
        else:
            flash(_("%(name)s belongs to the network now.", name=form.name.data), "success")
            return redirect(url_for(".centre", centre_id=form.centre_id.data))
    return render_template("network/admit.html", form=form)


@pages.route("/zentren/<centre_id>/ausschliessen", methods=["GET", "POST"])
@needs(Right.RUN_NETWORK)
def revoke(centre_id: str) -> str | Answer:
    """No longer believe or serve a centre; asked about first."""
    form = LetGoForm()
    with reading() as session:
        link = link_of(session, centre_id)
    if not form.validate_on_submit():
        return render_template("network/revoke.html", link=link, form=form)
    with transaction() as session:
        leaving.let_go(session, centre_id, now(), by_itself=form.why.data == LEAVES)
    flash(_("%(name)s is no longer believed or served. What it reported stays.", name=link.name), "success")
    if not access.withdraw(current_app.extensions["stadtherz.config"], centre_id):
        flash(_("The broker does not answer: the centre's access there ends as soon as it does."), "warning")
    return redirect(url_for(".centre", centre_id=centre_id))


def _admit(session: Session, form: AdmitForm) -> Member:
    instance = open_install(current_app.extensions["stadtherz.config"].key_file).instance
    return members.admit(
        session,
        form.centre_id.data,
        form.name.data,
        form.public_key.data,
        now(),
        ledger=LEDGER,
        hub_instance=instance,
    )


def _explain(form: AdmitForm, refusal: MemberNotPossible) -> None:
    """Put a refusal beside its field."""
    if refusal.field == "centre_id":
        message = _("Please use small letters a to z, digits and hyphens, for example alt-hamborn.")
    else:
        message = _("This is no public key. It begins with “ed25519:”; the centre's set-up shows it.")
    form[refusal.field].errors = [*form[refusal.field].errors, message]
