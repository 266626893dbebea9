"""The pages of door sensors, and the address at which they hand in what they counted."""

from typing import Any

from flask import Blueprint, Response, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _

from node.config import NodeConfig
from node.core.db import reading, transaction
from node.core.rights import Right, needs
from node.sensors import service
from node.sensors.forms import NewSensorForm, SensorForm, SourceForm
from node.sensors.labels import DIRECTIONS, REASONS, SOURCES
from node.sensors.messages import BODY_BYTES_MAX
from node.sensors.service import KeyTaken, SensorUnknown
from node.visits import service as visits
from node.visits.labels import KINDS
from node.visits.service import CountSource
from shared import broker_users, topics
from shared.time import now
from shared.web import zone

pages = Blueprint(
    "sensors", __name__, template_folder="templates", static_folder="static", static_url_path="/sensoren/dateien"
)
inlet = Blueprint("sensor_inlet", __name__)  # without CSRF: a token cannot be forged by a foreign page


@inlet.post("/sensoren/zaehlung")
def take() -> Any:
    """Take counts: a message or a list of them; the token says whose.

    `accepted` is stored for good. A sensor that got no answer sends the same messages again.
    """
    token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    body = request.stream.read(BODY_BYTES_MAX + 1)
    try:
        with reading() as found:
            service.get_by_token(found, token)  # nobody without a token makes writers wait
        with transaction() as writing:
            sensor = service.get_by_token(writing, token)
            receipt = service.take_body(writing, sensor, body, "http", now=now())
    except SensorUnknown:
        answer: Response = jsonify(error="The token is unknown or revoked.")
        answer.headers["WWW-Authenticate"] = "Bearer"
        return answer, 401
    refused = [{"place": one.place, "reason": one.reason, "text": str(REASONS[one.reason])} for one in receipt.refused]
    return jsonify(accepted=receipt.accepted, refused=refused), 200 if receipt.accepted else 422


@pages.get("/sensoren")
@needs(Right.ARRANGE_HOUSE)
def index() -> str:
    """List the sensors, who of them is silent, what counts, and what could not be counted."""
    return _index(SourceForm(formdata=None))


@pages.post("/sensoren/quelle")
@needs(Right.ARRANGE_HOUSE)
def choose_source() -> Any:
    """Choose whether touches, sensors or both count."""
    form = SourceForm()
    if not form.validate():
        return _index(form), 422
    with transaction() as writing:
        visits.choose_source(writing, CountSource(form.source.data), now())
    flash(_("This counts from now on, and in the months that are not locked."), "success")
    return redirect(url_for("sensors.index"))


@pages.route("/sensoren/neu", methods=["GET", "POST"])
@needs(Right.ARRANGE_HOUSE)
def new() -> Any:
    """Add a sensor."""
    form = NewSensorForm()
    if request.method == "POST" and form.validate():
        try:
            with transaction() as writing:
                sensor = service.add_sensor(writing, form.key.data, form.entry(), now=now())
        except KeyTaken:
            form.key.errors = [_("Another sensor has this name already.")]
        else:
            flash(_("The sensor is added. Below stands how it sends."), "success")
            return redirect(url_for("sensors.show", sensor_id=sensor.id))
    return render_template("sensors/form.html", form=form), 422 if form.errors else 200


@pages.route("/sensoren/<sensor_id>", methods=["GET", "POST"])
@needs(Right.ARRANGE_HOUSE)
def show(sensor_id: str) -> Any:
    """Show and change a sensor, and how it is set up."""
    with reading() as found:
        try:
            sensor = service.get_sensor(found, sensor_id)
        except SensorUnknown:
            return _gone()
    form = SensorForm(obj=sensor)
    if request.method == "POST" and form.validate():
        with transaction() as writing:
            service.edit_sensor(writing, sensor_id, form.entry())
        flash(_("The sensor is changed. Hours that it has measured stay as they are."), "success")
        return redirect(url_for("sensors.index"))
    return _show(sensor, form), 422 if form.errors else 200


@pages.post("/sensoren/<sensor_id>/schluessel")
@needs(Right.ARRANGE_HOUSE)
def new_token(sensor_id: str) -> Any:
    """Make a token and show it, this once."""
    try:
        with transaction() as writing:
            token = service.new_token(writing, sensor_id, now=now())
            sensor = service.get_sensor(writing, sensor_id)
    except SensorUnknown:
        return _gone()
    return _show(sensor, SensorForm(formdata=None, obj=sensor), token)


@pages.post("/sensoren/<sensor_id>/schluessel/sperren")
@needs(Right.ARRANGE_HOUSE)
def revoke_token(sensor_id: str) -> Any:
    """Let the sensor send over HTTP no more."""
    try:
        with transaction() as writing:
            service.revoke_token(writing, sensor_id)
    except SensorUnknown:
        return _gone()
    flash(_("The token is revoked."), "success")
    return redirect(url_for("sensors.show", sensor_id=sensor_id))


@pages.post("/sensoren/unverstanden/leeren")
@needs(Right.ARRANGE_HOUSE)
def forget_rejections() -> Any:
    """Empty the list of what could not be counted."""
    with transaction() as writing:
        service.forget_rejections(writing)
    return redirect(url_for("sensors.index"))


def _index(form: SourceForm) -> str:
    at = now()
    with reading() as found:
        if not form.is_submitted():
            form.source.data = visits.source_of_counts(found)
        silent = {sensor.id for sensor in service.silent_sensors(found, at, zone())}
        return render_template(
            "sensors/index.html",
            sensors=service.list_sensors(found),
            silent=silent,
            rejections=service.list_rejections(found),
            held_back=service.held_back(found),
            form=form,
            sources=SOURCES,
            source=visits.source_of_counts(found),
            kinds=KINDS,
            directions=DIRECTIONS,
            reasons=REASONS,
            as_of_time=at,
        )


def _show(sensor: Any, form: SensorForm, token: str = "") -> str:
    config = current_app.extensions["stadtherz.config"]
    return render_template(
        "sensors/sensor.html",
        sensor=sensor,
        form=form,
        token=token,
        address=url_for("sensor_inlet.take", _external=True),
        topic=topics.sensor(config.city, config.centre_id, sensor.key),
        broker=f"{config.broker_host}:{config.broker_port}",
        credentials=_credentials(config),
    )


def _credentials(config: NodeConfig) -> tuple[str, str] | None:
    """Return user and password of this house's sensors at the broker; None where the city gave the node none."""
    if config.broker_user != broker_users.node_user(config.centre_id):
        return None
    return broker_users.sensor_user(config.centre_id), broker_users.sensor_password(config.broker_password)


def _gone() -> Any:
    flash(_("There is no such sensor any more."), "warning")
    return redirect(url_for("sensors.index"))
