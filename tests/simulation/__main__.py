"""Millions of steps: `python -m tests.simulation --seeds 80000`, or one seed again: `--replay SEED`.

Each seed makes a world of its own size and length. Without a violation the exit code is 0.
"""

import os
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tests.simulation.ablations import ABLATIONS, first_catch
from tests.simulation.oracle import Violation
from tests.simulation.rules import RARE, varied
from tests.simulation.world import World

SEEDS_AT_ONCE = 100
NETWORK = ("drop", "duplicate", "reorder", "delay", "cut")
RESTORES = ("restore_source", "restore_replica", "swap_clone")


def run_seeds(first: int, last: int, steps: int | None) -> tuple[Counter[str], list[tuple[int, str]]]:
    """Run the worlds of seeds [first, last); return what happened in them, and which failed why."""
    seen: Counter[str] = Counter()
    failed = []
    for seed in range(first, last):
        rules, length = varied(seed)
        world = World(seed, rules)
        try:
            world.run(steps or length)
            world.settle()
        except (Violation, AssertionError) as violation:
            failed.append((seed, str(violation)))
        seen += world.faults + world.network.faults
        seen["steps"] += world.steps
        seen["messages"] += world.sent
        seen["forks"] += world.oracle.forks
    return seen, failed


def replay(seed: int, steps: int | None, console: Console) -> int:
    """Run one seed again and print all that happened."""
    rules, length = varied(seed)
    world = World(seed, rules, trace=True)
    try:
        world.run(steps or length)
        world.settle()
        verdict, code = "[green]no violation", 0
    except (Violation, AssertionError) as violation:
        verdict, code = f"[red]{violation}", 1
    for line in world.trace or ():
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    console.print(verdict, soft_wrap=True)
    return code


def summary(seen: Counter[str], seconds: float) -> Iterator[str]:
    yield f"{seen['steps']:,} steps, {seen['messages']:,} messages in {seconds:.0f} s"
    yield "network faults: " + f"{sum(seen[name] for name in NETWORK):,}"
    yield f"restores: {sum(seen[name] for name in RESTORES):,}, forks that followed: {seen['forks']:,}"
    for name in sorted({*NETWORK, *RARE, "crash", "forgery"}):
        yield f"  {name:16} {seen[name]:>12,}"


def show_ablations(console: Console) -> int:
    """Take each safeguard away and print the seed that notices."""
    missed = 0
    for name, ablation in ABLATIONS.items():
        catch = first_catch(ablation, 6000)
        missed += catch is None
        words = f"seed {catch[0]}: {catch[1][:90]}" if catch else "[red]not caught"
        console.print(f"without {name:28} {words}", soft_wrap=True)
    return missed


@click.command(help=__doc__)
@click.option("--seeds", default=2000, show_default=True, help="How many worlds.")
@click.option("--start", default=0, show_default=True, help="The first seed.")
@click.option("--steps", type=int, help="Steps in each world; by default 100 to 700, as the seed has it.")
@click.option("--jobs", default=os.cpu_count() or 1, show_default=True, help="Processes.")
@click.option("--replay", "again", type=int, help="Print the trace of this seed instead.")
@click.option("--ablations", is_flag=True, help="Show which seed catches the lack of each safeguard instead.")
def main(seeds: int, start: int, steps: int | None, jobs: int, again: int | None, ablations: bool) -> None:  # noqa: PLR0917 (options)
    console = Console()
    if again is not None:
        raise SystemExit(replay(again, steps, console))
    if ablations:
        raise SystemExit(show_ablations(console))
    seen: Counter[str] = Counter()
    failed: list[tuple[int, str]] = []
    began = time.monotonic()
    firsts = range(start, start + seeds, SEEDS_AT_ONCE)
    columns = (TextColumn("worlds"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with ProcessPoolExecutor(jobs) as pool, Progress(*columns, console=console) as progress:
        task = progress.add_task("worlds", total=seeds)
        lasts = [min(first + SEEDS_AT_ONCE, start + seeds) for first in firsts]
        for size, (part, bad) in enumerate(pool.map(run_seeds, firsts, lasts, [steps] * len(lasts))):
            seen += part
            failed += bad
            for seed, why in bad:
                progress.console.print(f"[red]seed {seed}[/]: {why[:300]}", soft_wrap=True)
            progress.advance(task, lasts[size] - firsts[size])
    for line in summary(seen, time.monotonic() - began):
        console.print(line, highlight=False)
    console.print(f"[red]{len(failed)} violations; --replay SEED shows one" if failed else "[green]0 violations")
    raise SystemExit(bool(failed))


if __name__ == "__main__":
    main()
