"""Refusals of the key book in words that say what to do next."""

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _

from node.keys import service
from shared.errors import Refusal
from shared.web.filters import local_datetime


def in_words(refusal: Refusal) -> str:
    """Return what went wrong and what to do next."""
    if isinstance(refusal, service.KeyOut):
        holders = "; ".join(f"{each.holder_name} ({local_datetime(each.given_at)})" for each in refusal.holders)
        return str(_("No copy of this key is in the house. It is with: %(holders)s.", holders=holders or "–"))
    if isinstance(refusal, service.CopiesOut):
        return str(_("Copy %(number)s is out. Please take it back first.", number=refusal.highest))
    if isinstance(refusal, service.OpenedAlready | service.ClosedAlready):
        return str(_("That is noted already, by %(name)s.", name=refusal.by))
    for kind, said in _WORDS.items():
        if isinstance(refusal, kind):
            return str(said())
    raise refusal


_WORDS: dict[type[Refusal], Callable[[], Any]] = {
    service.KeyExists: lambda: _("Another key has this label. Please choose another one."),
    service.KeyUnknown: lambda: _("This key is no longer there. Please choose another one."),
    service.ReturnedAlready: lambda: _("This key is back already: somebody else has noted it."),
    service.NobodyNamed: lambda: _("Please enter a name."),
    service.NotedTimeImpossible: lambda: _(
        "That time does not fit the booking, or the closing would be before the opening. Please look at it again."
    ),
    service.NotSelfManaged: lambda: _("This booking is not one of a group that opens and closes by itself."),
}
