"""`make demo`: starts the city, prints where it is, and ends it with Ctrl-C.

Rule: everything is a real process with its own database, started by the commands that a
city would use. State stands in one folder; a second start keeps it.
"""

import argparse
import sys
from pathlib import Path

from deploy.demo.city import CITY_NAME
from deploy.demo.founding import found
from deploy.demo.running import City
from deploy.demo.state import State, clear

FOLDER = Path(".demo")


def main() -> int:
    """Found the city if need be, run it until Ctrl-C or SIGTERM; 1 if it could not start."""
    parser = argparse.ArgumentParser(prog="python -m deploy.demo", description=__doc__)
    parser.add_argument("--fresh", action="store_true", help="forget what was typed into the demo before")
    parser.add_argument("--folder", type=Path, default=FOLDER, help=f"where its state stands (default: {FOLDER})")
    asked = parser.parse_args()
    folder = asked.folder.resolve()
    if asked.fresh:
        clear(folder)
    state = State.find(folder)
    if state is None:
        print(
            f"Founding {CITY_NAME}: one hub, three centres, a year and more of their life. This happens once.",
            flush=True,
        )
        state = found(folder)
    return City(state).run()


if __name__ == "__main__":
    sys.exit(main())
