"""The documents say what the code does."""

import re
import subprocess
from pathlib import Path

import pytest

from deploy import reference
from deploy.reference import FILE
from shared import topics
from shared.errors import WireError

ROOT = Path(__file__).parents[2]


def test_the_reference_is_what_the_code_says():
    """Every setting, topic and collection stands in the reference; `python -m deploy.reference` renews it."""
    assert FILE.read_text(encoding="utf-8") == reference.reference()


@pytest.mark.parametrize("topic", [row[0] for row in reference.TOPICS])
def test_every_topic_of_the_reference_is_one_that_the_code_parses(topic):
    """A topic in the reference is a topic of the network, and its neighbour is not."""
    filled = topic.format(city="duisburg", centre="hochfeld", sensor="eingang")
    parsed = _of_sensor if "{sensor}" in topic else topics.parse
    assert parsed(filled)
    with pytest.raises(WireError):
        parsed(filled + "/more")


def _of_sensor(topic: str) -> str:
    """Sensors are no part of the replication: their topics are read by the one house that they belong to."""
    return topics.sensor_of(topic, "duisburg", "hochfeld")


def test_the_readme_names_only_targets_that_make_has():
    """`make demo` in the README is a target of the Makefile, and so are the others."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"\bmake ([a-z][a-z-]+)", readme))
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    assert {"demo", "test"} <= named
    assert named <= targets


def test_the_readme_links_to_files_that_exist():
    """A link in the README leads somewhere."""
    links = re.findall(r"\]\(([^)#:]+)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_make_without_a_target_prints_what_it_can_do():
    """A newcomer who types `make` sees the targets with a word on each."""
    printed = subprocess.run(["make", "--silent"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for target in ("demo", "demo-fresh", "test", "check", "bench"):
        assert re.search(rf"^  make {target} +\S", printed, re.MULTILINE), target
