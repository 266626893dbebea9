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
from shared.ids import is_record_id
from shared.web.filters import local_date, local_datetime

FIELDS: Mapping[str, Any] = {
    "accepted_at": _l("accepted at"),
    "accepted_by": _l("accepted by"),
    "accessibility": _l("accessibility"),
    "account_id": _l("account"),
    "active": _l("active"),
    "address": _l("address"),
    "adults": _l("adults"),
    "age_max": _l("oldest age"),
    "age_min": _l("youngest age"),
    "answer": _l("answer"),
    "answered_at": _l("answered at"),
    "as_of": _l("as of"),
    "attendance": _l("way of taking part"),
    "attended": _l("came"),
    "bookable": _l("can be booked"),
    "booking_id": _l("booking"),
    "buffer_after_min": _l("minutes afterwards"),
    "buffer_before_min": _l("minutes before"),
    "called_off_by": _l("called off by"),
    "came": _l("came"),
    "cancel_reason": _l("reason"),
    "cancelled_at": _l("called off at"),
    "capacity": _l("places"),
    "capacity_circle": _l("places in a circle"),
    "capacity_rows": _l("places in rows"),
    "capacity_standing": _l("places standing"),
    "capacity_tables": _l("places at tables"),
    "changed_at": _l("changed at"),
    "children": _l("children"),
    "closed": _l("closed"),
    "closed_at": _l("closed at"),
    "closed_by": _l("closed by"),
    "closes_local": _l("closes"),
    "code": _l("number"),
    "complete": _l("complete"),
    "confirmed_at": _l("confirmed at"),
    "contact": _l("contact"),
    "contact_email": _l("e-mail"),
    "contact_name": _l("contact"),
    "contact_phone": _l("telephone"),
    "copies": _l("copies"),
    "copy_number": _l("copy"),
    "corrected_by": _l("corrected by"),
    "cost_cents": _l("cost (cents)"),
    "cost_note": _l("cost"),
    "count": _l("count"),
    "count_after": _l("count afterwards"),
    "created_at": _l("added at"),
    "created_by": _l("added by"),
    "days": _l("days"),
    "decided_at": _l("decided at"),
    "decided_by": _l("decided by"),
    "deposit_cents": _l("deposit (cents)"),
    "deposit_note": _l("note on the deposit"),
    "deposit_returned_at": _l("deposit returned at"),
    "deposit_taken_at": _l("deposit taken at"),
    "description": _l("description"),
    "difference": _l("difference"),
    "due_at": _l("due back"),
    "email": _l("e-mail"),
    "ends_at": _l("end"),
    "entries": _l("entries"),
    "erased_at": _l("person erased at"),
    "event": _l("event"),
    "event_id": _l("event"),
    "event_starts_at": _l("beginning of the event"),
    "expires_at": _l("valid until"),
    "fee_class": _l("fee class"),
    "fee_class_id": _l("fee class"),
    "first_day": _l("first day"),
    "given_at": _l("given at"),
    "given_by": _l("given by"),
    "given_out_at": _l("fetched at"),
    "headcount": _l("headcount"),
    "holder_name": _l("holder"),
    "holder_phone": _l("telephone"),
    "image_alt": _l("description of the picture"),
    "in_order": _l("in order"),
    "in_use": _l("in use"),
    "item_id": _l("equipment"),
    "key_id": _l("key"),
    "kind": _l("kind"),
    "label": _l("label"),
    "language": _l("language"),
    "languages": _l("languages"),
    "last_day": _l("last day"),
    "last_used_at": _l("last used"),
    "lent_alone": _l("can be lent"),
    "lent_to": _l("lent to"),
    "locked_at": _l("locked since"),
    "locked_by": _l("locked by"),
    "name": _l("name"),
    "name_key": _l("name"),
    "named_in": _l("named in"),
    "needs": _l("needs"),
    "news": _l("to be told"),
    "note": _l("note"),
    "occurrence_on": _l("date of the series"),
    "offer_until": _l("place kept until"),
    "offered": _l("offered"),
    "online_url": _l("address online"),
    "open_hours": _l("hours open"),
    "opened_at": _l("opened at"),
    "opened_by": _l("opened by"),
    "opens_local": _l("opens"),
    "organisation": _l("organisation"),
    "organiser": _l("organiser"),
    "overruled": _l("rule set aside"),
    "overruled_by": _l("exception by"),
    "parent_id": _l("part of"),
    "password_due": _l("has to choose a password"),
    "password_hash": _l("password"),
    "password_until": _l("start password valid until"),
    "persons": _l("persons"),
    "phone": _l("telephone"),
    "place": _l("place"),
    "price_cents": _l("price (cents)"),
    "purpose": _l("purpose"),
    "queued_at": _l("in line since"),
    "rank": _l("order"),
    "reason": _l("reason"),
    "reference": _l("reference number"),
    "registered": _l("registered"),
    "registered_at": _l("registered at"),
    "registered_by": _l("registered by"),
    "registration": _l("registration"),
    "responsible_address": _l("address"),
    "responsible_name": _l("responsible person"),
    "responsible_phone": _l("telephone"),
    "retired": _l("out of use"),
    "returned_at": _l("returned at"),
    "returned_to": _l("returned to"),
    "revoked_at": _l("withdrawn at"),
    "rights": _l("rights"),
    "role": _l("role"),
    "rule": _l("rule"),
    "said_by": _l("said by"),
    "second_factor": _l("second factor"),
    "second_factor_due": _l("has to set up a second factor"),
    "second_factor_since": _l("second factor since"),
    "sent_at": _l("sent at"),
    "sequence": _l("edition"),
    "series_id": _l("series"),
    "sessions_ended": _l("signed out everywhere"),
    "shown": _l("shown"),
    "signed_in_at": _l("sign-in"),
    "space_id": _l("space"),
    "starts_at": _l("beginning"),
    "starts_local": _l("begins"),
    "state": _l("state"),
    "stock": _l("stock"),
    "summary": _l("short text"),
    "taken_at": _l("taken at"),
    "taken_by": _l("taken by"),
    "target_group": _l("target group"),
    "target_groups": _l("target groups"),
    "tenant_id": _l("tenant"),
    "theme": _l("theme"),
    "title": _l("title"),
    "told_at": _l("told at"),
    "told_by": _l("told by"),
    "updated_at": _l("changed at"),
    "used_at": _l("used at"),
    "valid_from": _l("valid from"),
    "valid_until": _l("valid until"),
    "version": _l("edition"),
    "way": _l("way of registering"),
    "weekday": _l("weekday"),
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
    return _text_word(plain) if isinstance(plain, str) else str(plain)


def _text_word(text: str) -> str:
    """Return an instant or a date as people write it, the end of an id, any other text as it is."""
    if is_record_id(text):
        return f"…{text[-6:]}"
    if _INSTANT.fullmatch(text):
        return local_datetime(datetime.fromisoformat(text).astimezone(UTC))
    return local_date(date.fromisoformat(text)) if _DAY.fullmatch(text) else text
