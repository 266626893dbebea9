"""What one connection has asked its broker to deliver, and what the broker has answered.

Rule: the caller holds one lock around each call; the broker takes what is asked in its order, so
whoever asks and takes back needs not wait in between.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from paho.mqtt import client as paho
from paho.mqtt.subscribeoptions import SubscribeOptions

TOPICS_AT_ONCE = 100  # a packet of some six kilobytes: no broker refuses it


class Subscriptions:
    """Those of one connection. It is made when the broker took us in, and ends with the connection."""

    def __init__(self, client: paho.Client, is_5: bool) -> None:
        self._client, self._is_5 = client, is_5
        self._asked: set[str] = set()
        self._waiting: dict[int, list[str]] = {}  # by the number of the packet that asks
        self._answered: set[str] = set()
        self._patterns: set[str] = set()  # of those answered
        self.refused: set[str] = set()

    @property
    def complete(self) -> bool:
        """Whether the broker has answered everything."""
        return not self._waiting

    def become(self, wanted: Iterable[str]) -> None:
        """Ask for what is wanted and was not asked for; take back what is not wanted any more."""
        listed = list(dict.fromkeys(wanted))
        gone = self._asked.difference(listed)
        for some in _parts(sorted(gone)):
            self._client.unsubscribe(some)
        for kept in (self._asked, self._answered, self._patterns, self.refused):
            kept.difference_update(gone)
        for some in _parts([topic for topic in listed if topic not in self._asked]):
            self._ask(some)

    def answered(self, number: int, failed: Sequence[bool]) -> tuple[list[str], list[str]]:
        """Return what the broker grants and what it refuses by its answer to the packet `number`."""
        answers = zip(self._waiting.pop(number, []), failed, strict=False)
        still_wanted = {topic: no for topic, no in answers if topic in self._asked}
        topics, refused = list(still_wanted), [topic for topic, no in still_wanted.items() if no]
        self._answered.update(topics)
        self._patterns.update(topic for topic in topics if "+" in topic or "#" in topic)
        self.refused.update(refused)
        return [topic for topic in topics if topic not in self.refused], refused

    def covers(self, topic: str) -> bool:
        """Tell whether the broker has answered to something that `topic` belongs to."""
        return topic in self._answered or any(paho.topic_matches_sub(each, topic) for each in self._patterns)

    def _ask(self, topics: list[str]) -> None:
        if self._is_5:
            _, number = self._client.subscribe([(topic, SubscribeOptions(qos=1)) for topic in topics])
        else:
            _, number = self._client.subscribe([(topic, 1) for topic in topics])
        self._asked.update(topics)
        if number is not None:  # else the connection is gone, and this with it
            self._waiting[number] = topics


def _parts(topics: list[str]) -> Iterator[list[str]]:
    rest = iter(topics)
    while some := list(islice(rest, TOPICS_AT_ONCE)):
        yield some
