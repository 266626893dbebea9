"""deploy/SECURITY.md is complete, and what it names as shown by a test or by code exists."""

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "deploy" / "SECURITY.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]*)\|$", re.MULTILINE)
NAMED = re.compile(r"`([^`\s]+)`")
# The requirements of ASVS 4.0.3 at levels 1 and 2, those that were deleted left out: the last numbers of each section.
NUMBERS = """
    1.1: 1 2 3 4 5 6 7 / 1.2: 1 2 3 4 / 1.4: 1 4 5 / 1.5: 1 2 3 4 / 1.6: 1 2 3 4 / 1.7: 1 2 / 1.8: 1 2 / 1.9: 1 2 /
    1.10: 1 / 1.11: 1 2 / 1.12: 2 / 1.14: 1 2 3 4 5 6 / 2.1: 1 2 3 4 5 6 7 8 9 10 11 12 / 2.2: 1 2 3 / 2.3: 1 2 3 /
    2.4: 1 2 3 4 5 6 / 2.5: 1 2 3 4 5 6 7 / 2.6: 1 2 3 / 2.7: 1 2 3 4 5 6 / 2.8: 1 2 3 4 5 6 7 / 2.9: 1 2 3 /
    2.10: 1 2 3 4 / 3.1: 1 / 3.2: 1 2 3 4 / 3.3: 1 2 3 4 / 3.4: 1 2 3 4 5 / 3.5: 1 2 3 / 3.7: 1 / 4.1: 1 2 3 5 /
    4.2: 1 2 / 4.3: 1 2 3 / 5.1: 1 2 3 4 5 / 5.2: 1 2 3 4 5 6 7 8 / 5.3: 1 2 3 4 5 6 7 8 9 10 / 5.4: 1 2 3 /
    5.5: 1 2 3 4 / 6.1: 1 2 3 / 6.2: 1 2 3 4 5 6 / 6.3: 1 2 / 6.4: 1 2 / 7.1: 1 2 3 4 / 7.2: 1 2 / 7.3: 1 3 4 /
    7.4: 1 2 3 / 8.1: 1 2 3 4 / 8.2: 1 2 3 / 8.3: 1 2 3 4 5 6 7 8 / 9.1: 1 2 3 / 9.2: 1 2 3 4 / 10.2: 1 2 /
    10.3: 1 2 3 / 11.1: 1 2 3 4 5 6 7 8 / 12.1: 1 2 3 / 12.2: 1 / 12.3: 1 2 3 4 5 6 / 12.4: 1 2 / 12.5: 1 2 / 12.6: 1 /
    13.1: 1 3 4 5 / 13.2: 1 2 3 5 6 / 13.3: 1 2 / 13.4: 1 2 / 14.1: 1 2 3 4 / 14.2: 1 2 3 4 5 6 / 14.3: 2 3 /
    14.4: 1 2 3 4 5 6 7 / 14.5: 1 2 3 4
"""


def wanted() -> list[str]:
    parts = (part.split(":") for part in NUMBERS.split("/"))
    return [f"{section.strip()}.{number}" for section, numbers in parts for number in numbers.split()]


def test_every_requirement_stands_there_once() -> None:
    """In the order of the standard, and no other."""
    assert [row[0] for row in ROW.findall(PAGE)] == wanted()
    assert len(wanted()) > 200


def test_each_is_met_or_not_or_not_ours() -> None:
    """What is open says why."""
    for number, _asked, node, hub, where in ROW.findall(PAGE):
        assert {node, hub} <= {"met", "open", "n/a"}, number
        assert "open" not in (node, hub) or len(where) > 8, number


def test_what_is_met_names_where() -> None:
    """Nearly always a file; a sentence where the thing is that there is none."""
    counts = Counter(
        bool(NAMED.search(where)) for _number, _asked, node, hub, where in ROW.findall(PAGE) if "met" in (node, hub)
    )
    assert counts[True] > 5 * counts[False]


def test_every_file_that_is_named_exists() -> None:
    """A test that was renamed is no evidence."""
    missing = []
    for name in set(NAMED.findall(PAGE)):
        if "/" in name and not name.startswith("/"):
            missing += [] if (ROOT / name).exists() else [name]
        elif name.startswith("test_"):
            missing += [] if (ROOT / "tests" / "security" / f"{name}.py").exists() else [name]
    assert sorted(missing) == []
