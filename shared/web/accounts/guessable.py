"""Passwords that guessers try first: what everybody types, rows of the keyboard, the own name.

Rule: only that is refused (NIST SP 800-63B, 5.1.1.2). There is no rule about kinds of characters, and a sentence
of common words is fine as long as it is not one of the words here again and again.

The lists of leaked passwords that are traded hold few of twelve characters or more, and nearly all of those are made
in one of these ways; so the ways are kept here, and no list of other people's passwords.
"""

from collections.abc import Iterable
from pathlib import Path

_WORDS = frozenset(Path(__file__).with_name("guessed_first.txt").read_text(encoding="utf-8").split())
_ROWS = (
    "01234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "^1234567890ß",
    "qwertzuiopü+",
    "qwertyuiop",
    "asdfghjklöä#",
    "yxcvbnm,.-",
    "zxcvbnm",
    "1q2w3e4r5t6z7u8i9o0p",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5z6u7i8o9p0",
    "1qay2wsx3edc4rfv5tgb6zhn7ujm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "qayxswedcvfrtgbnhzujm",
    "qazwsxedcrfvtgbyhnujm",
)
_PIECE_MIN = 3  # of a row
_UNIT_MAX = 6  # of what is said again and again
_SPELT = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"})
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def is_guessable(password: str, *known: str) -> bool:
    """Tell whether a guesser would come to `password` soon. `known` is what stands at the door: name, house, city."""
    said = password.casefold()
    words = _WORDS | {part for each in known for part in _letters_of(each)}
    return _repeats(said) or _is_of_rows(said) or any(_is_of_words(text, words) for text in _readings(said))


def _letters_of(name: str) -> Iterable[str]:
    return (part for part in name.casefold().translate(_UMLAUTS).replace("-", " ").split() if len(part) > 2)


def _readings(said: str) -> Iterable[str]:
    """Yield the letters of a password, as typed and as `p4ssw0rt` is meant."""
    for text in (said, said.rstrip("0123456789!?.").translate(_SPELT)):
        yield "".join(filter(str.isalpha, text.translate(_UMLAUTS)))


def _repeats(said: str) -> bool:
    """Tell whether it is a few characters again and again."""
    return any(said == (said[:length] * len(said))[: len(said)] for length in range(1, _UNIT_MAX + 1))


def _is_of_rows(said: str) -> bool:
    """Tell whether it is made of pieces of rows, either way round."""
    rows = [row for each in _ROWS for row in (each, each[::-1])]
    place = 0
    while place < len(said):
        longest = next(
            (length for length in range(len(said) - place, 0, -1) if _is_in(said[place : place + length], rows)), 0
        )
        if longest < _PIECE_MIN:
            return False
        place += longest
    return True


def _is_in(piece: str, rows: Iterable[str]) -> bool:
    return any(piece in row for row in rows)


def _is_of_words(letters: str, words: frozenset[str] | set[str]) -> bool:
    """Tell whether the letters are such words one after the other, at most two different ones, or no letters at all."""
    if not letters:
        return True  # figures and signs alone: a telephone number, a date
    return _parts(letters, words, frozenset())


def _parts(letters: str, words: frozenset[str] | set[str], used: frozenset[str]) -> bool:
    if not letters:
        return True
    beginnings = (letters[:length] for length in range(1, len(letters) + 1))
    fitting = (word for word in beginnings if word in words and len(used | {word}) <= 2)
    return any(_parts(letters[len(word) :], words, used | {word}) for word in fitting)
