"""What signing and checking cost: for each message, and for a full batch beside all the rest that it takes.

`python -m tests.benchmarks.signatures`; medians of five rounds.
"""

import statistics
import time
from collections.abc import Callable
from functools import partial

from shared import topics
from shared.ids import new_id
from shared.keys import Believed, Install
from shared.replication.messages import START, Batch, Change, Cursor, Generation, Operation, Position
from shared.replication.wire import decode, encode

AUTHOR = Install("a" * 16, "0" * 12, bytes(range(32)))
FEED = "node/alt-hamborn"
OUT, ACK = topics.out("duisburg", FEED), topics.ack("duisburg", FEED)
ROUNDS, TIMES, RECORDS = 5, 400, 512


class Unchecked(Believed):
    """Believes everything: what is left is the rest of the work."""

    def confirms(self, signature: bytes, content: bytes) -> bool:
        return True


def cursor() -> Cursor:
    """Return what acknowledges a batch."""
    place = Position(10, 20)
    return Cursor(FEED, AUTHOR.instance, "nonce", Generation(1, "g"), place, place, (place,) * 32, 0, 8, 1)


def batch() -> Batch:
    """Return a full batch of records of about 480 bytes."""
    payload = '{"title":"' + "Repair-Café im Saal " * 24 + '"}'
    changes = tuple(
        Change("events", new_id(), number, Operation.PUT, 1, "0" * 32, payload) for number in range(1, RECORDS + 1)
    )
    head = Position(RECORDS, 5)
    return Batch(FEED, AUTHOR.instance, "nonce", Generation(1, "g"), START, head, head, 0, changes)


def microseconds(act: Callable[[], object], times: int) -> float:
    """Return how long one call takes, the median of the rounds."""
    rounds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for _ in range(times):
            act()
        rounds.append((time.perf_counter() - began) / times * 1e6)
    return statistics.median(rounds)


def main() -> None:
    key, content = AUTHOR.public_key, b"x" * 300
    signature = AUTHOR.sign(content)
    print(f"sign 300 bytes                {microseconds(partial(AUTHOR.sign, content), TIMES):8.0f} µs")
    print(f"check 300 bytes               {microseconds(partial(key.confirms, signature, content), TIMES):8.0f} µs")
    for name, message, topic, times in (("cursor", cursor(), ACK, TIMES), ("batch of 512", batch(), OUT, 20)):
        sealed = encode(message, topic, AUTHOR)
        checked = microseconds(partial(decode, sealed, topic, Believed(key)), times)
        unchecked = microseconds(partial(decode, sealed, topic, Unchecked(key)), times)
        print(
            f"read a {name:14} {len(sealed):7} bytes: {checked:8.0f} µs, without the check {unchecked:8.0f} µs, "
            f"the check is {(checked - unchecked) / checked:.0%}"
        )


if __name__ == "__main__":
    main()
