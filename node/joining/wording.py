"""Refusals of joining, in words for the page of the first start."""

from typing import Any

from flask_babel import format_datetime
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from node.joining.refusals import JoinRefused, NoAnswer
from shared.joining.letters import Outcome
from shared.time import from_wire

_NO_ANSWER = {
    "unreachable": _l("The city cannot be reached. Is this machine online, and the address in the code right?"),
    "silent": _l("The city did not answer in time."),
    "certificate": _l(
        "The certificate at the address of the code does not belong to it. Is the clock of this machine right? "
        "Please ask the city before you go on."
    ),
    "moved": _l("The address in the code leads on to another one. Please ask the city for a code with the right one."),
    "not a hub": _l("At the address in the code is no network of neighbourhood centres. Please compare the address."),
    "busy": _l("There were too many attempts. Please wait a minute."),
    "broken": _l("The city's hub could not finish what it began. Please tell the city."),
    "forged": _l(
        "The answer was altered on the way, or somebody pretends to be the city. Nothing of it was used. Please "
        "call the city."
    ),
}
_REFUSED = {
    Outcome.UNKNOWN: _l("The city does not know this code. Please compare it letter by letter."),
    Outcome.EXPIRED: _l("This code has expired. Please ask the city for a new one."),
    Outcome.WITHDRAWN: _l("The city took this code back. Please ask for a new one."),
    Outcome.OTHER_CENTRE: _l("This code is for another centre. Please ask the city for one for this house."),
    Outcome.OTHER_MACHINE: _l(
        "This code renews the access of a machine that has joined already. For a new machine the city makes another "
        "kind of code."
    ),
    Outcome.MALFORMED: _l("The city's hub does not understand this program. One of the two needs an upgrade."),
}


def in_words(refusal: NoAnswer | JoinRefused) -> str:
    """Return what happened and what to do now."""
    if isinstance(refusal, NoAnswer):
        again = _("Please try again with the same code: it stays valid, or works on this machine for some minutes.")
        return f"{_NO_ANSWER[refusal.reason]} {again}"
    if refusal.outcome == Outcome.USED:
        return _used(refusal.said)
    return str(_REFUSED[refusal.outcome])


def _used(said: dict[str, Any]) -> str:
    return str(
        _(
            "This code was used already, on %(time)s by the installation %(letters)s. If that was not you, call the "
            "city at once and tell these letters: somebody else may have joined in your place.",
            time=_shown(said["used_at"]),
            letters=said["fingerprint"],
        )
    )


def _shown(instant: str) -> str:
    try:
        return str(format_datetime(from_wire(instant), "short"))
    except ValueError:
        return instant
