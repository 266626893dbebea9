"""Messages survive the wire unchanged; everything else ends as a WireError with a known reason."""

import contextlib
import dataclasses
import zlib
from pathlib import Path

import orjson
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from shared import topics
from shared.errors import WireError
from shared.ids import new_id
from shared.keys import Install
from shared.replication import envelope, wire
from shared.replication.envelope import Rejection
from shared.replication.messages import (
    START,
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
from shared.replication.wire import decode, encode

AUTHOR = Install("a" * 16, "0" * 12, bytes(range(32)))
STRANGER = Install("b" * 16, "1" * 12, bytes(reversed(range(32))))
FEED = "node/alt-hamborn"
OUT, ACK = topics.out("duisburg", FEED), topics.ack("duisburg", FEED)
REASONS = {reason.value for reason in Rejection}

numbers = st.integers(0, wire.NUMBER_MAX)
positions = st.builds(Position, numbers, numbers)
names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=32)
generations = st.builds(Generation, numbers, names)
common = {"feed": st.just(FEED), "instance": names, "nonce": names, "generation": generations, "floor": numbers}
record_ids = st.uuids().map(str)
hellos = st.builds(Hello, **common, head=positions, base=st.none() | positions, restart=st.none() | positions)
cursors = st.builds(
    Cursor,
    **common,
    position=positions,
    highest=positions,
    path=st.lists(positions, max_size=32).map(tuple),
    credit=numbers,
    sequence=numbers,
    agreed=st.none() | positions,
    erased=st.lists(st.tuples(names, record_ids), max_size=5).map(tuple),
    error=st.none() | names,
    run=names,
    believes=names,
    term=st.builds(Term, st.integers(0, TERM_MAX), names),
)
checks = st.builds(
    Check,
    **common,
    at=positions,
    digests=st.dictionaries(names, st.builds(Digest, numbers, st.integers(0, 2**128 - 1)), max_size=10),
)
payloads = st.dictionaries(names, st.none() | numbers | names, max_size=5).map(
    lambda fields: orjson.dumps(fields).decode()
)
puts = st.tuples(st.just(Operation.PUT), payloads)
others = st.tuples(st.sampled_from([Operation.DELETE, Operation.ERASE, Operation.STUB]), st.none())


@st.composite
def batches(draw: st.DrawFn) -> Batch:
    revisions = sorted(draw(st.sets(st.integers(1, 1_000), max_size=20)))
    changes = []
    for revision in revisions:
        operation, payload = draw(puts | others)
        changes.append(Change("events", draw(record_ids), revision, operation, 1, "0" * 32 if payload else "", payload))
    drawn = {name: draw(strategy) for name, strategy in common.items()}
    upto = Position(draw(st.integers(revisions[-1] if revisions else 0, 1_000)), draw(numbers))
    head = Position(draw(st.integers(1_000, 2_000)), draw(numbers))
    return Batch(**drawn, after=START, upto=upto, head=head, changes=tuple(changes))


messages = hellos | cursors | checks | batches()


def topic_of(message: Message) -> str:
    return ACK if isinstance(message, Cursor) else OUT


def reason_of(sealed: bytes, topic: str = OUT) -> str:
    """Return the reason for which `sealed` is rejected; any other exception fails the test."""
    with pytest.raises(WireError) as caught:
        decode(sealed, topic, AUTHOR.public_key)
    return caught.value.reason


def make_batch(payload: str = '{"title":"Repair-Café"}') -> Batch:
    change = Change("events", new_id(), 1, Operation.PUT, 1, "0" * 32, payload)
    at = Position(1, 7)
    return Batch(FEED, AUTHOR.instance, "n", Generation(1, "g"), START, at, at, 0, (change,))


def event_of(message: Message) -> dict:
    return orjson.loads(
        envelope.unseal(encode(message, topic_of(message), AUTHOR), topic_of(message), AUTHOR.public_key)
    )


def sealed_json(content: object, topic: str = OUT) -> bytes:
    return envelope.seal(orjson.dumps(content), topic, AUTHOR)


@given(messages)
def test_every_message_arrives_as_it_was_sent(message: Message) -> None:
    """What goes in comes out, whatever its numbers, texts and changes."""
    topic = topic_of(message)
    assert decode(encode(message, topic, AUTHOR), topic, AUTHOR.public_key) == message


def test_a_message_is_a_cloud_event() -> None:
    """Inside the seal stands a structured CloudEvent with a dated type and the feed as its source."""
    event = event_of(make_batch())
    assert event["specversion"] == "1.0"
    assert event["type"] == "de.stadtherz.replication.batch.v1"
    assert event["source"] == FEED
    assert event["id"]


def test_a_payload_keeps_every_byte() -> None:
    """The hash of a record is over its text, so the text must not be written anew."""
    payload = '{ "b": 1.0,\t"a":"\\u00e4" , "c":1e2}'
    sent = make_batch(payload)
    received = decode(encode(sent, OUT, AUTHOR), OUT, AUTHOR.public_key)
    assert isinstance(received, Batch)
    assert received.changes[0].payload == payload


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=2_000), st.sampled_from([OUT, ACK, "elsewhere", ""]))
@example(b"", OUT)
@example(b"SH\x01\x00" + bytes(64), OUT)
def test_random_bytes_are_rejected_with_a_reason(noise: bytes, topic: str) -> None:
    """Noise is never more than a WireError."""
    assert reason_of(noise, topic) in REASONS


@given(messages, st.floats(0, 1, exclude_max=True))
def test_a_message_changed_on_its_way_is_rejected(message: Message, where: float) -> None:
    """One flipped bit anywhere, or one byte less or more, and the message is not the author's."""
    topic = topic_of(message)
    sealed = encode(message, topic, AUTHOR)
    place = int(where * len(sealed) * 8)
    flipped = bytearray(sealed)
    flipped[place // 8] ^= 1 << place % 8
    for damaged in (bytes(flipped), sealed[: place // 8], sealed + b"\0"):
        assert reason_of(damaged, topic) in REASONS


def paths(value: object, path: tuple = ()) -> list[tuple]:
    """Return the path of every value inside a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, child in inner for found in paths(child, (*path, key)))]


def replaced(value: object, path: tuple, new: object) -> object:
    if not path:
        return new
    copy = value.copy()
    copy[path[0]] = replaced(copy[path[0]], path[1:], new)
    return copy


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | names,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
)


@settings(max_examples=300)
@given(messages, json_values, st.floats(0, 1, exclude_max=True))
def test_a_rightly_signed_message_with_strange_content_is_read_or_rejected(
    message: Message, strange: object, which: float
) -> None:
    """An author that speaks nonsense under its good name never causes another exception."""
    event = event_of(message)
    places = paths(event)
    sealed = sealed_json(replaced(event, places[int(which * len(places))], strange), topic_of(message))
    with contextlib.suppress(WireError):
        decode(sealed, topic_of(message), AUTHOR.public_key)


@given(st.binary(max_size=500))
def test_a_rightly_signed_body_of_noise_is_rejected(noise: bytes) -> None:
    """Behind a good signature the inflating and the parsing are on guard too."""
    for coding in (0, 1, 2):
        head = b"SH" + bytes((envelope.PROTOCOL, coding))
        signature = AUTHOR.sign(envelope._signed_part(head, OUT, noise))
        assert reason_of(head + signature + noise) in REASONS


def test_a_bomb_stops_at_the_limit() -> None:
    """Ten megabytes of nothing, deflated to ten kilobytes, are not inflated."""
    body = zlib.compress(bytes(10 * envelope.JSON_BYTES_MAX))
    head = b"SH" + bytes((envelope.PROTOCOL, 1))
    sealed = head + AUTHOR.sign(envelope._signed_part(head, OUT, body)) + body
    assert len(sealed) < envelope.WIRE_BYTES_MAX
    assert reason_of(sealed) == Rejection.TOO_LARGE


def test_brackets_without_end_are_rejected() -> None:
    """A megabyte of opening brackets is not JSON, and not a crash."""
    assert reason_of(envelope.seal(b"[" * 1_000_000, OUT, AUTHOR)) == Rejection.NOT_JSON


def test_an_oversized_message_is_rejected_before_it_is_read() -> None:
    """Nobody has to check the signature of a message that is too large."""
    assert reason_of(b"SH" + bytes(envelope.WIRE_BYTES_MAX)) == Rejection.TOO_LARGE


def test_an_author_cannot_send_what_nobody_would_take() -> None:
    """A message over the limit is refused where it is written."""
    huge = make_batch("0" * envelope.JSON_BYTES_MAX)
    with pytest.raises(WireError) as caught:
        encode(huge, OUT, AUTHOR)
    assert caught.value.reason == Rejection.TOO_LARGE


@pytest.mark.parametrize(
    ("sealed", "reason"),
    [
        (encode(make_batch(), OUT, STRANGER), Rejection.UNSIGNED),
        (encode(make_batch(), topics.out("duisburg", "node/marxloh"), AUTHOR), Rejection.UNSIGNED),
        (encode(make_batch(), topics.out("essen", FEED), AUTHOR), Rejection.UNSIGNED),
        (sealed_json(event_of(make_batch()) | {"source": "node/marxloh"}), Rejection.WRONG_FEED),
        (sealed_json(event_of(make_batch()) | {"type": "de.stadtherz.replication.batch.v9"}), Rejection.UNKNOWN_TYPE),
        (sealed_json(event_of(make_batch()) | {"data": []}), Rejection.MALFORMED),
        (sealed_json({}), Rejection.MALFORMED),
        (sealed_json([]), Rejection.MALFORMED),
        (b"SH\x02\x00" + bytes(100), Rejection.VERSION),
        (b'{"specversion":"1.0"}' + bytes(100), Rejection.NOT_OURS),
    ],
)
def test_each_kind_of_wrong_has_its_reason(sealed: bytes, reason: str) -> None:
    """The network page can say what was wrong."""
    assert reason_of(sealed) == reason


def test_a_cursor_does_not_travel_with_the_batches() -> None:
    """What a receiver says comes by its own topic, and what a source says by the other."""
    cursor = Cursor(FEED, "i", "n", Generation(1, "g"), START, START, (), 0, 1, 1)
    event = event_of(cursor)
    assert reason_of(sealed_json(event, OUT), OUT) == Rejection.WRONG_CHANNEL
    assert reason_of(sealed_json(event_of(make_batch()), ACK), ACK) == Rejection.WRONG_CHANNEL


@pytest.mark.parametrize(
    ("field", "said"), [("believes", "k" * 61), ("term", (TERM_MAX + 1, "a")), ("term", (1, "a" * 65))]
)
def test_what_no_table_has_room_for_is_rejected(field: str, said: object) -> None:
    """Keys and terms that somebody speaks of are kept; one that is too long or too high is no fault of ours."""
    cursor = Cursor(FEED, "i", "n", Generation(1, "g"), Position(0, 0), Position(0, 0), (), 0, 1, 1)
    event = event_of(cursor)
    event["data"][field] = said
    assert reason_of(sealed_json(event, ACK), ACK) == Rejection.MALFORMED


def test_changes_out_of_order_are_rejected() -> None:
    """Within a batch revisions rise, and stay between where it begins and ends."""
    batch = make_batch()
    first = batch.changes[0]
    twice = dataclasses.replace(batch, changes=(first, first._replace(id=new_id())))
    beyond = dataclasses.replace(batch, changes=(first._replace(revision=2),))
    for wrong in (twice, beyond):
        assert reason_of(encode(wrong, OUT, AUTHOR)) == Rejection.MALFORMED


def test_a_field_of_a_later_release_is_no_obstacle() -> None:
    """A node that is one release ahead keeps replicating."""
    batch = make_batch()
    event = event_of(batch)
    event["data"]["later"] = {"something": 1}
    assert decode(sealed_json(event), OUT, AUTHOR.public_key) == batch


def test_no_secret_shows(tmp_path: Path) -> None:
    """What lands in a log when an installation is printed names it and nothing more."""
    assert repr(AUTHOR) == f"Install({AUTHOR.instance})"
