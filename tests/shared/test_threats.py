"""The threat model names only tests that are there."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
TEXT = (TESTS.parent / "deploy" / "THREATS.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`((?:[\w/…]+?)(?:\.py|/)?)(?:::(test_\w+))?`", TEXT)


def named_tests() -> list[tuple[str, str]]:
    """Return (file, test) of everything that is named; … stands for the file before."""
    found, last = [], ""
    for file, test in NAMED:
        if "test_" not in file and not test:
            continue
        last = last if file == "…" else file
        found.append((last, test))
    return found


def test_every_test_that_is_named_exists() -> None:
    """Whoever wants to see how a claim is shown finds it."""
    named = named_tests()
    assert len(named) > 40
    for file, test in named:
        path = TESTS / file
        assert path.is_file(), file
        assert not test or f"\ndef {test}(" in path.read_text(encoding="utf-8"), f"{file}::{test}"


def test_every_folder_that_is_named_has_tests() -> None:
    """The same for whole folders."""
    for folder in re.findall(r"`((?:node|hub|shared|system|deploy)/[\w/]*/)`", TEXT):
        place = TESTS.parent if folder.startswith("deploy/") else TESTS
        assert any((place / folder).iterdir()), folder
