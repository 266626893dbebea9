"""The keys of the house: who has which, since when, and when it comes back.

Rule: whether a copy is in the house is never asked first and written then: the handover is
tried, and the database refuses a copy that is out. The refusal becomes KeyOut.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from node.keys.models import KeyHandover, KeyRing, Opening
from node.keys.openings import (
    ClosedAlready,
    Missing,
    NotedTimeImpossible,
    NotSelfManaged,
    OpenedAlready,
    find_opening,
    not_closed,
    note_closed,
    note_opened,
    openings_of,
)
from shared.errors import Refusal
from shared.ids import new_id

__all__ = [
    "ClosedAlready",
    "CopiesOut",
    "HandoverEntry",
    "HandoverUnknown",
    "KeyExists",
    "KeyHandover",
    "KeyOut",
    "KeyRing",
    "KeyRingEntry",
    "KeyUnknown",
    "Missing",
    "NobodyNamed",
    "NotSelfManaged",
    "NotedTimeImpossible",
    "OpenedAlready",
    "Opening",
    "ReturnedAlready",
    "Ring",
    "add_key",
    "count_overdue",
    "edit_key",
    "find_opening",
    "get_handover",
    "get_key",
    "hand_out",
    "handovers_of_booking",
    "handovers_of_key",
    "keys_held_by",
    "list_rings",
    "not_closed",
    "note_closed",
    "note_opened",
    "openings_of",
    "out_now",
    "take_back",
]


class KeyUnknown(Refusal):
    """There is no key with this id."""


class KeyExists(Refusal):
    """Another key has this label."""


class KeyOut(Refusal):
    """The copy (or every copy) is with somebody already; `holders` are those handovers."""

    def __init__(self, holders: Sequence[KeyHandover]) -> None:
        super().__init__(f"{len(holders)} copies are out")
        self.holders = tuple(holders)


class CopiesOut(Refusal):
    """The house cannot have fewer copies than are in people's hands: copy number `highest` is out."""

    def __init__(self, highest: int) -> None:
        super().__init__(f"copy {highest} is out")
        self.highest = highest


class HandoverUnknown(Refusal):
    """There is no such handover."""


class ReturnedAlready(Refusal):
    """The key came back already; somebody else noted it."""


class NobodyNamed(Refusal):
    """A handover without the name of whoever gets the key."""


@dataclass(frozen=True, kw_only=True)
class KeyRingEntry:
    """What staff say about a key: `opens` are ids of spaces, `copies` how many of it there are."""

    label: str
    opens: tuple[str, ...] = ()
    copies: int = 1
    note: str = ""
    in_use: bool = True


@dataclass(frozen=True, kw_only=True)
class HandoverEntry:
    """Who gets a key, for which booking, and until when."""

    holder_name: str
    holder_phone: str = ""
    booking_id: str | None = None
    tenant_id: str | None = None
    due_at: datetime | None = None


@dataclass(frozen=True)
class Ring:
    """A key with those of its copies that are out; `free` are the numbers in the house."""

    key: KeyRing
    out: tuple[KeyHandover, ...]

    @property
    def free(self) -> tuple[int, ...]:
        gone = {handover.copy_number for handover in self.out}
        return tuple(number for number in range(1, self.key.copies + 1) if number not in gone)


def add_key(session: Session, entry: KeyRingEntry) -> KeyRing:
    """Add a key. Raises KeyExists."""
    key = KeyRing(id=new_id())
    _keep(session, key, entry)
    return key


def edit_key(session: Session, key_id: str, entry: KeyRingEntry) -> KeyRing:
    """Change a key. Raises KeyUnknown, KeyExists, CopiesOut."""
    key = get_key(session, key_id)
    highest = max((handover.copy_number for handover in _out(session, key_id)), default=0)
    if entry.copies < highest:
        raise CopiesOut(highest)
    _keep(session, key, entry)
    return key


def get_key(session: Session, key_id: str) -> KeyRing:
    """Return a key; raise KeyUnknown."""
    key = session.get(KeyRing, key_id)
    if key is None:
        raise KeyUnknown
    return key


def list_rings(session: Session, *, all_of_them: bool = False) -> list[Ring]:
    """Return the keys in use (or all) by label, each with its copies that are out."""
    query = select(KeyRing).order_by(KeyRing.label)
    keys = session.scalars(query if all_of_them else query.where(KeyRing.in_use)).all()
    out = out_now(session)
    return [Ring(key, tuple(handover for handover in out if handover.key_id == key.id)) for key in keys]


def hand_out(
    session: Session, key_id: str, entry: HandoverEntry, *, now: datetime, by: str = "", copy_number: int | None = None
) -> KeyHandover:
    """Give a copy of a key to somebody: `copy_number`, or the first that is in the house.

    Raises KeyUnknown, NobodyNamed, KeyOut.
    """
    if not entry.holder_name.strip():
        raise NobodyNamed
    key = get_key(session, key_id)
    out = _out(session, key_id)
    number = copy_number or next(iter(Ring(key, tuple(out)).free), None)
    if number is None or number > key.copies:
        raise KeyOut(out)
    handover = KeyHandover(id=new_id(), key_id=key_id, copy_number=number, given_at=now, given_by=by, **asdict(entry))
    try:
        with session.begin_nested():
            session.add(handover)
    except IntegrityError as error:  # the unique index: this copy is with somebody
        raise KeyOut([each for each in _out(session, key_id) if each.copy_number == number]) from error
    return handover


def take_back(session: Session, handover_id: str, *, now: datetime, to: str = "") -> KeyHandover:
    """Note that a key is back. Raises HandoverUnknown, ReturnedAlready."""
    handover = get_handover(session, handover_id)
    if handover.returned_at is not None:
        raise ReturnedAlready
    handover.returned_at, handover.returned_to = now, to
    return handover


def get_handover(session: Session, handover_id: str) -> KeyHandover:
    """Return a handover; raise HandoverUnknown."""
    handover = session.get(KeyHandover, handover_id, with_for_update=True)
    if handover is None:
        raise HandoverUnknown
    return handover


def out_now(session: Session) -> Sequence[KeyHandover]:
    """Return every copy that is out: what is due first stands first, what has no date last."""
    rows = session.scalars(select(KeyHandover).where(KeyHandover.returned_at.is_(None))).all()
    return sorted(rows, key=lambda row: (row.due_at is None, row.due_at or row.given_at, row.id))


def count_overdue(session: Session, now: datetime) -> int:
    """Return how many keys should be back by now."""
    return sum(1 for handover in out_now(session) if handover.due_at is not None and handover.due_at <= now)


def handovers_of_key(session: Session, key_id: str, limit: int = 100) -> Sequence[KeyHandover]:
    """Return the book of one key, the newest handover first."""
    query = select(KeyHandover).where(KeyHandover.key_id == key_id)
    return session.scalars(query.order_by(KeyHandover.given_at.desc(), KeyHandover.id.desc()).limit(limit)).all()


def handovers_of_booking(session: Session, booking_id: str) -> Sequence[KeyHandover]:
    """Return the keys handed out for a booking, the newest handover first."""
    query = select(KeyHandover).where(KeyHandover.booking_id == booking_id)
    return session.scalars(query.order_by(KeyHandover.given_at.desc(), KeyHandover.id.desc())).all()


def keys_held_by(session: Session, tenant_id: str) -> list[tuple[KeyHandover, KeyRing]]:
    """Return the keys that a tenant has now."""
    query = select(KeyHandover, KeyRing).join(KeyRing, KeyRing.id == KeyHandover.key_id)
    mine = query.where(KeyHandover.tenant_id == tenant_id, KeyHandover.returned_at.is_(None))
    return [(handover, key) for handover, key in session.execute(mine.order_by(KeyRing.label))]


def _out(session: Session, key_id: str) -> list[KeyHandover]:
    query = select(KeyHandover).where(KeyHandover.key_id == key_id, KeyHandover.returned_at.is_(None))
    return list(session.scalars(query.order_by(KeyHandover.copy_number)))


def _keep(session: Session, key: KeyRing, entry: KeyRingEntry) -> None:
    try:
        with session.begin_nested():
            for name, value in asdict(entry).items():
                if getattr(key, name) != value:
                    setattr(key, name, value)
            session.add(key)
    except IntegrityError as error:  # the label is the only thing that can be there twice
        raise KeyExists from error
