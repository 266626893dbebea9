"""The drills of backup and recovery with real processes and the real commands; `make drills` prints their reports."""

from pathlib import Path

import pytest

from tests.drills.report import Report
from tests.drills.scenes import SCENES


@pytest.mark.parametrize("name", sorted(SCENES))
def test_a_bad_day_ends_well(name: str, tmp_path: Path) -> None:
    """Everything that the drill checks is as it has to be."""
    report = Report(name)
    SCENES[name](tmp_path, report)
    assert report.is_good, "\n".join(report.lines())
