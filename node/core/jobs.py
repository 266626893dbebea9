"""Work that a centre does by itself; features add theirs in `register`."""

from shared.web.jobs import add, names, run_now, runs, start, stop

__all__ = ["add", "names", "run_now", "runs", "start", "stop"]
