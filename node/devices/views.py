"""Devices: the list, a new one whose token is shown once, withdrawing a token."""

from typing import Any

from flask import Blueprint, abort, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from node.core.db import reading, transaction
from node.core.rights import RIGHT_NAMES, Right, needs
from node.devices import service
from node.devices.forms import DeviceForm
from shared.ids import new_id
from shared.time import local_day, now
from shared.web import zone

pages = Blueprint("devices", __name__, template_folder="templates", url_prefix="/geraete")


@pages.get("")
@needs(Right.RUN_HOUSE)
def index() -> str:
    """List all devices; a withdrawn one stays, the log names it."""
    at = now()
    with reading() as session:
        devices = service.list_devices(session)
    valid = {device.id for device in devices if service.is_valid(device, at)}
    return render_template("devices/index.html", devices=devices, valid=valid, names=RIGHT_NAMES, at=at)


@pages.get("/neu")
@needs(Right.RUN_HOUSE)
def new() -> str:
    return render_template("devices/new.html", form=DeviceForm(formdata=None, once=new_id()))


@pages.post("/neu")
@needs(Right.RUN_HOUSE)
def add() -> Any:
    """Add a device and show its token: in this answer only, so there is no redirect."""
    form = DeviceForm()
    if not form.validate():
        return render_template("devices/new.html", form=form), 422
    last_day = form.last_day.data
    expires_at = local_day(last_day, zone())[1] if last_day else None
    if expires_at is not None and expires_at <= now():
        form.last_day.errors = [_("This day is over. Please choose a later one.")]
        return render_template("devices/new.html", form=form), 422
    try:
        with transaction() as session:
            said = {"now": now(), "by": current_user.name, "expires_at": expires_at}
            token = service.add_device(session, form.once.data, form.name.data, form.rights.data, **said)
    except service.DeviceExists:
        flash(_("This device is added already; its token was shown once. If it is lost, add the device anew."), "info")
        return redirect(url_for("devices.index"))
    shown = make_response(render_template("devices/token.html", name=form.name.data, token=token))
    shown.headers["Cache-Control"] = "no-store"
    return shown


@pages.post("/<device_id>/widerrufen")
@needs(Right.RUN_HOUSE)
def revoke(device_id: str) -> Any:
    try:
        with transaction() as session:
            device = service.revoke_device(session, device_id, now=now())
    except service.DeviceUnknown:
        abort(404)
    flash(_("The token of “%(name)s” is withdrawn.", name=device.name), "success")
    return redirect(url_for("devices.index"))
