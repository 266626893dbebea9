"""The face of the counter: which buttons the house wants to see, in which order, under which names.

Rule: buttons only choose what a touch says. What may be said is the same for every house, so that
the figures of all houses can be added up, and a tablet with older buttons goes on counting.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from node.visits.models import CounterButton, CounterSettings
from node.visits.taps import is_kind, is_target_group
from shared.errors import Refusal
from shared.records.events import TARGET_GROUPS
from shared.records.visits import VisitKind

BUTTONS_MAX = 12  # more do not fit under a thumb


class ButtonUnknown(Refusal):
    """Somebody else has removed the button."""


class ButtonDouble(Refusal):
    """There is a button for this kind and target group already."""


class TooManyButtons(Refusal):
    """More than BUTTONS_MAX."""


@dataclass(frozen=True)
class Button:
    """`id` is '' where the house has not arranged anything; `target_group` '' takes what is chosen beside."""

    id: str
    kind: str
    target_group: str = ""
    label: str = ""

    @property
    def says(self) -> str:
        """What a press of it sends: `event`, or `event:children`."""
        return f"{self.kind}:{self.target_group}" if self.target_group else self.kind


@dataclass(frozen=True)
class Board:
    """The counter of this house. No `groups` means that nobody is asked."""

    buttons: tuple[Button, ...]
    groups: tuple[str, ...]


def board(session: Session) -> Board:
    """Return the counter as the house wants it, or as it is delivered: four kinds, all groups."""
    buttons = tuple(Button(row.id, row.kind, row.target_group, row.label) for row in _rows(session))
    settings = session.get(CounterSettings, 1)
    groups = tuple(TARGET_GROUPS)
    if settings is not None:
        chosen = tuple(group for group in TARGET_GROUPS if group in settings.target_groups)
        groups = (chosen or groups) if settings.asks_groups else ()
    return Board(buttons or _delivered(), groups)


def add_button(session: Session, kind: str, target_group: str = "", label: str = "") -> CounterButton:
    """Put one more button at the end. Raises ButtonDouble, TooManyButtons."""
    assert is_kind(kind), kind
    assert is_target_group(target_group), target_group
    rows = _own_rows(session)
    if len(rows) >= BUTTONS_MAX:
        raise TooManyButtons
    _refuse_double(rows, kind, target_group)
    row = CounterButton(kind=kind, target_group=target_group, label=label.strip(), rank=_next_rank(session))
    session.add(row)
    session.flush()
    return row


def change_button(session: Session, button_id: str, kind: str, target_group: str = "", label: str = "") -> None:
    """Change what a button says and is called. Raises ButtonUnknown, ButtonDouble."""
    assert is_kind(kind), kind
    assert is_target_group(target_group), target_group
    row = get_button(session, button_id)
    _refuse_double([other for other in _rows(session) if other is not row], kind, target_group)
    row.kind, row.target_group, row.label = kind, target_group, label.strip()
    session.flush()


def remove_button(session: Session, button_id: str) -> None:
    """Take a button away; without any, the delivered ones come back. Raises ButtonUnknown."""
    session.delete(get_button(session, button_id))
    session.flush()


def move_button(session: Session, button_id: str, by: int) -> None:
    """Move a button one place up (-1) or down (1); at the end nothing happens. Raises ButtonUnknown."""
    row = get_button(session, button_id)
    rows = list(_rows(session))
    place = rows.index(row)
    rows.insert(max(0, place + by), rows.pop(place))
    for rank, each in enumerate(rows):
        each.rank = rank
    session.flush()


def own_buttons(session: Session) -> Sequence[CounterButton]:
    """Return the house's own buttons; before anything is changed the delivered ones become its own."""
    return _own_rows(session)


def choose_groups(session: Session, groups: Sequence[str], *, asks: bool) -> None:
    """Choose the target groups to touch; not to ask is a choice too."""
    settings = session.get(CounterSettings, 1)
    if settings is None:
        settings = CounterSettings(id=1)
        session.add(settings)
    settings.asks_groups = asks
    settings.target_groups = tuple(group for group in TARGET_GROUPS if group in groups)
    session.flush()


def get_button(session: Session, button_id: str) -> CounterButton:
    """Return a button; raise ButtonUnknown."""
    row = session.get(CounterButton, button_id)
    if row is None:
        raise ButtonUnknown
    return row


def _delivered() -> tuple[Button, ...]:
    return tuple(Button("", kind.value) for kind in VisitKind)


def _rows(session: Session) -> Sequence[CounterButton]:
    return session.scalars(select(CounterButton).order_by(CounterButton.rank, CounterButton.id)).all()


def _own_rows(session: Session) -> Sequence[CounterButton]:
    rows = _rows(session)
    if rows:
        return rows
    session.add_all(CounterButton(kind=one.kind, rank=rank) for rank, one in enumerate(_delivered()))
    session.flush()
    return _rows(session)


def _next_rank(session: Session) -> int:
    return (session.scalar(select(func.max(CounterButton.rank))) or 0) + 1


def _refuse_double(rows: Sequence[CounterButton], kind: str, target_group: str) -> None:
    if any((row.kind, row.target_group) == (kind, target_group) for row in rows):
        raise ButtonDouble
