"""Work that the hub does by itself; features add theirs in `register`."""

from shared.web.jobs import Run, add, are_ending, names, run_now, runs, start, stop

__all__ = ["Run", "add", "are_ending", "names", "run_now", "runs", "start", "stop"]
