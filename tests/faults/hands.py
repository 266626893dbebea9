"""People and devices that write in a house while it is tormented: real HTTP, one thread each.

Rule: like any device, a hand that gets no answer asks again under the same key (bookings) or with
the same ids (taps) until the house has confirmed; only then it notes on the paper.
"""

import http.client
import json
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from node.core.rights import Right
from node.devices.service import add_device
from shared.ids import new_id
from shared.time import now, to_wire
from tests.faults.paper import BookingNote, Paper, SpaceNote
from tests.system.city import Centre

FIRST_HOUR = datetime(2027, 1, 4, 6, 0, tzinfo=UTC)
PAUSE_S = 0.02  # between two acts of one hand
AGAIN_S = 0.1
TRIES_FOR_S = 120.0
TAPS_AT_ONCE = 5
EDITS = 0.3


class NotConfirmed(AssertionError):
    """The house did not confirm in two minutes, or said no to something that it must take."""


class Device:
    """Speaks to the house's API; keeps one connection and opens another when it breaks."""

    def __init__(self, centre: Centre, chance: random.Random) -> None:
        self._port, self._chance = centre.desk.port, chance
        with centre.database.transaction() as session:
            rights = (Right.COUNT, Right.TAKE_BOOKINGS, Right.DECIDE_BOOKINGS)
            self._token = add_device(session, new_id(), "Prüfgerät", rights, now=now())
        self._line: http.client.HTTPConnection | None = None

    def call(self, method: str, address: str, body: dict[str, Any], key: str = "") -> tuple[int, Any]:
        """Return status and answer; ask until there is one. 5xx and broken lines are no answers."""
        give_up_at = time.monotonic() + TRIES_FOR_S
        last: object = None
        while time.monotonic() < give_up_at:
            try:
                status, answer = self._ask(method, address, body, key)
            except (OSError, http.client.HTTPException) as error:
                self.hang_up()
                last = error
            else:
                if status < HTTPStatus.INTERNAL_SERVER_ERROR:
                    return status, json.loads(answer) if answer else None
                last = status
            time.sleep(AGAIN_S * self._chance.uniform(0.5, 1.5))
        raise NotConfirmed(f"{method} {address}: no answer, last {last!r}")

    def _ask(self, method: str, address: str, body: dict[str, Any], key: str) -> tuple[int, bytes]:
        if self._line is None:
            self._line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        self._line.request(method, f"/api/1{address}", json.dumps(body), headers)
        answer = self._line.getresponse()
        return answer.status, answer.read()

    def hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None


class Hand(threading.Thread):
    """One of those who write: takes bookings, makes them longer, counts visitors, until told to stop."""

    def __init__(self, name: str, centre: Centre, space_id: str, paper: Paper, *, seed: int, counts: bool) -> None:
        super().__init__(name=name, daemon=True)
        self._acts = (self._book, self._count) if counts else (self._book,)
        self._chance = random.Random(seed)
        self._device = Device(centre, self._chance)
        self._space_id, self._paper = space_id, paper
        self._mine: list[tuple[str, str, BookingNote]] = []
        self.ended = threading.Event()
        self.failure: BaseException | None = None

    def run(self) -> None:
        try:
            while not self.ended.wait(PAUSE_S):
                self._chance.choice(self._acts)()
                if self._mine and self._chance.random() < EDITS:
                    self._lengthen()
        except BaseException as error:  # noqa: BLE001 (told by `hands` in the test's own thread)
            self.failure = error
        finally:
            self._device.hang_up()

    def _book(self) -> None:
        number = len(self._mine)
        title, starts_at = f"{self.name} {number}", FIRST_HOUR + timedelta(hours=number)
        note = BookingNote(self._space_id, starts_at, starts_at + timedelta(minutes=30), "confirmed")
        status, answer = self._device.call("POST", "/bookings", said(title, note), key=new_id())
        if status != HTTPStatus.CREATED:
            raise NotConfirmed(f"POST /bookings: {status} {answer}")
        self._paper.booked(title, note)
        self._mine.append((answer["id"], title, note))

    def _lengthen(self) -> None:
        place = self._chance.randrange(len(self._mine))
        booking_id, title, note = self._mine[place]
        longer = note._replace(ends_at=note.starts_at + timedelta(minutes=self._chance.randint(31, 60)))
        status, answer = self._device.call("PUT", f"/bookings/{booking_id}", said(title, longer), key=new_id())
        if status != HTTPStatus.OK:
            raise NotConfirmed(f"PUT /bookings: {status} {answer}")
        self._paper.booked(title, longer)
        self._mine[place] = (booking_id, title, longer)

    def _count(self) -> None:
        counted_at = to_wire(now().replace(microsecond=0))
        steps = {new_id(): self._chance.randint(1, 3) for _ in range(TAPS_AT_ONCE)}
        taps = [
            {"id": tap, "counted_at": counted_at, "kind": "open_meeting", "target_group": "", "step": step}
            for tap, step in steps.items()
        ]
        status, answer = self._device.call("POST", "/visits/taps", {"taps": taps})
        if status != HTTPStatus.OK or set(answer["accepted"]) != set(steps):
            raise NotConfirmed(f"POST /visits/taps: {status} {answer}")
        self._paper.tapped(steps)


def said(title: str, note: BookingNote) -> dict[str, Any]:
    return {
        "space_id": note.space_id,
        "starts_at": to_wire(note.starts_at),
        "ends_at": to_wire(note.ends_at),
        "kind": "internal",
        "title": title,
    }


@contextmanager
def hands(centre: Centre, paper: Paper, count: int, seed: int, *, counts: bool = True) -> Iterator[None]:
    """Let `count` hands write in `centre` until the block ends; fail if one of them could not.

    Without `counts` they only book: a house whose clock is wrong rightly takes no taps of tomorrow.
    """
    spaces = centre.add_spaces(count, f"Raum {new_id()[-6:]}")
    paper.arranged(*[SpaceNote(name, 0) for name in spaces])
    people = [
        Hand(f"Hand {name}", centre, space_id, paper, seed=seed + number, counts=counts)
        for number, (name, space_id) in enumerate(spaces.items())
    ]
    for hand in people:
        hand.start()
    try:
        yield
    finally:
        for hand in people:
            hand.ended.set()
        for hand in people:
            hand.join(TRIES_FOR_S + 30)
    for hand in people:
        if hand.failure is not None:
            raise NotConfirmed(str(hand.failure)) from hand.failure
