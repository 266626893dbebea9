"""A wire that loses, doubles, shuffles and keeps messages back; seeded, so it does the same again."""

from collections import Counter
from random import Random

from shared.replication.messages import Cursor, Message

LATE_MAX = 12


class Network:
    """Messages under way in both directions. A late copy may turn up after a restore."""

    def __init__(self, rng: Random, drop: float, double: float, shuffle: float, late: float) -> None:
        self.rng = rng
        self.drop, self.double, self.shuffle, self.late = drop, double, shuffle, late
        self.up: list[Message] = []  # to the replica
        self.down: list[Message] = []  # to the source
        self.kept: list[Message] = []
        self.archive: list[Message] = []  # all that was ever sent, for an enemy who kept it
        self.faults: Counter[str] = Counter()

    def send(self, messages: list[Message]) -> None:
        rng = self.rng
        self.archive += messages
        for message in messages:
            lane = self.down if type(message) is Cursor else self.up
            luck = rng.random()
            if luck < self.drop:
                self.faults["drop"] += 1
                continue
            lane.append(message)
            luck -= self.drop
            if luck < self.double:
                self.faults["duplicate"] += 1
                lane.append(message)
            elif luck < self.double + self.late and len(self.kept) < LATE_MAX:
                self.faults["delay"] += 1
                self.kept.append(message)

    def take(self, lane: list[Message]) -> Message:
        """Take a message off a lane that has one: mostly the oldest."""
        if len(lane) > 1 and self.rng.random() < self.shuffle:
            self.faults["reorder"] += 1
            return lane.pop(self.rng.randrange(len(lane)))
        return lane.pop(0)

    def release_late(self) -> None:
        """Let a message of long ago arrive next."""
        if self.kept:
            message = self.kept.pop(self.rng.randrange(len(self.kept)))
            (self.down if type(message) is Cursor else self.up).insert(0, message)

    def replay(self, length_max: int) -> None:
        """Let a stretch of what was ever sent arrive again, before what is under way, in its order or not."""
        if not self.archive:
            return
        start = self.rng.randrange(len(self.archive))
        stretch = self.archive[start : start + self.rng.randint(1, length_max)]
        if self.rng.random() < 0.3:
            self.rng.shuffle(stretch)
        for message in reversed(stretch):
            self.faults["replay"] += 1
            (self.down if type(message) is Cursor else self.up).insert(0, message)

    def cut(self) -> None:
        """Lose everything that is under way, but for the late copies."""
        self.faults["drop"] += len(self.up) + len(self.down)
        self.up.clear()
        self.down.clear()

    def quiet(self) -> None:
        """Be a perfect wire from now on; what is under way still arrives."""
        self.drop = self.double = self.shuffle = self.late = 0.0
        while self.kept:
            self.release_late()
