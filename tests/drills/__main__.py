"""`make drills`: plays every drill (or those that are named), prints what was checked, fails if something is wrong.

python -m tests.drills [monday stick hub both erased]
"""

import sys
import tempfile
import traceback
from pathlib import Path

from rich.console import Console

from tests.drills.report import Report
from tests.drills.scenes import SCENES


def play(name: str, folder: Path) -> Report:
    """Play one drill; an error is a failed check, not the end of the others."""
    scene = SCENES[name]
    report = Report(f"{name}: {(scene.__doc__ or '').splitlines()[0]}")
    try:
        scene(folder / name, report)
    except Exception as error:  # noqa: BLE001 (whatever it was, the drill failed, and the report says so)
        traceback.print_exc()
        report.expect("it ran to its end", type(error).__name__, "yes")
    report.end()
    return report


def main() -> int:
    names = sys.argv[1:] or list(SCENES)
    if unknown := sorted(set(names) - set(SCENES)):
        sys.exit(f"unknown: {', '.join(unknown)}. Drills: {', '.join(SCENES)}")
    console, reports = Console(stderr=True), []
    for name in names:
        with console.status(f"drill {name} …"), tempfile.TemporaryDirectory(prefix="stadtherz-drill-") as folder:
            reports.append(play(name, Path(folder)))
        print("\n".join(reports[-1].lines()), flush=True)
    good = sum(report.is_good for report in reports)
    checks = sum(len(report.checks) for report in reports)
    print(f"{good} of {len(reports)} drills passed, {checks} checks")
    return 0 if good == len(reports) else 1


if __name__ == "__main__":
    sys.exit(main())
