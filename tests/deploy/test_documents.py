"""The documents for whoever runs it name commands, options, files and services that exist."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import hub.cli
import node.cli

DEPLOY = Path(__file__).parents[2] / "deploy"
DOCUMENTS = sorted(DEPLOY.glob("*.md"))
PROGRAMS: dict[str, click.Group] = {"stadtherz-node": node.cli.main, "stadtherz-hub": hub.cli.main}
WORDS = re.compile(
    r"(stadtherz-(?:node|hub))((?: +[a-z][a-z-]*| +--[a-z-]+(?:[ =][^\s`|]+)?| +[A-Z]+(?![a-z])| +\"[^\"]*\")*)"
)


def commands(document: Path) -> Iterator[tuple[str, str]]:
    """Yield each command line of a document: the program, and what follows it."""
    text = document.read_text(encoding="utf-8").replace("\\\n", " ")
    for program, rest in WORDS.findall(text):
        if rest.strip():
            yield program, rest


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_a_document_names_commands_that_exist(document: Path) -> None:
    """Every `stadtherz-…` line is a command of the program, with options that it has."""
    unknown = []
    for program, rest in commands(document):
        found: click.Command = PROGRAMS[program]
        words = rest.split()
        while isinstance(found, click.Group) and words and not words[0].startswith("--"):
            word = words.pop(0)
            if word not in found.commands:
                unknown.append(f"{program}: {word}")
                break
            found = found.commands[word]
        else:
            options = {name for parameter in found.params for name in (*parameter.opts, *parameter.secondary_opts)}
            given = {word.split("=")[0] for word in words if word.startswith("--")}
            unknown += [f"{program} {found.name} {option}" for option in sorted(given - options)]
    assert unknown == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_a_document_links_to_files_that_exist(document: Path) -> None:
    """A link leads somewhere."""
    links = re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8"))
    assert [link for link in links if not (DEPLOY / link).exists()] == []


def test_the_containers_run_commands_that_exist() -> None:
    """What the compose file starts is a command of the hub, and what it mounts from here is there."""
    text = (DEPLOY / "compose" / "compose.yaml").read_text(encoding="utf-8")
    started = re.findall(r'"stadtherz-hub", "([a-z]+)"', text)
    assert set(started) == {"web", "ingest"}
    assert set(started) <= set(hub.cli.main.commands)
    for mounted in re.findall(r'"(\.\./[^:"]+):', text):
        assert (DEPLOY / "compose" / mounted).exists(), mounted
