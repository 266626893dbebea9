"""The stem of a German word: what »Kurs«, »Kurse« and »Kursen« have in common.

The Snowball project's stemmer for German, the same that PostgreSQL's dictionary `german` is
made of, for words that are folded already (umlauts are plain letters here, which is what that
stemmer ends with). SQLite's full-text index has no German of its own: it stores and is asked
for these stems beside the words.
"""

import re
from functools import lru_cache

VOWELS = "aeiouy"
S_MAY_FOLLOW, ST_MAY_FOLLOW = "bdfghklmnrt", "bdfghklmnt"
FIRST_REGION_MIN = 3  # letters that stay in any case
STEMS_KEPT = 65_536  # a city's programme has some 30,000 different words
_PLAIN = re.compile(r"[a-z]+")
_REGION = re.compile(rf"[{VOWELS}][^{VOWELS}]")
_BETWEEN_VOWELS = re.compile(rf"(?<=[{VOWELS}])[uy](?=[{VOWELS}])")


@lru_cache(STEMS_KEPT)
def stem(word: str) -> str:
    """Return the stem of a folded word; a word in other letters than a to z is its own stem."""
    if not _PLAIN.fullmatch(word):
        return word
    marked = _BETWEEN_VOWELS.sub(lambda letter: letter.group().upper(), word)  # not vowels there
    first = _after_region(marked, 0)
    second = _after_region(marked, first)
    first = max(first, FIRST_REGION_MIN)
    return _derivation(_second_ending(_first_ending(marked, first), first), first, second).lower()


def _after_region(word: str, start: int) -> int:
    """Return where the part after the first consonant that follows a vowel begins, from `start` on."""
    found = _REGION.search(word, start)
    return found.end() if found else len(word)


def _first_ending(word: str, first: int) -> str:
    for ending in ("ern", "em", "er"):
        if word.endswith(ending):
            return _without(word, ending, first)
    for ending in ("en", "es", "e"):
        if word.endswith(ending):
            shorter = _without(word, ending, first)
            return shorter[:-1] if shorter != word and shorter.endswith("niss") else shorter
    if word.endswith("s") and word[-2:-1] in S_MAY_FOLLOW and len(word) > 1:
        return _without(word, "s", first)
    return word


def _second_ending(word: str, first: int) -> str:
    for ending in ("est", "en", "er"):
        if word.endswith(ending):
            return _without(word, ending, first)
    if word.endswith("st") and len(word) >= 6 and word[-3] in ST_MAY_FOLLOW:
        return _without(word, "st", first)
    return word


def _derivation(word: str, first: int, second: int) -> str:
    """Take off what makes a word of another word: -ung, -lich, -keit."""
    for ending in ("isch", "lich", "heit", "keit", "end", "ung", "ig", "ik"):
        if not word.endswith(ending):
            continue
        shorter = _without(word, ending, second)
        if shorter == word:
            return word
        if ending in ("ig", "ik", "isch"):
            return word if shorter.endswith("e") else shorter
        return _what_remains(shorter, ending, first, second)
    return word


def _what_remains(word: str, after: str, first: int, second: int) -> str:
    """Take off a second ending that stood before `after`."""
    if after in ("end", "ung"):
        shorter = _without(word, "ig", second)
        return word if shorter.endswith("e") else shorter
    if after == "keit":
        return _without(_without(word, "lich", second), "ig", second) if word.endswith(("lich", "ig")) else word
    return _without(_without(word, "er", first), "en", first) if word.endswith(("er", "en")) else word


def _without(word: str, ending: str, region: int) -> str:
    """Return `word` without `ending` if that stands in the region, else `word`."""
    return word[: -len(ending)] if word.endswith(ending) and len(word) - len(ending) >= region else word
