"""Messages <-> bytes: one message is one structured CloudEvent (JSON) in a signed envelope.

Rule: `decode` returns a message or raises WireError; nothing else, whatever the bytes. Nothing is
taken without a look at its type and its bounds.
A record's payload travels as JSON text inside the JSON: its hash is over the text, and
parsing and writing it again would neither be free nor keep every byte.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import orjson

from shared import topics
from shared.errors import WireError
from shared.ids import is_record_id, new_id
from shared.keys import Believed, PublicKey, Signs
from shared.replication.envelope import PROTOCOL, Rejection, seal, unseal
from shared.replication.messages import (
    NO_TERM,
    TERM_MAX,
    Batch,
    Change,
    Check,
    Cursor,
    Digest,
    Generation,
    Hello,
    Message,
    Operation,
    Position,
    Term,
)

CHANGES_MAX = 5_000
PATH_MAX = 64
NUMBER_MAX = 2**63 - 1  # what both databases store

_TYPE = "de.stadtherz.replication."
_HASH_LENGTH = 32
_NAME_LENGTH_MAX = 64
_KEY_LENGTH_MAX = 60  # as the databases keep it
_ERROR_LENGTH_MAX = 500
_OPERATIONS = {operation.value: operation for operation in Operation}
_Value = TypeVar("_Value")


def encode(message: Message, topic: str, author: Signs) -> bytes:
    """Return the bytes of `message` for `topic`, signed by `author`.

    Raises WireError (too large) for a message that no receiver would take.
    """
    kind, content = _WRITERS[type(message)](message)
    event = {
        "specversion": "1.0",
        "id": new_id(),
        "source": message.feed,
        "type": f"{_TYPE}{kind}.v{PROTOCOL}",
        "datacontenttype": "application/json",
        "data": {
            "instance": message.instance,
            "nonce": message.nonce,
            "generation": message.generation,
            "floor": message.floor,
            **content,
        },
    }
    return seal(orjson.dumps(event, default=tuple), topic, author)  # positions and changes are named tuples


def decode(sealed: bytes, topic: str, author: PublicKey | Believed) -> Message:
    """Return the message in `sealed`, which came by `topic` and must be signed by `author`.

    Raises WireError with a `Rejection` as its reason, and no other exception.
    """
    text = unseal(sealed, topic, author)
    try:
        event = orjson.loads(text)
    except (ValueError, RecursionError) as error:
        raise WireError(Rejection.NOT_JSON) from error
    try:
        return _read_event(event, topics.parse(topic))
    except WireError:
        raise
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError) as error:
        raise WireError(Rejection.MALFORMED, type(error).__name__) from error


def _write_hello(message: Hello) -> tuple[str, dict[str, Any]]:
    return "hello", {"head": message.head, "base": message.base, "restart": message.restart}


def _write_cursor(message: Cursor) -> tuple[str, dict[str, Any]]:
    content = {
        "position": message.position,
        "highest": message.highest,
        "path": message.path,
        "credit": message.credit,
        "sequence": message.sequence,
        "agreed": message.agreed,
        "erased": message.erased,
        "error": message.error,
        "run": message.run,
    }
    if message.believes:
        content["believes"] = message.believes
    if message.term != NO_TERM:
        content["term"] = message.term
    return "cursor", content


def _write_batch(message: Batch) -> tuple[str, dict[str, Any]]:
    return "batch", {"after": message.after, "upto": message.upto, "head": message.head, "changes": message.changes}


def _write_check(message: Check) -> tuple[str, dict[str, Any]]:
    digests = {name: (digest.records, f"{digest.sum:032x}") for name, digest in message.digests.items()}
    return "check", {"at": message.at, "digests": digests}


_WRITERS: dict[type[Message], Callable[[Any], tuple[str, dict[str, Any]]]] = {
    Hello: _write_hello,
    Cursor: _write_cursor,
    Batch: _write_batch,
    Check: _write_check,
}


def _read_event(event: Any, topic: topics.Topic) -> Message:
    _demand(type(event) is dict and event["specversion"] == "1.0", "envelope")
    kind = event["type"]
    _demand(type(kind) is str, "type")
    reader = _READERS.get(kind)
    if reader is None:
        raise WireError(Rejection.UNKNOWN_TYPE)
    if event["source"] != topic.feed:
        raise WireError(Rejection.WRONG_FEED)
    if (topic.channel == "ack") is not (reader is _read_cursor):
        raise WireError(Rejection.WRONG_CHANNEL)
    content = event["data"]
    _demand(type(content) is dict, "data")
    common = {
        "feed": topic.feed,
        "instance": _text(content["instance"], _NAME_LENGTH_MAX),
        "nonce": _text(content["nonce"], _NAME_LENGTH_MAX),
        "generation": _generation(content["generation"]),
        "floor": _number(content["floor"]),
    }
    return reader(common, content)


def _read_hello(common: dict[str, Any], content: dict[str, Any]) -> Hello:
    return Hello(
        **common,
        head=_position(content["head"]),
        base=_optional(_position, content["base"]),
        restart=_optional(_position, content["restart"]),
    )


def _read_cursor(common: dict[str, Any], content: dict[str, Any]) -> Cursor:
    return Cursor(
        **common,
        position=_position(content["position"]),
        highest=_position(content["highest"]),
        path=tuple(_position(step) for step in _listed(content["path"], PATH_MAX)),
        credit=_number(content["credit"]),
        sequence=_number(content["sequence"]),
        agreed=_optional(_position, content["agreed"]),
        erased=tuple(_record_key(key) for key in _listed(content["erased"], CHANGES_MAX)),
        error=_optional(lambda value: _text(value, _ERROR_LENGTH_MAX), content["error"]),
        run=_text(content["run"], _NAME_LENGTH_MAX),
        believes=_text(content.get("believes", ""), _KEY_LENGTH_MAX),  # older programs do not say it
        term=_term(content.get("term", NO_TERM)),
    )


def _read_batch(common: dict[str, Any], content: dict[str, Any]) -> Batch:
    after, upto, head = _position(content["after"]), _position(content["upto"]), _position(content["head"])
    _demand(after.revision <= upto.revision <= head.revision, "order")
    changes = tuple([_change(row) for row in _listed(content["changes"], CHANGES_MAX)])
    last = after.revision
    for change in changes:
        _demand(last < change.revision, "order")
        last = change.revision
    _demand(last <= upto.revision, "order")
    return Batch(**common, after=after, upto=upto, head=head, changes=changes)


def _read_check(common: dict[str, Any], content: dict[str, Any]) -> Check:
    digests = content["digests"]
    _demand(type(digests) is dict and len(digests) <= PATH_MAX, "digests")
    return Check(
        **common,
        at=_position(content["at"]),
        digests={_text(name, _NAME_LENGTH_MAX): _digest(digest) for name, digest in digests.items()},
    )


_READERS: dict[str, Callable[[dict[str, Any], dict[str, Any]], Message]] = {
    f"{_TYPE}hello.v{PROTOCOL}": _read_hello,
    f"{_TYPE}cursor.v{PROTOCOL}": _read_cursor,
    f"{_TYPE}batch.v{PROTOCOL}": _read_batch,
    f"{_TYPE}check.v{PROTOCOL}": _read_check,
}


def _change(row: Any) -> Change:
    """One record's change; written out in one function because a catch-up reads 100,000 of them."""
    collection, record_id, revision, operation, schema, content_hash, payload = row
    known = _OPERATIONS[operation]
    if not (
        type(collection) is str
        and 0 < len(collection) <= _NAME_LENGTH_MAX
        and is_record_id(record_id)
        and type(revision) is int
        and 0 < revision <= NUMBER_MAX
        and type(schema) is int
        and 0 <= schema <= 1_000_000
        and type(content_hash) is str
        and (type(payload) is str if known is Operation.PUT else payload is None)
    ):
        raise ValueError("change")
    if content_hash and len(content_hash) != _HASH_LENGTH:
        raise ValueError("hash")
    return Change(collection, record_id, revision, known, schema, content_hash, payload)


def _position(value: Any) -> Position:
    revision, mark = value
    return Position(_number(revision), _number(mark))


def _generation(value: Any) -> Generation:
    number, text = value
    return Generation(_number(number), _text(text, _NAME_LENGTH_MAX))


def _term(value: Any) -> Term:
    number, instance = value
    _demand(_number(number) <= TERM_MAX, "term")
    return Term(number, _text(instance, _NAME_LENGTH_MAX))


def _digest(value: Any) -> Digest:
    records, total = value
    _demand(type(total) is str and len(total) == _HASH_LENGTH, "digest")
    return Digest(_number(records), int(total, 16))


def _record_key(value: Any) -> tuple[str, str]:
    collection, record_id = value
    _demand(is_record_id(record_id), "record id")
    return _text(collection, _NAME_LENGTH_MAX), record_id


def _number(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= NUMBER_MAX:
        raise ValueError("number")
    return value


def _text(value: Any, length_max: int) -> str:
    if type(value) is not str or len(value) > length_max or "\0" in value:
        raise ValueError("text")
    return value


def _listed(value: Any, length_max: int) -> list[Any]:
    if type(value) is not list or len(value) > length_max:
        raise ValueError("list")
    return value


def _optional(read: Callable[[Any], _Value], value: Any) -> _Value | None:
    return None if value is None else read(value)


def _demand(condition: bool, what: str) -> None:
    if not condition:
        raise ValueError(what)
