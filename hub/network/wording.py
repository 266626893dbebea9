"""The words of the network desk: states of a link, of records that were set aside, and reasons.

Reasons come as short English texts from the engine and the wire. Those that are known are put
into words that a person can act on; another one is shown as it came.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from hub.network.versions import Standing
from shared.replication.envelope import Rejection
from shared.replication.ledger import applying
from shared.replication.ledger.shelves import Status
from shared.replication.ledger.source import BOUND_TO_ANOTHER


@dataclass(frozen=True)
class State:
    """How a state is shown: never by colour alone."""

    name: Any
    tone: str
    icon: str
    meaning: Any


STATES: Mapping[str, State] = {
    "agreed": State(
        lazy_pgettext("link", "In agreement"),
        "success",
        "success",
        _l("Connected, nothing waits, both sides hold the same records."),
    ),
    "delayed": State(
        lazy_pgettext("link", "Delayed"),
        "warning",
        "autorenew",
        _l("Connected; something is still on its way or not yet compared."),
    ),
    "offline": State(
        lazy_pgettext("link", "No connection"),
        "danger",
        "warning",
        _l("The centre works on by itself; its records come later."),
    ),
    "waiting": State(
        lazy_pgettext("link", "Never connected"), "info", "info", _l("Admitted, but nothing was heard of it yet.")
    ),
    "stalled": State(
        lazy_pgettext("link", "Stopped"),
        "danger",
        "danger",
        _l("So many records could not be taken that receiving was stopped. Look at the reason, then try again."),
    ),
    "fenced": State(
        lazy_pgettext("link", "Needs a decision"),
        "danger",
        "danger",
        _l("Two installations claim to be this centre, or its history was replaced too often. A person has to decide."),
    ),
    "revoked": State(
        lazy_pgettext("link", "Revoked"), "neutral", "close", _l("No longer a member; what it reported stays.")
    ),
}

STATUSES: Mapping[str, Any] = {
    Status.QUARANTINED: lazy_pgettext("record", "Quarantined"),
    Status.DEFERRED: lazy_pgettext("record", "Put off"),
    Status.STUB: lazy_pgettext("record", "Too large"),
}

REASONS: Mapping[str, Any] = {
    applying.NOT_YOURS: _l("The centre may not write this kind of record."),
    applying.UNKNOWN_COLLECTION: _l("The city's program does not know such records yet. An upgrade will bring them."),
    applying.NEWER_SCHEMA: _l("The centre's program is newer than the city's. An upgrade of the city's will bring it."),
    applying.HASH_DIFFERS: _l("The content is not what the centre signed for: damaged on its way or in its database."),
    applying.TOO_LARGE: _l("The record is too large to travel. The centre has to shorten it."),
    applying.REFUSED: _l("The city's database did not take it."),
    BOUND_TO_ANOTHER: _l("The records are bound to another installation: they were carried to another machine."),
    "another installation uses this centre's key": _l(
        "Another installation speaks with this centre's key: a copied memory card, or a new machine."
    ),
    "two machines have the very same identity": _l(
        "Two machines with the very same identity take turns: a copied virtual machine."
    ),
    "the receiver knows another generation": _l("Its history was replaced too often in one day."),
    "the receiver knows a higher floor": _l("Its database went back in time too often in one day."),
    "the receiver is ahead": _l("Its database went back in time too often in one day."),
    "the receiver knows another mark": _l("Its database went back in time too often in one day."),
    Rejection.ANOTHER_HUB: _l("From a hub that another one has taken over from."),
    Rejection.TOO_LARGE: _l("Larger than any message of this network."),
    Rejection.NOT_OURS: _l("Not a message of this network."),
    Rejection.VERSION: _l("Of a version of the protocol that is not known here."),
    Rejection.UNSIGNED: _l("The signature is wrong: not written by whom it names, or damaged."),
    Rejection.DEFLATED: _l("Cannot be unpacked."),
    Rejection.NOT_JSON: _l("Cannot be read."),
    Rejection.MALFORMED: _l("Not of the form that such a message has."),
    Rejection.UNKNOWN_TYPE: _l("Of a kind that is not known here."),
    Rejection.WRONG_FEED: _l("Speaks for another centre than the one it came from."),
    Rejection.WRONG_CHANNEL: _l("Came the wrong way."),
    Rejection.UNKNOWN_TOPIC: _l("Under an address that this network does not have."),
    Rejection.NOT_A_MEMBER: _l("From somebody who is not a member of the network."),
    Rejection.ANOTHER_INSTANCE: _l("From another installation that uses a centre's key."),
    Rejection.NOT_SERVED: _l("For somebody who is not served here at the moment."),
}


def reason(text: str | None) -> str:
    """Return a reason in words. A field's name may stand before it; contents never do."""
    if not text:
        return ""
    if text in REASONS:
        return str(REASONS[text])
    name, colon, complaint = text.partition(": ")
    if colon and name.isidentifier():
        return str(_("The field “%(field)s” is not as it should be (%(complaint)s)", field=name, complaint=complaint))
    return text


# What a person can do about a reason; one that is not named here needs nothing, or nobody knows yet.
ADVICE: Mapping[str, Any] = {
    applying.NOT_YOURS: _l(
        "Ask whoever looks after the centre's server: its program or its key is not what it should be."
    ),
    applying.UNKNOWN_COLLECTION: _l("Upgrade the city's program; then they are taken by themselves."),
    applying.NEWER_SCHEMA: _l("Upgrade the city's program; then they are taken by themselves."),
    applying.HASH_DIFFERS: _l("Ask the house to save the record once more; it then comes again."),
    applying.TOO_LARGE: _l("Ask the house to shorten its texts and to save it."),
    applying.REFUSED: _l(
        "Try again; if that does not help, show the log of the city's server to whoever looks after it."
    ),
}


def advice(text: str | None) -> str:
    """Return what to do about a reason why a record was set aside."""
    if not text:
        return ""
    if text in ADVICE:
        return str(ADVICE[text])
    name, colon, _complaint = text.partition(": ")
    if colon and name.isidentifier():
        return str(_("Ask the house to correct the record and to save it; it then comes again."))
    return str(_("Try again; if that does not help, show the log of the city's server to whoever looks after it."))


STANDINGS: Mapping[str, tuple[Any, str]] = {
    Standing.UNKNOWN: (lazy_pgettext("program", "not known"), "neutral"),
    Standing.SAME: (lazy_pgettext("program", "as the city's"), "success"),
    Standing.OLDER: (lazy_pgettext("program", "older than the city's"), "info"),
    Standing.NEWER: (lazy_pgettext("program", "newer than the city's"), "info"),
    Standing.TOO_NEW: (lazy_pgettext("program", "too new for the city's"), "warning"),
}

# What a change of a link is called in its history; other states have their ordinary name.
CHANGES: Mapping[str, Any] = {"connected": lazy_pgettext("link", "Connected")}


def change_name(state: str) -> str:
    """Return what a noted change is called."""
    return str(CHANGES.get(state) or STATES[state].name)
