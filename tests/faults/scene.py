"""Where a fault plays: a small city of real processes, those who write in it, and the paper.

Rule: a fault injects and counts; whether anything was lost is judged here, by the paper alone and
by the equality of both sides, and never by what the fault believes.
"""

import json
import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import hub.announcements.models
import hub.bookings.models
import hub.spaces.models
import hub.visits.models
import node.announcements.models
import node.bookings.models
import node.spaces.models
import node.visits.models
from hub.core.db import LEDGER as HUB_LEDGER
from hub.recovery.models import RecoveryOffer
from shared.time import now
from tests.faults.hands import hands
from tests.faults.paper import AnnouncementNote, BookingNote, Paper, SpaceNote, Tally
from tests.system.brokers import TestBroker
from tests.system.city import Centre, City, running_city, wait_until

KEPT_MAX = 100_000  # more than any run loses
HANDS = 2


@dataclass
class Scene:
    """One city while a fault plays in it. `chance` decides everything that is left to chance: same seed, same run.

    What a fault puts on `stack` (disks, lines) stays until everything is judged and ended.
    """

    city: City
    chance: random.Random
    times: int
    say: Callable[[str], None] = print
    agreed_within_s: float = 180.0
    stack: ExitStack = field(default_factory=ExitStack)
    papers: dict[str, Paper] = field(default_factory=dict)
    injected: int = 0
    remarks: list[str] = field(default_factory=list)

    def centre(self, centre_id: str = "alt-hamborn", broker_port: int = 0, **said: str) -> Centre:
        """Add a centre whose process does not run yet, and begin its paper."""
        self.papers[centre_id] = Paper()
        return self.city.centre(centre_id, broker_port, **said)

    def paper(self, centre: Centre) -> Paper:
        return self.papers[centre.id]

    @contextmanager
    def busy(self, centre: Centre, count: int = HANDS, *, counts: bool = True) -> Iterator[None]:
        """Let people write in `centre` until the block ends; with `counts` they count visitors too."""
        with hands(centre, self.paper(centre), count, self.chance.randrange(10**9), counts=counts):
            yield

    def arrange(self, centre: Centre, count: int, name: str) -> None:
        """Write many spaces at once, as an import does."""
        self.paper(centre).arranged(*[SpaceNote(name, 0) for name in centre.add_spaces(count, name)])

    def rearrange(self, centre: Centre, count: int, capacity: int) -> None:
        """Change `count` of the centre's spaces, by chance."""
        table = node.spaces.models.Space
        with centre.database.transaction() as session:
            all_ids = list(session.scalars(select(table.id).order_by(table.id)))
            chosen = [session.get_one(table, found) for found in self.chance.sample(all_ids, count)]
            for space in chosen:
                space.capacity = capacity
            notes = [SpaceNote(space.name, capacity) for space in chosen]
        self.paper(centre).arranged(*notes)

    def announce(self, count: int, title: str) -> None:
        """Write announcements of the city, for every centre."""
        notes = [AnnouncementNote(f"{title} {number}", f"Wortlaut {number}") for number in range(count)]
        at = now()
        with self.city.hub_database.transaction() as session:
            session.add_all(
                hub.announcements.models.Announcement(title=note.title, body=note.body, shows_from=at) for note in notes
            )
        for paper in self.papers.values():
            paper.announced(*notes)

    def inject(self, what: str = "") -> None:
        """Note that a fault happened; say so now and then."""
        self.injected += 1
        if self.injected % max(1, self.times // 10) == 0:
            noted = sum(len(paper) for paper in self.papers.values())
            self.say(f"{self.injected}/{self.times} {what}, {noted} typed")

    def live(self, shortest_s: float, longest_s: float) -> None:
        """Let everything go on for a while; how long is left to chance."""
        time.sleep(self.chance.uniform(shortest_s, longest_s))

    def settle(self) -> float:
        """Wait until both sides agree in both directions; return the seconds it took."""
        return wait_until(self._agreed, self.agreed_within_s, "agreement of both sides")

    def _agreed(self) -> bool:
        return all(
            centre.arrived() and centre.announcements() == len(self.papers[centre.id].announcements)
            for centre in self.city.centres
        )

    def names_at_house(self, centre: Centre) -> set[str]:
        with centre.database.reading() as session:
            return set(session.scalars(select(node.spaces.models.Space.name)))

    def names_at_hub(self, centre: Centre) -> set[str]:
        """Return the names of the centre's spaces that the hub shows or keeps for recovery."""
        space = hub.spaces.models.Space
        with self.city.hub_database.reading() as session:
            shown = set(session.scalars(select(space.name).where(space.centre_id == centre.id)))
            return shown | _kept_names(session, centre)

    def judge(self) -> Tally:
        """Compare the paper with the house, the house with the city, record by record."""
        tally = Tally()
        for centre in self.city.centres:
            tally.add(judged(self.city, centre, self.papers[centre.id]))
            centre.assert_same_records()
        return tally


def judged(city: City, centre: Centre, paper: Paper) -> Tally:
    """Return what became of everything on `paper`, in the house and in the city."""
    tally = Tally()
    with centre.database.reading() as here, city.hub_database.reading() as there:
        _judge_house(tally, here, paper)
        if tally.lost:
            tally.forgive(min(tally.lost, len(_offered(here, there, centre, paper))))
        _judge_city(tally, here, there, centre)
    return tally


def _judge_house(tally: Tally, here: Session, paper: Paper) -> None:
    booking, space = node.bookings.models.Booking, node.spaces.models.Space
    told, tap = node.announcements.models.Announcement, node.visits.models.Tap
    rows = select(booking.title, booking.space_id, booking.starts_at, booking.ends_at, booking.state)
    found = [(title, BookingNote(*rest)) for title, *rest in here.execute(rows)]
    tally.compare("bookings of the house", paper.bookings.items(), found)
    spaces = [SpaceNote(*row) for row in here.execute(select(space.name, space.capacity))]
    tally.compare("spaces of the house", paper.spaces.values(), spaces)
    news = [AnnouncementNote(*row) for row in here.execute(select(told.title, told.body))]
    tally.compare("announcements in the house", paper.announcements.values(), news)
    taps = [tuple(row) for row in here.execute(select(tap.id, tap.step))]
    tally.compare("taps of the house", paper.taps.items(), taps)


def _judge_city(tally: Tally, here: Session, there: Session, centre: Centre) -> None:
    """What travels, against the same of the house; the house itself was held against the paper."""
    paired = (
        (node.bookings.models.Booking, hub.bookings.models.Booking, ("id", *BookingNote._fields)),
        (node.spaces.models.Space, hub.spaces.models.Space, ("id", *SpaceNote._fields)),
    )
    for mine, theirs, names in paired:
        house = here.execute(select(*[getattr(mine, name) for name in names]))
        at_hub = select(*[getattr(theirs, name) for name in names]).where(theirs.centre_id == centre.id)
        tally.compare(f"{mine.__tablename__} at the hub", map(tuple, house), map(tuple, there.execute(at_hub)))
    counted, count = hub.visits.models.HourCount, node.visits.models.Tap
    arrived = there.scalar(select(func.sum(counted.count)).where(counted.centre_id == centre.id)) or 0
    tally.compare_number("visits at the hub", here.scalar(select(func.sum(count.step))) or 0, arrived)


def _offered(here: Session, there: Session, centre: Centre, paper: Paper) -> set[str]:
    """Return the spaces that somebody typed, the house has not any more, and the hub offers for recovery."""
    in_house = set(here.scalars(select(node.spaces.models.Space.name)))
    return (_kept_names(there, centre) & set(paper.spaces)) - in_house


def _kept_names(there: Session, centre: Centre) -> set[str]:
    """Return the names in versions that the hub keeps for the house: not yet offered, and offered."""
    found = [one.payload for one in HUB_LEDGER.candidates(there, centre.feed, limit=KEPT_MAX)]
    open_offers = select(RecoveryOffer.payload).where(
        RecoveryOffer.centre_id == centre.id, RecoveryOffer.decision.is_(None)
    )
    kept = [json.loads(payload) for payload in (*found, *there.scalars(open_offers)) if payload]
    return {payload["name"] for payload in kept if "name" in payload}


@contextmanager
def running_scene(folder: Path, broker: TestBroker, seed: int, times: int, hub_url: str = "") -> Iterator[Scene]:
    """Start broker and hub; end everything afterwards."""
    with ExitStack() as stack, running_city(folder, broker, hub_url) as city:
        yield Scene(city, random.Random(seed), times, stack=stack)
