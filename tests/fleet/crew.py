"""Many simulated centres in one process, on one asyncio loop, and the pipe by which they are told what to do.

Rule: a crew answers every order with one value; what takes long only begins, and `standing` tells how far it is.
"""

import asyncio
import resource
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, NamedTuple, Self

from shared.keys import PublicKey
from shared.replication.messages import Digest
from tests.fleet.house import Commit, House, Network
from tests.fleet.weekday import Weekday

STOP_TIMEOUT_S = 20.0


class Standing(NamedTuple):
    """How a crew's houses stand: connected, answered by the hub, behind with what they wrote; the city's feeds."""

    online: int
    in_touch: int
    behind: int
    commits: int
    city_heads: dict[str, int]


class Account(NamedTuple):
    """What a house has at the end: the digests of what it owns and of what it has of the city's."""

    head: int
    own: dict[str, Digest]
    city: dict[str, Digest]
    commits: list[Commit]
    sent: int
    heard: int
    arrived: dict[str, float]


class _Crew:
    """What happens inside the process; each public method is an order."""

    def __init__(self, members: Sequence[tuple[str, int]], began: datetime) -> None:
        self._houses = [House(centre_id, seed) for centre_id, seed in members]
        self._days = {house.id: Weekday(house.chance, began) for house in self._houses}
        self._living: list[asyncio.Task[None]] = []

    async def keys(self) -> dict[str, str]:
        return {house.id: house.install.public_key.text for house in self._houses}

    async def open(self, city: str, host: str, port: int, hub_key: str, spread_s: float) -> None:
        network = Network(city, host, port, PublicKey(hub_key))
        for house in self._houses:
            house.open(network, house.chance.uniform(0, spread_s))

    async def close(self) -> None:
        await asyncio.gather(*[house.close() for house in self._houses])

    async def begin_day(self, factor: float) -> None:
        self._living = [asyncio.create_task(self._live(house, factor)) for house in self._houses]

    async def end_day(self) -> None:
        for life in self._living:
            life.cancel()
        await asyncio.gather(*self._living, return_exceptions=True)
        self._living = []

    async def write(self, records: int) -> None:
        """Let every house write some records in one go, none of them twice."""
        for house in self._houses:
            writes = {}
            while len(writes) < records:
                key, text = self._days[house.id].write(hour=len(writes) % 24)
                writes[key] = text
            house.commit(list(writes.items()))

    async def standing(self) -> Standing:
        return Standing(
            sum(house.online for house in self._houses),
            sum(house.in_touch for house in self._houses),
            sum(house.is_behind for house in self._houses),
            sum(len(house.commits) for house in self._houses),
            {house.id: house.city_head.revision for house in self._houses},
        )

    async def accounts(self) -> dict[str, Account]:
        """Return every house's account; what it committed and what arrived is told once."""
        found = {}
        for house in self._houses:
            own, city = dict(house.records.digests()), dict(house.city_records.digests())
            head = house.records.head.revision
            found[house.id] = Account(head, own, city, house.commits, house.sent, house.heard, dict(house.arrived))
            house.commits = []
        return found

    async def spent_s(self) -> float:
        """Return the processor time of this process."""
        used = resource.getrusage(resource.RUSAGE_SELF)
        return used.ru_utime + used.ru_stime

    async def _live(self, house: House, factor: float) -> None:
        for deed in self._days[house.id].deeds(factor):
            await asyncio.sleep(deed.pause_s)
            house.commit([deed.write])


def _work(pipe: Connection, members: Sequence[tuple[str, int]], began: datetime) -> None:
    asyncio.run(_obey(pipe, members, began))


async def _obey(pipe: Connection, members: Sequence[tuple[str, int]], began: datetime) -> None:
    crew = _Crew(members, began)
    loop = asyncio.get_running_loop()
    faults: list[str] = []
    loop.set_exception_handler(lambda _, context: faults.append(repr(context.get("exception") or context["message"])))
    orders: asyncio.Queue[tuple[str, tuple[Any, ...]]] = asyncio.Queue()
    loop.add_reader(pipe.fileno(), lambda: orders.put_nowait(pipe.recv()))
    while True:
        name, given = await orders.get()
        if name == "stop":
            break
        order: Callable[..., Coroutine[Any, Any, Any]] = getattr(crew, name)
        answer = await order(*given)
        pipe.send((faults[0] if faults else "", answer))
    loop.remove_reader(pipe.fileno())
    await crew.end_day()
    await crew.close()


class Crew:
    """The process, from outside."""

    def __init__(self, members: Sequence[tuple[str, int]], began: datetime) -> None:
        self._pipe, theirs = get_context("spawn").Pipe()
        self._process = get_context("spawn").Process(target=_work, args=(theirs, members, began), daemon=True)

    def __enter__(self) -> Self:
        self._process.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.is_alive():
            self._pipe.send(("stop", ()))
            self._process.join(STOP_TIMEOUT_S)
        if self._process.is_alive():
            self._process.kill()

    def ask(self, order: str, *given: Any) -> Any:
        """Give an order and return what the crew answers; see the public methods of `_Crew`.

        A bug in a simulated centre, which asyncio would only log, ends the whole run.
        """
        self._pipe.send((order, given))
        fault, answer = self._pipe.recv()
        assert not fault, f"a simulated centre broke down: {fault}"
        return answer
