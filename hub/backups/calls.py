"""The door for centres' machines: `/anruf/…`, signed calls only (`shared.signed_calls`).

Rule: nothing of a call is believed before its signature, its time, its nonce and the member's instance were
checked; a centre reaches its own backups and its own list alone.
"""

from base64 import b64encode
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, cast

import orjson
from flask import Blueprint, Flask, Response, current_app, request
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.backups import erasures
from hub.backups.models import CallNonce
from hub.backups.shelf import NotTaken, Shelf
from hub.config import HubConfig
from hub.core.db import reading, transaction
from hub.network import members
from hub.network.joining.leaving import leave
from hub.network.models import Member
from shared.keys import open_install
from shared.signed_calls import BODY_BYTES_MAX, CLOCK_LEEWAY, BadCall, Call, answer_headers, read_call
from shared.time import now

MB = 1024 * 1024
LIST_PART_MAX = 1_000
REFUSED_MAX = "60 per minute"  # of one address: whoever guesses is slowed down, a house on a bad link is not
_STATUS = {"unsigned": 401, "malformed": 400, "elsewhere": 409, "missing": 404, "quota": 413}
View = Callable[..., bytes]


def pages(app: Flask) -> Blueprint:
    """Return the addresses; the limit needs the app's own limiter."""
    found = Blueprint("calls", __name__, url_prefix="/anruf")
    found.post("/sicherungen/<name>")(signed(take_piece))
    found.post("/sicherungen/<name>/fertig")(signed(finish))
    found.get("/sicherungen")(signed(kept))
    found.get("/sicherungen/<name>")(signed(piece))
    found.post("/loeschungen")(signed(add_erasures))
    found.get("/loeschungen")(signed(list_erasures))
    found.post("/austritt")(signed(leave))
    app.extensions["csrf"].exempt(found)
    app.extensions["stadtherz.limiter"].limit(REFUSED_MAX, deduct_when=_is_refused)(found)
    return found


def signed(view: View) -> Callable[..., Response]:
    """Guard a view: it gets the centre's id and the body, and its answer is signed."""

    @wraps(view)
    def answer(**parts: str) -> Response:
        request.max_content_length = BODY_BYTES_MAX
        body = request.get_data()
        asked = ""
        try:
            call = _read(body)
            asked = b64encode(call.signature).decode()
            _believe(call, now())
            return _answer(asked, 200, view(call.centre_id, body, **parts))
        except BadCall as bad:
            return _answer(asked, _STATUS.get(bad.reason, 403), bad.reason.encode())
        except NotTaken as refusal:
            said = str(refusal.have) if refusal.reason == "elsewhere" else refusal.reason
            return _answer(asked, _STATUS.get(refusal.reason, 422), said.encode())

    return answer


def take_piece(centre_id: str, body: bytes, name: str) -> bytes:
    """Take a piece of a backup; `ab` is where it begins."""
    with transaction() as session:
        _shelf(centre_id).add_piece(session, name, _number("ab"), body, _bytes_max())
    return b"ok"


def finish(centre_id: str, body: bytes, name: str) -> bytes:
    """Let a backup count whose pieces have all come, and let go of older ones."""
    said = _read_json(body)
    if not isinstance(said, dict) or type(said.get("bytes")) is not int or not isinstance(said.get("sha256"), str):
        raise BadCall("malformed")
    shelf = _shelf(centre_id)
    with transaction() as session:
        shelf.finish(session, name, said["bytes"], said["sha256"], now())
    with transaction() as session:  # its own: if the new one could not be noted, no file of before is gone
        shelf.prune(session, _config().backups_kept, _bytes_max())
    return b"ok"


def kept(centre_id: str, _body: bytes) -> bytes:
    """Tell which backups of the centre lie here, the last first."""
    with reading() as session:
        found = _shelf(centre_id).kept(session)
        names = ("name", "received_at", "bytes", "sha256")
        return orjson.dumps([{name: getattr(one, name) for name in names} for one in found])


def piece(centre_id: str, _body: bytes, name: str) -> bytes:
    """Give back a piece of a backup."""
    return _shelf(centre_id).read(name, _number("ab"), min(_number("menge"), BODY_BYTES_MAX))


def add_erasures(centre_id: str, body: bytes) -> bytes:
    """Put what the centre erased on its list."""
    try:
        entries = erasures.read_entries(_read_json(body))
    except ValueError as error:
        raise BadCall("malformed") from error
    with transaction() as session:
        erasures.add(session, centre_id, entries)
    return b"ok"


def list_erasures(centre_id: str, _body: bytes) -> bytes:
    """Tell what the centre erased."""
    with reading() as session:
        return orjson.dumps(erasures.of_centre(session, centre_id, _number("ab"), min(_number("menge"), LIST_PART_MAX)))


def _read(body: bytes) -> Call:
    query = request.query_string.decode("ascii", "replace")
    address = request.path + (f"?{query}" if query else "")
    return read_call(request.method, address, cast("Any", request.headers), _config().city, body)


def _believe(call: Call, at: datetime) -> None:
    """Raise BadCall unless the centre's bound machine made this call, now and for the first time."""
    with transaction() as session:
        member = session.get(Member, call.centre_id)
        if member is None or member.revoked_at is not None:
            raise BadCall("unknown")
        call.check(members.keys_of(member), member.instance, at)
        _use_up(session, call, at)


def _use_up(session: Session, call: Call, at: datetime) -> None:
    session.execute(delete(CallNonce).where(CallNonce.used_at < at - 2 * CLOCK_LEEWAY))
    try:
        with session.begin_nested():
            session.add(CallNonce(centre_id=call.centre_id, nonce=call.nonce, used_at=at))
    except IntegrityError as error:
        raise BadCall("replay") from error


def _answer(asked: str, status: int, body: bytes) -> Response:
    headers = answer_headers(open_install(_config().key_file), asked, status, body)
    return Response(body, status, headers | {"Cache-Control": "no-store"}, mimetype="application/octet-stream")


def _number(name: str) -> int:
    text = request.args.get(name, "0")
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise BadCall("malformed")
    return int(text)


def _read_json(body: bytes) -> object:
    try:
        return orjson.loads(body)
    except ValueError as error:
        raise BadCall("malformed") from error


def _shelf(centre_id: str) -> Shelf:
    return Shelf(_config().data_folder, _config().city, centre_id)


def _bytes_max() -> int:
    return _config().backup_quota_mb * MB


def _config() -> HubConfig:
    return cast("HubConfig", current_app.extensions["stadtherz.config"])


def _is_refused(response: Response) -> bool:
    return response.status_code in (400, 401, 403)
