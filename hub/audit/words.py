"""The words of the log: kinds of records, fields, deeds, who acts. What has no word is shown as it is."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from hub.core.accounts import ROLE_NAMES
from hub.core.collection_names import NAMES
from shared.time import WIRE_INSTANT
from shared.web.filters import local_date, local_datetime

TABLES: Mapping[str, Any] = {
    **NAMES,
    "accounts": _l("Account"),
    "alarm_letters": _l("Message of an alarm"),
    "alarm_quiet_hours": _l("Quiet hours of alarms"),
    "alarm_rules": _l("Rule of an alarm"),
    "alarms": _l("Alarm"),
    "district_shapes": _l("Shape of a district"),
    "districts": _l("District"),
    "invitations": _l("Join code"),
    "members": _l("Link to a house"),
    "open_data_terms": _l("Terms of open data"),
    "quarter_shapes": _l("Shape of a quarter"),
    "quarters": _l("Quarter"),
    "recovery_codes": _l("Recovery code"),
    "second_factor_roles": _l("Second factor demanded"),
    "second_factors": _l("Second factor"),
    "shape_drafts": _l("Uploaded shapes"),
}
FIELDS: Mapping[str, Any] = {
    "active": _l("active"),
    "body": _l("text"),
    "confirmed_at": _l("confirmed at"),
    "district": _l("district"),
    "first_day": _l("first day"),
    "for_public": _l("for everybody"),
    "label_de": _l("German name"),
    "label_en": _l("English name"),
    "last_day": _l("last day"),
    "locked_at": _l("locked at"),
    "name": _l("name"),
    "password_due": _l("has to choose a password"),
    "password_hash": _l("password"),
    "password_until": _l("start password works until"),
    "rank": _l("place in the order"),
    "revoked_at": _l("revoked at"),
    "role": _l("role"),
    "second_factor_due": _l("has to set up a second factor"),
    "second_factor_since": _l("second factor since"),
    "sessions_ended": _l("signed out everywhere"),
    "shows_from": _l("shows from"),
    "shows_until": _l("shows until"),
    "signed_in_at": _l("signed in"),
    "title": _l("title"),
    "used_at": _l("used at"),
}
ACTIONS: Mapping[str, tuple[Any, str]] = {
    "created": (_l("added"), "success"),
    "changed": (_l("changed"), "info"),
    "deleted": (_l("deleted"), "danger"),
    "allowed": (_l("removal allowed"), "danger"),
    "joined": (_l("joined with a code"), "success"),
    "left": (_l("left the network"), "info"),
    "tried_again": (_l("tried again"), "info"),
}
_DAY_LENGTH = len("2026-11-23")


def value_word(plain: Any, name: str = "") -> str:
    """Return a value of the field `name` as people write it; `plain` is what JSON can take."""
    if name == "role" and plain in ROLE_NAMES:
        return str(ROLE_NAMES[plain])
    if plain is None or plain in ("", []):
        return "–"
    if isinstance(plain, bool):
        return str(gettext("yes") if plain else gettext("no"))
    if isinstance(plain, list):
        return ", ".join(value_word(one) for one in plain)
    return _text_word(plain) if isinstance(plain, str) else str(plain)


def _text_word(text: str) -> str:
    """Return an instant or a date as people write it, any other text as it is."""
    if WIRE_INSTANT.fullmatch(text):
        return local_datetime(datetime.fromisoformat(text).astimezone(UTC))
    try:
        return local_date(date.fromisoformat(text)) if len(text) == _DAY_LENGTH else text
    except ValueError:
        return text
