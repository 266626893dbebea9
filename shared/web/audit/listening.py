"""The log writes itself: what a session flushes is noted in the transaction that flushed it.

Rule: an entry lives and dies with what it tells. It is written at the flush, so that a
transaction or a savepoint that is taken back takes its entries along.
Rule: when in doubt, only the field's name. Values are written of what travels to the city
anyway (no personal data does) and of what is no free text: states, numbers, times, ids.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import Enum
from typing import Any, Protocol

from sqlalchemy import LargeBinary, String, insert, inspect
from sqlalchemy.orm import ColumnProperty, Mapper, PassiveFlag, Session
from sqlalchemy.orm.state import InstanceState

from shared.columns import Tags, UTCDateTime
from shared.database import Database
from shared.records.base import RecordColumns
from shared.records.catalogue import BY_NAME
from shared.time import to_wire
from shared.web.actors import Actor, ActorKind
from shared.web.audit.columns import RECORD_ID_LENGTH_MAX, AuditColumns

CREATED, CHANGED, DELETED = "created", "changed", "deleted"
VALUE_LENGTH_MAX = 200
KEY_LENGTH_MAX = 40  # states, kinds, ids; what is longer may hold a name
_COUNTED = frozenset({"taps", "visits"})  # one tap is one row of each; corrections are noted
_SECRET = ("hash", "secret", "token", "password", "code")


@dataclass(frozen=True)
class Noted:
    """What the log notes of one table: its fields, and of which the values too."""

    table: str
    about_people: bool
    fields: tuple[str, ...]
    shown: frozenset[str]


class Personal(Protocol):
    """Knows which columns of a table hold personal data."""

    def personal_columns(self, table: str) -> frozenset[str]: ...


class Recorder:
    """Notes in the table `entry` what the sessions of a watched database write.

    `clock` tells the time and `actor` who acts; what kinds of actors in `unheard` do is not noted.
    Without a `registry` (a command that loads no feature) no value is written at all.
    """

    def __init__(
        self,
        entry: type[AuditColumns],
        clock: Callable[[], datetime],
        actor: Callable[[], Actor],
        registry: Personal | None,
        *,
        unheard: Collection[ActorKind] = (),
    ) -> None:
        self._entry, self._unheard = entry, frozenset(unheard)
        self._clock, self._actor, self._registry = clock, actor, registry
        self._noted: dict[Mapper[Any], Noted] = {}

    def watch(self, database: Database) -> None:
        database.on_session("after_flush", self._note)

    def _note(self, session: Session, _context: Any) -> None:
        actor = self._actor()
        if actor.kind in self._unheard:
            return
        rows = list(self._rows(session))
        if not rows:
            return
        common = {"at": self._clock(), "actor_kind": str(actor.kind), "actor_id": actor.id, "look_key": None}
        session.connection().execute(insert(self._entry), [{**common, **row} for row in rows])

    def _rows(self, session: Session) -> Iterator[dict[str, Any]]:
        for action, group in ((CREATED, session.new), (CHANGED, session.dirty), (DELETED, session.deleted)):
            for record in group:
                state: InstanceState[Any] = inspect(record)
                if not is_audited(state.mapper):
                    continue
                noted = self._of(state.mapper)
                changes = {} if action == CREATED else _changes(state, noted, gone=action == DELETED)
                if changes or action != CHANGED:
                    yield {
                        "action": action,
                        "table_name": noted.table,
                        "record_id": _id_of(state),
                        "about_people": noted.about_people,
                        "changes": changes,
                    }

    def _of(self, mapper: Mapper[Any]) -> Noted:
        if mapper not in self._noted:
            self._noted[mapper] = _noted(mapper, self._registry)
        return self._noted[mapper]


def is_audited(mapper: Mapper[Any]) -> bool:
    """Whether changes of this table are noted; a table of mere technique opts out by `__audited__ = False`."""
    return getattr(mapper.class_, "__audited__", True) and _table(mapper) not in _COUNTED


def _noted(mapper: Mapper[Any], registry: Personal | None) -> Noted:
    table = _table(mapper)
    personal = registry.personal_columns(table) if registry else frozenset()
    fields = [prop for prop in mapper.column_attrs if not prop.columns[0].info.get("quiet")]
    shown = {prop.key for prop in fields if registry and prop.key not in personal and _is_harmless(mapper.class_, prop)}
    about_people = getattr(mapper.class_, "__about_people__", False)
    return Noted(table, about_people, tuple(prop.key for prop in fields), frozenset(shown))


def _is_harmless(kind: type[Any], prop: ColumnProperty[Any]) -> bool:
    type_ = prop.columns[0].type
    if issubclass(kind, RecordColumns) and prop.key in BY_NAME[kind.__collection__].field_names:
        return True
    if isinstance(type_, Tags | UTCDateTime):
        return True
    if isinstance(type_, LargeBinary) or type_.python_type in (dict, list, object):
        return False
    return not isinstance(type_, String) or _is_key(prop.key, type_.length)


def _is_key(name: str, length: int | None) -> bool:
    """Whether a text is a state, a kind or an id: short, no secret, not the name of somebody who works here."""
    if any(word in name for word in _SECRET) or names_staff(name):
        return False
    return length is not None and length <= KEY_LENGTH_MAX


def names_staff(column: str) -> bool:
    """Tell whether a column, by its name, holds the name of somebody who works here: taken_by, returned_to."""
    return column.endswith("_by") or column == "returned_to"


def _changes(state: InstanceState[Any], noted: Noted, *, gone: bool) -> dict[str, Any]:
    """Return what changed, as far as the session knows the value before: nothing is asked of the database."""
    if gone:
        return {name: [_plain(state.dict.get(name)), None] for name in noted.fields if name in noted.shown}
    changes: dict[str, Any] = {}
    for name in noted.fields:
        added, _same, deleted = state.get_history(name, PassiveFlag.PASSIVE_NO_INITIALIZE)
        if not added or (deleted and deleted[0] == added[0]):
            continue
        changes[name] = [_plain(deleted[0] if deleted else None), _plain(added[0])] if name in noted.shown else None
    return changes


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return to_wire(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, tuple | list | set | frozenset):
        return [_plain(one) for one in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value)[:VALUE_LENGTH_MAX]


def _id_of(state: InstanceState[Any]) -> str:
    keys = [str(state.dict.get(state.mapper.get_property_by_column(key).key)) for key in state.mapper.primary_key]
    return ":".join(keys)[:RECORD_ID_LENGTH_MAX]


def _table(mapper: Mapper[Any]) -> str:
    return str(mapper.local_table.name)  # type: ignore[attr-defined]
