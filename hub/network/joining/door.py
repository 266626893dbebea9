"""The door of the network: the address that takes requests to join, and the page that a code's picture opens.

Open to everybody: whoever asks proves that they know a code. Wrong ones are few an hour from one
address, all together are bounded, and what is logged of them is not the code.
"""

import logging

from flask import Blueprint, Flask, Response, current_app, render_template, request

from hub.config import HubConfig
from hub.core.db import LEDGER, transaction
from hub.network.joining import access
from hub.network.joining.taking import Taken, take
from shared.errors import WireError
from shared.joining import codes, letters
from shared.joining.letters import Outcome
from shared.keys import Install, open_install
from shared.time import now

REQUEST_BYTES_MAX = 8 * 1024
WRONG_OF_ADDRESS = "10 per minute; 60 per hour"
ALL_TOGETHER = "600 per minute"  # of everybody: what a small hub can check beside its other work
_LOG = logging.getLogger(__name__)


def register(app: Flask) -> None:
    """Add the door to `app`."""
    limiter = app.extensions["stadtherz.limiter"]
    view = limiter.limit(WRONG_OF_ADDRESS, deduct_when=_refused)(_ask)
    view = limiter.limit(ALL_TOGETHER, key_func=lambda: "joining")(view)
    app.extensions["csrf"].exempt(view)
    pages = Blueprint("joining", __name__)
    pages.add_url_rule(letters.PATH, "ask", view, methods=["POST"])
    pages.add_url_rule(codes.PAGE, "explain", explain, methods=["GET"])
    app.register_blueprint(pages)


def explain() -> str:
    """Say what to do with a code. The code itself stands behind the `#` and does not get here."""
    return render_template("network/joining/explain.html")


def _ask() -> tuple[Response, int]:
    """Take a request to join."""
    hub, config = _install(), _config()
    body = request.get_data(cache=False) if (request.content_length or 0) <= REQUEST_BYTES_MAX else b""
    try:
        asked = letters.read_request(body)
    except WireError as error:
        _LOG.warning("joining: a request was not understood (%s)", error.reason)
        digest = letters.digest_of(body)
        return _answer(letters.write_answer(digest, hub, "", Outcome.MALFORMED, letters.in_short()), 400)
    with transaction() as session:
        taken = take(session, asked, now(), ledger=LEDGER, hub=hub, city=config.city)
    _LOG.log(
        logging.INFO if taken.outcome == Outcome.WELCOME else logging.WARNING,
        "joining: %s (%s)",
        taken.outcome,
        taken.centre_id or "no centre",
    )
    return _told(config, hub, asked, taken)


def _told(config: HubConfig, hub: Install, asked: letters.Request, taken: Taken) -> tuple[Response, int]:
    if taken.outcome != Outcome.WELCOME:
        content = letters.in_short(**taken.said)
        return _answer(letters.write_answer(asked.digest, hub, taken.hub_proof, taken.outcome, content), 403)
    welcome = access.welcome(config, hub, taken)
    if (
        not taken.is_repeat
    ):  # somebody who plays the request again would cut the node off; the broker's round sees to the rest
        access.grant(config, taken.centre_id, taken.access_number)
    content = letters.seal_welcome(welcome, asked.sealing_key)
    return _answer(letters.write_answer(asked.digest, hub, taken.hub_proof, Outcome.WELCOME, content), 200)


def _answer(body: bytes, status: int) -> tuple[Response, int]:
    return Response(body, mimetype="application/json", headers={"Cache-Control": "no-store"}), status


def _refused(response: Response) -> bool:
    return response.status_code >= 400


def _config() -> HubConfig:
    found: HubConfig = current_app.extensions["stadtherz.config"]
    return found


def _install() -> Install:
    return open_install(_config().key_file)
