"""The themes of the city's programme: what staff may do with them.

A theme's key stands in the events of every house, so it never changes, and a theme is
retired, not deleted: old events keep their theme, new ones cannot choose it.
"""

import re

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.themes.models import Theme
from shared.errors import Refusal
from shared.records.themes import FIRST_THEMES

RANK_STEP = 10  # room for a theme between two others
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_KEY_LENGTH_MAX = 40


class ThemeNameTaken(Refusal):
    """There is a theme of that name, active or retired."""

    def __init__(self, label: str) -> None:
        super().__init__(label)
        self.label = label


class ThemeNameUnusable(Refusal):
    """A name without a letter or digit from which a key could be made."""


class NoSuchTheme(Refusal):
    """The theme is not there (any more)."""


def plant_first_themes(session: Session) -> None:
    """Give a new city the themes of the glossary; a city that has themes keeps its own."""
    if session.scalar(select(func.count()).select_from(Theme)):
        return
    for number, (key, label_de, label_en) in enumerate(FIRST_THEMES, start=1):
        session.add(Theme(key=key, label_de=label_de, label_en=label_en, rank=number * RANK_STEP, active=True))


def get_theme(session: Session, theme_id: str) -> Theme:
    """Return a theme; raise NoSuchTheme."""
    theme = session.get(Theme, theme_id)
    if theme is None:
        raise NoSuchTheme
    return theme


def add_theme(session: Session, label_de: str, label_en: str) -> Theme:
    """Add a theme at the end of the list; raise ThemeNameTaken or ThemeNameUnusable."""
    _refuse_taken(session, label_de, but=None)
    last = session.scalar(select(func.max(Theme.rank))) or 0
    key = _free_key(session, label_en or label_de)
    theme = Theme(key=key, label_de=label_de, label_en=label_en, rank=min(last + RANK_STEP, 10_000), active=True)
    session.add(theme)
    return theme


def rename_theme(session: Session, theme: Theme, label_de: str, label_en: str) -> None:
    """Change what a theme is called; its key stays. Raise ThemeNameTaken."""
    _refuse_taken(session, label_de, but=theme)
    theme.label_de, theme.label_en = label_de, label_en


def retire_theme(theme: Theme) -> None:
    """Hide a theme in the forms of all houses. Events that have it keep it."""
    theme.active = False


def bring_back_theme(theme: Theme) -> None:
    """Offer a retired theme again."""
    theme.active = True


def _refuse_taken(session: Session, label_de: str, but: Theme | None) -> None:
    for theme in session.scalars(select(Theme)):
        if theme is not but and theme.label_de.casefold() == label_de.casefold():
            raise ThemeNameTaken(theme.label_de)


def _free_key(session: Session, name: str) -> str:
    """Return a key made of `name` that no theme has had."""
    stem = re.sub(r"[^a-z0-9]+", "_", name.casefold().translate(_UMLAUTS)).strip("_")[: _KEY_LENGTH_MAX - 4].strip("_")
    if not stem:
        raise ThemeNameUnusable
    taken = set(session.scalars(select(Theme.key)))
    number, key = 1, stem
    while key in taken:
        number += 1
        key = f"{stem}_{number}"
    return key
