"""Many people want the same room at the same time, book and move, while the house is killed again and again.

Judged by the intervals themselves, read from the database: no two confirmed bookings share a part of a
hall at any moment, and every booking that was confirmed to somebody stands.
"""

import random
import threading
import time
from datetime import timedelta
from http import HTTPStatus
from itertools import count, pairwise

from sqlalchemy import select

from node.bookings.models import Booking
from node.spaces.models import Space
from shared.ids import new_id
from tests.faults.fault import Fault
from tests.faults.hands import FIRST_HOUR, Device, said
from tests.faults.paper import BookingNote, SpaceNote
from tests.faults.scene import Scene
from tests.system.city import Centre

PEOPLE = 6
HOURS = 60  # so few that most attempts meet somebody
KILL_EVERY = 60  # attempts


class Rival(threading.Thread):
    """Wants any of the contested hours, again and again."""

    def __init__(self, scene: Scene, centre: Centre, spaces: list[str], left: "count[int]", seed: int) -> None:
        super().__init__(daemon=True)
        self._scene, self._spaces, self._left = scene, spaces, left
        self._chance = random.Random(seed)
        self._device = Device(centre, self._chance)
        self._paper = scene.paper(centre)
        self._mine: list[tuple[str, str]] = []
        self.refused = self.done = 0
        self.failure: BaseException | None = None

    def run(self) -> None:
        try:
            while next(self._left) < self._scene.times:
                self._edit() if self._mine and self._chance.random() < 0.4 else self._create()
        except BaseException as error:  # noqa: BLE001 (told in the test's own thread)
            self.failure = error
        finally:
            self._device.hang_up()

    def _wish(self) -> BookingNote:
        starts_at = FIRST_HOUR + timedelta(minutes=30 * self._chance.randrange(HOURS * 2))
        ends_at = starts_at + timedelta(minutes=self._chance.choice((30, 60, 90)))
        return BookingNote(self._chance.choice(self._spaces), starts_at, ends_at, "confirmed")

    def _create(self) -> None:
        title, note = f"Wunsch {new_id()}", self._wish()
        status, answer = self._device.call("POST", "/bookings", said(title, note), key=new_id())
        if self._was_taken(status, answer):
            self._paper.booked(title, note)
            self._mine.append((answer["id"], title))

    def _edit(self) -> None:
        booking_id, title = self._chance.choice(self._mine)
        note = self._wish()
        status, answer = self._device.call("PUT", f"/bookings/{booking_id}", said(title, note), key=new_id())
        if self._was_taken(status, answer):
            self._paper.booked(title, note)

    def _was_taken(self, status: int, answer: dict[str, object]) -> bool:
        self.done += 1
        if status in (HTTPStatus.CREATED, HTTPStatus.OK):
            return True
        assert status == HTTPStatus.CONFLICT, f"{status} {answer}"
        self.refused += 1
        return False


def contested(scene: Scene) -> None:
    """`scene.times` attempts of six people, to create and to move; a hall and its two halves."""
    centre = scene.centre()
    with centre.database.transaction() as session:
        hall = Space(name="Saal", kind="multi_purpose")
        session.add(hall)
        session.flush()
        halves = [Space(name=f"Saal {part}", kind="multi_purpose", parent_id=hall.id) for part in ("A", "B")]
        session.add_all(halves)
        session.flush()
        spaces = [hall.id, *[half.id for half in halves]]
    scene.paper(centre).arranged(*[SpaceNote(name, 0) for name in ("Saal", "Saal A", "Saal B")])
    centre.desk.start()
    left = count()
    rivals = [Rival(scene, centre, spaces, left, scene.chance.randrange(10**9)) for _ in range(PEOPLE)]
    for rival in rivals:
        rival.start()
    kills = _kill_until(scene, centre, rivals)
    for rival in rivals:
        rival.join(180)
        assert rival.failure is None, rival.failure
    scene.injected = sum(rival.done for rival in rivals)
    refused = sum(rival.refused for rival in rivals)
    overlaps = _overlaps(centre, hall.id, [half.id for half in halves])
    scene.remarks.append(f"{scene.injected:,} attempts, {refused:,} refused, {kills} kills, {overlaps} double bookings")
    assert overlaps == 0, f"{overlaps} double bookings"
    assert refused > scene.injected // 4, "too few meetings to prove anything"


def _kill_until(scene: Scene, centre: Centre, rivals: list[Rival]) -> int:
    kills = told = 0
    while any(rival.is_alive() for rival in rivals):
        time.sleep(0.1)
        done = sum(rival.done for rival in rivals)
        if done >= (kills + 1) * KILL_EVERY:
            centre.desk.kill()
            centre.desk.start()
            kills += 1
        if done >= told + max(1, scene.times // 10):
            told = done
            scene.say(f"{done}/{scene.times} attempts, {kills} kills")
    return kills


def _overlaps(centre: Centre, whole: str, parts: list[str]) -> int:
    """Count the pairs of confirmed bookings that share a part at some moment, by their times alone."""
    with centre.database.reading() as session:
        wanted = select(Booking.space_id, Booking.starts_at, Booking.ends_at).where(Booking.state == "confirmed")
        rows = [tuple(row) for row in session.execute(wanted)]
    found = 0
    for part in parts:
        taken = sorted((starts_at, ends_at) for space, starts_at, ends_at in rows if space in (whole, part))
        found += sum(second[0] < first[1] for first, second in pairwise(taken))
    return found


FAULTS = (Fault("double bookings, six people and kills", contested, 600, 10_000),)
