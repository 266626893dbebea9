"""Faults, and what they cost: `python -m tests.faults` (long), `--short`, or `--only kills --times 50`.

Each fault gets a city of its own. A line of the summary says how often the fault came, how many
records were held against the paper, how many were lost or doubled. The exit code is 0 only if
nothing was. A seed plays the same run again: `--only "hub" --seed 17`.
"""

import random
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from tests.faults import clocks, contested, disks, emptied, links, offline, restores, versions
from tests.faults import kills as killing
from tests.faults.fault import Fault, NotPlayed, Outcome
from tests.faults.scene import running_scene
from tests.services import find_mosquitto, find_postgres, postgres_cluster, postgres_database
from tests.system.brokers import make_broker

LOG_WIDTH = 160  # where nobody looks on: the summary is not to be broken
FAMILIES = {
    "kills": killing,
    "links": links,
    "emptied": emptied,
    "disks": disks,
    "clocks": clocks,
    "restores": restores,
    "offline": offline,
    "bookings": contested,
    "versions": versions,
}


def all_faults() -> Iterator[tuple[str, Fault]]:
    for family, module in FAMILIES.items():
        for fault in module.FAULTS:
            yield family, fault


def chosen(words: tuple[str, ...]) -> list[Fault]:
    """Return the faults whose family or name one of `words` names; all without any."""
    return [
        fault
        for family, fault in all_faults()
        if not words or any(word == family or word.lower() in fault.name.lower() for word in words)
    ]


class Theatre:
    """Where faults play: which broker and database, where the folders are, and who tells."""

    def __init__(self, console: Console, broker: str, database: str, keep: bool) -> None:
        self.console, self.broker, self.database, self.keep = console, broker, database, keep

    def play(self, fault: Fault, seed: int, times: int) -> Outcome:
        """Let one fault play in a fresh city, and judge."""
        outcome = Outcome(fault.name, seed)
        started = time.monotonic()
        self.console.rule(f"{fault.name}: {times}, seed {seed}", align="left")
        with self._folder() as folder, ExitStack() as stack:
            url = stack.enter_context(self._hub_database())
            try:
                with running_scene(folder, make_broker(self.broker, folder), seed, times, url) as scene:
                    scene.say, scene.agreed_within_s = self._telling(started), fault.agreed_within_s
                    try:
                        fault.play(scene)
                        outcome.agreed_s = scene.settle()
                        outcome.tally = scene.judge()
                    finally:
                        outcome.injected, outcome.remarks = scene.injected, scene.remarks
            except NotPlayed as reason:
                outcome.missing = str(reason)
            except Exception as error:  # noqa: BLE001 (told in the summary; the other faults still play)
                outcome.failure = f"{type(error).__name__}: {error}"
                self.console.print_exception(max_frames=6)
        outcome.seconds = time.monotonic() - started
        for line in (*outcome.remarks, *outcome.tally.findings):
            self.console.print(f"  {line}", markup=False, highlight=False)
        return outcome

    def _telling(self, started: float) -> Callable[[str], None]:
        def say(words: str) -> None:
            self.console.print(f"  {time.monotonic() - started:6.1f} s  {words}", markup=False, highlight=False)

        return say

    @contextmanager
    def _folder(self) -> Iterator[Path]:
        folder = Path(tempfile.mkdtemp(prefix="stadtherz-faults-"))
        try:
            yield folder
        finally:
            if self.keep:
                self.console.print(f"  kept: {folder}")
            else:
                shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def _hub_database(self) -> Iterator[str]:
        if self.database != "postgresql":
            yield ""
            return
        with postgres_cluster() as server, postgres_database(server) as url:
            yield url


def summary(outcomes: list[Outcome]) -> Table:
    table = Table("fault", "seed", title="Faults")
    for heading in ("times", "records checked", "lost", "doubled", "offered", "agreed after s", "seconds"):
        table.add_column(heading, justify="right")
    table.add_column("")
    for one in outcomes:
        tally = one.tally
        figures = (one.injected, tally.checked, tally.lost, tally.doubled, tally.offered)
        verdict = (
            f"not played: {one.missing}"
            if one.missing
            else "good"
            if one.is_good
            else f"[red]{one.failure[:60] or 'records differ'}"
        )
        times = (f"{one.agreed_s:.1f}", f"{one.seconds:.0f}")
        table.add_row(one.name, str(one.seed), *[f"{figure:,}" for figure in figures], *times, verdict)
    return table


@click.command(help=__doc__)
@click.option("--short", is_flag=True, help="About ten minutes in all, on two cores.")
@click.option("--only", multiple=True, help="A family or a part of a name; may be said several times.")
@click.option("--times", type=int, help="How often each fault comes, instead of what its form says.")
@click.option("--kills", type=int, help="How often whatever is killed is killed, instead of what its form says.")
@click.option("--seed", type=int, help="Play the same run again.")
@click.option("--broker", type=click.Choice(["mosquitto", "embedded"]), help="Default: mosquitto, where installed.")
@click.option("--database", type=click.Choice(["sqlite", "postgresql"]), default="sqlite", help="Of the hub.")
@click.option("--keep", is_flag=True, help="Keep the folders with databases and logs.")
@click.option("--list", "listing", is_flag=True, help="Name the faults and how often they come, short and long.")
def main(  # noqa: PLR0917 (click names them)
    short: bool,
    only: tuple[str, ...],
    times: int | None,
    kills: int | None,
    seed: int | None,
    broker: str | None,
    database: str,
    keep: bool,
    listing: bool,
) -> None:
    if listing:
        for family, fault in all_faults():
            click.echo(f"{family:10} {fault.name:42} {fault.short:>6,} {fault.long:>8,}")
        return
    if database == "postgresql" and find_postgres() is None:
        raise click.UsageError("PostgreSQL is not installed.")
    wanted = chosen(only)
    if not wanted:
        raise click.UsageError("No fault has such a name; --list tells them.")
    console = Console(soft_wrap=True)
    if not console.is_terminal:
        console = Console(soft_wrap=True, width=LOG_WIDTH)
    theatre = Theatre(console, broker or ("mosquitto" if find_mosquitto() else "embedded"), database, keep)
    console.print(f"broker: {theatre.broker}, database of the hub: {database}")
    outcomes = []
    for fault in wanted:
        own_seed = random.SystemRandom().randrange(10**6) if seed is None else seed
        asked = times or (kills if fault in killing.FAULTS else None)
        outcomes.append(theatre.play(fault, own_seed, asked or (fault.short if short else fault.long)))
    console.print(summary(outcomes))
    raise SystemExit(0 if all(one.is_good for one in outcomes) else 1)


if __name__ == "__main__":
    main()
