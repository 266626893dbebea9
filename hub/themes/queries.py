"""What other rooms ask about themes."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from hub.themes.models import Theme

_SHOWN: tuple[Any, ...] = (Theme.id, Theme.key, Theme.label_de, Theme.label_en, Theme.rank, Theme.active)


def themes(session: Session) -> Sequence[Row[Any]]:
    """Return all themes in the city's order, retired ones too: old events still carry them."""
    return session.execute(select(*_SHOWN).order_by(Theme.rank, Theme.key)).all()


def labels(session: Session, language: str) -> Mapping[str, str]:
    """Return what each theme is called in `language` (German where nobody translated it), by key."""
    english = language.startswith("en")
    return {theme.key: (theme.label_en if english else "") or theme.label_de for theme in themes(session)}
