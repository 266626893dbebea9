"""A house that was recovered without the city's hub stays closed until it is known who was erased.

The list of erasures on a stick is as old as the stick's last visit. Whoever was erased after that is known
to the hub alone. Until the hub's list was applied every page but the sign-in says so, programs get a
503, and nothing is sent. If the hub stays away, the lead may open the house on their own answer; the list is applied
as soon as the hub speaks.

Rule: the note that the house waits is a file beside the database: a restore cannot forget it.
"""

import json
import logging
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from flask import Flask, current_app, jsonify, render_template, request

from node import link as city_link
from node.backup import erasure_list, hub_calls
from node.backup.making import DATABASE
from node.backup.places import BackupConfig, find_caller
from node.config import NodeConfig
from node.core import audit, erasures
from node.core.db import LEDGER, database, transaction
from node.core.privacy import registry
from node.privacy.traces import forget_for_good
from shared import whole_files
from shared.errors import ConfigError
from shared.signed_calls import Caller, CallRefused, HubUnreachable
from shared.time import from_wire, now, to_wire

FILE = "recovery.pending"
OPEN_ENDPOINTS = {
    "healthz",
    "home",
    "languages.choose",
    "connection.state",
    "accounts.sign_in_page",
    "accounts.sign_in_attempt",
    "accounts.sign_out",
    "accounts.own_password",
    "backup.waits",
    "backup.open_house",
}
_OPEN_BLUEPRINTS = {"second_factor"}
_LOG = logging.getLogger(__name__)


class Waiting(NamedTuple):
    """`made_at`: as of when the restored backup is; `list_at`: of the latest erasure known; `opened`: by the lead."""

    made_at: datetime
    list_at: datetime | None
    opened: bool = False


def begin(data_folder: Path, waits: Waiting) -> None:
    """Note that the hub's list is missing."""
    said = {
        "made_at": to_wire(waits.made_at),
        "list_at": to_wire(waits.list_at) if waits.list_at else None,
        "opened": waits.opened,
    }
    whole_files.replace(data_folder / FILE, json.dumps(said).encode())


def end(data_folder: Path) -> None:
    """Take the note away: the hub's list was applied."""
    (data_folder / FILE).unlink(missing_ok=True)


def find(data_folder: Path) -> Waiting | None:
    """Return what is waited for, None for a house that waits for nothing; raise ConfigError for a broken note."""
    file = data_folder / FILE
    if not file.exists():
        return None
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
        list_at = from_wire(said["list_at"]) if said["list_at"] else None
        return Waiting(from_wire(said["made_at"]), list_at, bool(said["opened"]))
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ConfigError(f"{file}: cannot be read. Recover this centre again from its backup.") from error


def refuse_half_recovered(data_folder: Path) -> None:
    """Raise ConfigError if a recovery was broken off before its database was there: nobody begins an empty house."""
    if (data_folder / FILE).exists() and not (data_folder / DATABASE).exists():
        raise ConfigError(
            f"{data_folder}: a recovery was broken off here. Nothing was started. Run `stadtherz-node recover` again."
        )


def may_speak(config: BackupConfig) -> bool:
    """Tell whether records may go to the city: not before its list of erasures was applied."""
    return not (config.data_folder / FILE).exists()


def ask_hub(app: Flask, config: BackupConfig) -> bool:
    """Apply the hub's list if this house waits for it; tell whether it waits no longer."""
    if may_speak(config):
        return True
    caller = find_caller(config)
    if caller is None:
        return False
    try:
        apply_list(app, caller)
    except (CallRefused, HubUnreachable) as refusal:
        _LOG.warning("recovery: the city's list of erasures is not here yet (%s)", refusal)
        return False
    end(config.data_folder)
    _LOG.info("recovery: the city's list of erasures was applied; the house is open")
    return True


def go_on(app: Flask, config: NodeConfig) -> None:
    """Ask the hub, and start the link of a running node as soon as it waits no longer."""
    if may_speak(config) or not ask_hub(app, config) or city_link.EXTENSION not in app.extensions:
        return
    if app.extensions[city_link.EXTENSION] is None:
        app.extensions[city_link.EXTENSION] = city_link.start(config, database(), LEDGER)


def apply_list(app: Flask, caller: Caller) -> erasures.Forgotten:
    """Fetch the hub's list and forget all that is on it; raise CallRefused, HubUnreachable."""
    found = hub_calls.hub_erasures(caller)
    with transaction() as session:
        erasures.merge(session, found)
        forgotten = erasures.forget_again(session, registry(app), found, now())
    forget_for_good(database())
    return forgotten


def catch_up(app: Flask, config: BackupConfig) -> int:
    """Forget again whom the file beside the database names and the database does not; return how many.

    So it is with a database that went back in time by another way: an upgrade that was rolled back, a copy by hand.
    """
    listed = erasure_list.read(config.data_folder / erasure_list.FILE)
    with transaction() as session:
        new = erasures.merge(session, sorted(listed))
        erasures.forget_again(session, registry(app), new, now())
    if new:
        _LOG.warning("erasures: the database did not know of %d that the list has; they were erased again", len(new))
        forget_for_good(database())
    return len(new)


def open_house(data_folder: Path, waits: Waiting) -> None:
    """Open the pages; somebody answers for it. The link stays closed."""
    begin(data_folder, waits._replace(opened=True))
    with transaction() as session:
        audit.note(session, "opened", "recovery", "", now=now())


def guard(app: Flask, data_folder: Path) -> None:
    """Close the pages of `app` while the house waits."""

    @app.before_request
    def close() -> Any:
        endpoint = request.endpoint or ""
        if endpoint in OPEN_ENDPOINTS or endpoint.endswith(".static") or request.blueprint in _OPEN_BLUEPRINTS:
            return None
        waits = find(data_folder)
        if waits is None or waits.opened:
            return None
        return _closed(waits)


def _closed(waits: Waiting) -> Any:
    headers = {"Retry-After": "60", "Cache-Control": "no-store"}
    if request.path.startswith("/api/"):
        return jsonify(code=503, status="Recovery waits for the city's list of erasures"), 503, headers
    assert current_app
    return render_template("backup/closed.html", waits=waits), 503, headers
