"""A refusal in words: those that the pages use."""

from collections.abc import Callable

from flask_babel import gettext as _

from node.bookings.series_refusals import in_words as of_bookings
from node.equipment.refusals import in_words as of_equipment
from node.keys.refusals import in_words as of_keys
from node.programme.refusals import in_words as of_programme
from node.registration.labels import in_words as of_registration
from shared.errors import Refusal

WORDS: tuple[Callable[[Refusal], str], ...] = (of_bookings, of_equipment, of_keys, of_programme, of_registration)


def in_words(refusal: Refusal) -> str:
    """Return what went wrong and what to do next, in the language that the caller asked for."""
    for tell in WORDS:
        try:
            return tell(refusal)
        except Refusal:  # not a refusal of this feature
            continue
    return str(_("The house does not do that. The reason is named beside this sentence."))
