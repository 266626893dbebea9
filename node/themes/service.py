"""The city's themes as a house uses them: for the form of an event and for its page."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from node.themes.models import Theme
from shared.records.themes import FIRST_THEMES


def theme_choices(session: Session, language: str = "de") -> list[tuple[str, str]]:
    """Return (key, label) of the themes in use, in the city's order.

    A house that has not heard of its city yet uses the themes that every city begins with.
    """
    found = session.scalars(select(Theme).where(Theme.active).order_by(Theme.rank, Theme.label_de)).all()
    if not found:
        return [(key, german if language == "de" else english) for key, german, english in FIRST_THEMES]
    return [(theme.key, _label(theme, language)) for theme in found]


def theme_labels(session: Session, language: str = "de") -> dict[str, str]:
    """Return the label of each theme by its key, retired ones too: old events keep theirs."""
    first = {key: german if language == "de" else english for key, german, english in FIRST_THEMES}
    return first | {theme.key: _label(theme, language) for theme in session.scalars(select(Theme))}


def _label(theme: Theme, language: str) -> str:
    return (theme.label_de if language == "de" else theme.label_en) or theme.label_de
