"""Pages about who is who: the hub's key and how to change it, and which of two machines is a centre."""

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from hub.core import audit
from hub.core.db import reading, transaction
from hub.core.rights import Right, needs
from hub.network import members, rotation
from hub.network.models import HubTerm, Member
from hub.network.views import link_of, pages
from shared.keys import Install, RotationUnderWay, begin_rotation, end_rotation, open_install
from shared.time import now

_OTHER = "andere"


@pages.app_context_processor
def hub_itself() -> dict[str, Any]:
    """Let the desk say it if this installation is not the city's hub."""
    return {"silent_hub": silent_hub}


def silent_hub() -> HubTerm | None:
    """Return whose term it is if this installation does not serve the network; None if all is well."""
    with reading() as session:
        row = session.get(HubTerm, 1)
    if row is None or (row.higher_number is None and row.instance == _install().instance):
        return None
    return row


@pages.get("/schluessel")
@needs(Right.SEE_NETWORK)
def keys() -> str:
    """The hub's key, whether a next one is on its way, and who does not believe it yet."""
    install = _install()
    newest = install.newest.public_key.text
    with reading() as session:
        return render_template(
            "network/keys.html",
            install=install,
            behind=rotation.behind(session, newest, unknown=install.next_key is not None),
            term=session.get(HubTerm, 1),
        )


@pages.post("/schluessel/neu")
@needs(Right.RUN_NETWORK)
def new_key() -> Answer:
    """Announce a next key; every centre turns to it by itself."""
    try:
        begin_rotation(_install_file())
    except RotationUnderWay:
        flash(_("A change of the key is under way already."), "warning")
    else:
        _note("key_announced")
        flash(_("The new key was announced. Each centre turns to it by itself as soon as it is connected."), "success")
    return redirect(url_for(".keys"))


@pages.post("/schluessel/abschliessen")
@needs(Right.RUN_NETWORK)
def drop_old_key() -> Answer:
    """Give the old key up before everybody has turned away from it."""
    if _install().next_key is not None:
        end_rotation(_install_file())
        _note("key_dropped")
    flash(_("The old key is gone. Who still believed it finds the new one with the next connection."), "success")
    return redirect(url_for(".keys"))


@pages.route("/zentren/<centre_id>/geraete", methods=["GET", "POST"])
@needs(Right.RUN_NETWORK)
def machines(centre_id: str) -> str | Answer:
    """Two machines claim to be one centre: say which is which, and let a person decide."""
    if request.method == "GET":
        with reading() as session:
            return render_template("network/machines.html", link=link_of(session, centre_id))
    with transaction() as session:
        link = link_of(session, centre_id)
        other = link.rival_instance if request.form.get("entscheidung") == _OTHER else None
        if request.form.get("entscheidung") == _OTHER and (other is None or other != request.form.get("installation")):
            flash(_("Meanwhile something else was heard of these machines. Please look again."), "warning")
            return redirect(url_for(".machines", centre_id=centre_id))
        if other is not None:
            members.bind(session, centre_id, other, now())
            decided = _("The other machine is the centre from now on. Please switch the one of before off.")
        else:
            members.keep_bound(session, centre_id)
            decided = _("The machine of before stays. Please switch the other one off.")
        audit.note(session, "machine_chosen", Member.__tablename__, centre_id, now())
    flash(decided, "success")
    return redirect(url_for(".centre", centre_id=centre_id))


def _note(action: str) -> None:
    with transaction() as session:
        audit.note(session, action, HubTerm.__tablename__, "1", now())


def _install_file() -> Any:
    return current_app.extensions["stadtherz.config"].key_file


def _install() -> Install:
    return open_install(_install_file())
