"""What a frame shows and how: read from its address, written into the address that somebody embeds."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import url_for
from werkzeug.datastructures import MultiDict

from hub.calendar.filters import Filters, from_arguments, to_arguments
from shared.web.languages import DEFAULT, LANGUAGES

NUMBER = 6
NUMBER_MAX = 30
COLOURS = ("hell", "dunkel", "geraet")  # the site's colours are not the reader's: the site says which fit
_HEIGHT_OF_FRAME = 150
_HEIGHT_OF_DATE = 84
_HEIGHT_MAX = 720  # beyond that the frame scrolls


@dataclass(frozen=True)
class Wish:
    """`language` is that of the words around the dates; `colours` is one of COLOURS."""

    filters: Filters
    number: int = NUMBER
    colours: str = COLOURS[0]
    language: str = DEFAULT

    @property
    def arguments(self) -> dict[str, str]:
        """What the address of the frame carries; what goes without saying is left out."""
        said = {"anzahl": str(self.number), "farben": self.colours, "in": self.language}
        usual = {"anzahl": str(NUMBER), "farben": COLOURS[0], "in": DEFAULT}
        return {**to_arguments(self.filters), **{name: value for name, value in said.items() if value != usual[name]}}

    @property
    def address(self) -> str:
        return url_for("widget.frame", _external=True, **self.arguments)

    @property
    def height(self) -> int:
        """Pixels in which the frame needs no scroll bar, if its dates are not too wordy."""
        return min(_HEIGHT_MAX, _HEIGHT_OF_FRAME + _HEIGHT_OF_DATE * self.number)


def from_address(arguments: MultiDict[str, str]) -> Wish:
    """Return the wish that a query string tells; nonsense is what goes without saying."""
    return Wish(
        from_arguments(arguments),
        number=_number(arguments.get("anzahl", "")),
        colours=_one_of(COLOURS, arguments.get("farben", "")),
        language=_one_of(LANGUAGES, arguments.get("in", "")),
    )


def _number(text: str) -> int:
    return min(max(int(text), 1), NUMBER_MAX) if text.isascii() and text.isdecimal() and len(text) < 9 else NUMBER


def _one_of(known: tuple[str, ...] | Mapping[str, str], text: str) -> str:
    return text if text in known else next(iter(known))
