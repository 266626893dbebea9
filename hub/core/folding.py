"""How words are compared: without case, accents and umlauts.

`ae`, `oe`, `ue`, `ß` become what `ä`, `ö`, `ü`, `ss` become, so it does not matter how
somebody types »Frühstück« or on which keyboard.
"""

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")
_DIGRAPH = re.compile(r"([aou])e")
_LETTERS = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"})


def fold(text: str) -> str:
    """Return `text` folded. The fold of a beginning is a beginning of the fold."""
    parts = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return _DIGRAPH.sub(r"\1", "".join(part for part in parts if not unicodedata.combining(part)))


def words_of(text: str) -> list[str]:
    """Return the folded words of `text` in their order."""
    return _WORD.findall(fold(text))


def all_begin_in(wanted: list[str], text: str) -> bool:
    """Tell whether each of the folded words `wanted` is the beginning of a word of `text`."""
    words = words_of(text)
    return all(any(word.startswith(beginning) for word in words) for beginning in wanted)
