"""`make bench`: each benchmark in a process of its own, one after the other, never side by side.

They print ratios taken in one run, and what machine they ran on; they assert no times.
"""

import argparse
import os
import platform
import subprocess
import sys

BENCHMARKS = {
    "throughput": "a backlog of 100,000 records, node database to hub database, against the raw bound",
    "latency": "commit at a node to visible at the hub, 50 live nodes",
    "signatures": "what signing and checking cost, for each message and in a full batch",
    "letters": "what a letter of each kind, and a beat, cost the hub's processor",
    "footprint": "memory of a node, and its time from start to the first page",
    "house": "a busy house: day grid, public programme, room timetable",
    "city": "the pages of the city on large data, a centre replicating meanwhile",
    "reports": "reports from kept sums against the records, a writer beside them; what noting costs ingest",
    "occupancy": "what the sums of occupancy cost ingest, the job and those who ask",
    "finder": "a free room in all houses: the question and its page",
    "desk": "the network desk of a large city, the figures for Prometheus, a round of alarms",
    "exports": "workbooks, papers and open data of a city; what withholding small numbers costs",
    "taps": "a touch of the counter, answered and stored for good",
}


def main() -> int:
    """Run the named benchmarks, or all; return 1 if one of them failed to run."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"some of: {', '.join(BENCHMARKS)} (default: all)")
    asked = parser.parse_args().names or list(BENCHMARKS)
    unknown = [name for name in asked if name not in BENCHMARKS]
    if unknown:
        parser.error(f"no such benchmark: {', '.join(unknown)}")
    python = sys.version.split()[0]
    print(f"Machine: {os.cpu_count()} cores, {_memory_gib():.0f} GiB, {platform.machine()}, Python {python}")
    failed = []
    for name in asked:
        print(f"\n== {name}: {BENCHMARKS[name]}", flush=True)
        if subprocess.run([sys.executable, "-m", f"tests.benchmarks.{name}"], check=False).returncode:
            failed.append(name)
    if failed:
        print(f"\nDid not run to the end: {', '.join(failed)}")
    return 1 if failed else 0


def _memory_gib() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


if __name__ == "__main__":
    sys.exit(main())
