"""The words for fields and values of records, where whole records are shown: in the log and in an export.

What has no word here is shown as it is.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from node.core.accounts import ROLE_NAMES
from shared.web.filters import local_date, local_datetime

FIELDS: Mapping[str, Any] = {
    "address": _l("address"),
    "adults": _l("adults"),
    "answer": _l("answer"),
    "answered_at": _l("answered at"),
    "as_of": _l("as of"),
    "attended": _l("came"),
    "came": _l("came"),
    "cancel_reason": _l("reason"),
    "capacity": _l("places"),
    "changed_at": _l("changed at"),
    "children": _l("children"),
    "code": _l("number"),
    "confirmed_at": _l("confirmed at"),
    "contact_email": _l("e-mail"),
    "contact_name": _l("contact"),
    "contact_phone": _l("telephone"),
    "created_at": _l("added at"),
    "days": _l("days"),
    "decided_at": _l("decided at"),
    "decided_by": _l("decided by"),
    "description": _l("description"),
    "email": _l("e-mail"),
    "ends_at": _l("end"),
    "entries": _l("entries"),
    "event": _l("event"),
    "event_starts_at": _l("beginning of the event"),
    "expires_at": _l("valid until"),
    "headcount": _l("headcount"),
    "kind": _l("kind"),
    "language": _l("language"),
    "lent_to": _l("lent to"),
    "locked_at": _l("locked since"),
    "name": _l("name"),
    "name_key": _l("name"),
    "named_in": _l("named in"),
    "needs": _l("needs"),
    "note": _l("note"),
    "offer_until": _l("place kept until"),
    "organisation": _l("organisation"),
    "password_due": _l("has to choose a password"),
    "password_hash": _l("password"),
    "password_until": _l("start password valid until"),
    "persons": _l("persons"),
    "phone": _l("telephone"),
    "place": _l("place"),
    "purpose": _l("purpose"),
    "reason": _l("reason"),
    "reference": _l("reference number"),
    "registered": _l("registered"),
    "registered_at": _l("registered at"),
    "registration": _l("registration"),
    "revoked_at": _l("withdrawn at"),
    "rights": _l("rights"),
    "role": _l("role"),
    "second_factor": _l("second factor"),
    "second_factor_due": _l("has to set up a second factor"),
    "second_factor_since": _l("second factor since"),
    "sequence": _l("edition"),
    "sessions_ended": _l("signed out everywhere"),
    "signed_in_at": _l("sign-in"),
    "space_id": _l("space"),
    "starts_at": _l("beginning"),
    "state": _l("state"),
    "summary": _l("short text"),
    "taken_at": _l("taken at"),
    "taken_by": _l("taken by"),
    "theme": _l("theme"),
    "title": _l("title"),
    "told_at": _l("told at"),
    "updated_at": _l("changed at"),
}
VALUES: Mapping[str, Any] = {
    "cancelled": _l("called off"),
    "confirmed": _l("confirmed"),
    "declined": _l("declined"),
    "draft": _l("draft"),
    "expired": _l("expired"),
    "offered": _l("place offered"),
    "published": _l("published"),
    "registered": _l("registered"),
    "requested": _l("requested"),
    "waiting": _l("waiting"),
    **{str(role): name for role, name in ROLE_NAMES.items()},
}
_WORDED = ("state", "role")  # the fields whose values have words
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(Z|[+]00:00)")


def field_word(name: str) -> str:
    """Return the word for a field."""
    return str(FIELDS.get(name, name))


def value_word(plain: Any, name: str = "") -> str:
    """Return a value of the field `name` as people write it; `plain` is what JSON can take."""
    if name in _WORDED and plain in VALUES:
        return str(VALUES[plain])
    if plain is None or plain in ("", []):
        return "–"
    if isinstance(plain, bool):
        return str(gettext("yes") if plain else gettext("no"))
    if isinstance(plain, list | tuple):
        return ", ".join(value_word(one) for one in plain)
    return _time_word(plain) if isinstance(plain, str) else str(plain)


def _time_word(text: str) -> str:
    """Return an instant or a date as people write it, any other text as it is."""
    if _INSTANT.fullmatch(text):
        return local_datetime(datetime.fromisoformat(text).astimezone(UTC))
    return local_date(date.fromisoformat(text)) if _DAY.fullmatch(text) else text
