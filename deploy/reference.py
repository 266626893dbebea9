"""Writes deploy/REFERENCE.md from the code: settings, topics, collections.

    python -m deploy.reference

A test holds the file against the code, so it is never out of date.
"""

from collections.abc import Iterator
from pathlib import Path

from hub.config import PREFIX as HUB_PREFIX
from hub.config import HubConfig
from node.config import PREFIX as NODE_PREFIX
from node.config import NodeConfig
from shared import topics
from shared.config import describe
from shared.records.catalogue import COLLECTIONS

FILE = Path(__file__).with_name("REFERENCE.md")
TOPICS = (
    (topics.out("{city}", "node/{centre}"), "the node", "hello, batch and check of the centre's records"),
    (topics.ack("{city}", "node/{centre}"), "the hub", "cursors for the centre's records"),
    (topics.out("{city}", "hub/{centre}"), "the hub", "hello, batch and check of the city's records for that centre"),
    (topics.ack("{city}", "hub/{centre}"), "the node", "cursors for the city's records"),
    (topics.node_state("{city}", "{centre}"), "the node", "presence, retained, and its will"),
    (topics.hub_state("{city}"), "the hub", "presence, retained, and its will"),
    (topics.sensor("{city}", "{centre}", "{sensor}"), "a door sensor", "what it counted; read by its own node alone"),
)


def reference() -> str:
    """Return the whole page as Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Reference"
    yield ""
    yield "Made from the code by `python -m deploy.reference`; a test holds it against the code."
    for title, prefix, kind, command in (
        ("Settings of a node", NODE_PREFIX, NodeConfig, "stadtherz-node"),
        ("Settings of the hub", HUB_PREFIX, HubConfig, "stadtherz-hub"),
    ):
        yield from ("", f"## {title}", "")
        yield f"In the TOML file named by `--config` or `{prefix}_CONFIG` (written by `{command} init`);"
        yield "the environment wins over the file. Unknown keys are refused."
        yield from ("", "| key | environment | default | what it is |", "| --- | --- | --- | --- |")
        for key, variable, default, doc in describe(kind, prefix):
            yield f"| `{key}` | `{variable}` | {default} | {doc} |"
    yield from ("", "## Topics", "")
    yield "QoS 1; nothing is retained but presence; messages expire after 120 s, presence after a day."
    yield from ("", "| topic | published by | what |", "| --- | --- | --- |")
    for topic, publisher, what in TOPICS:
        yield f"| `{topic}` | {publisher} | {what} |"
    yield from (
        "",
        "## Collections",
        "",
        "What travels, in the order in which it is applied. `id` travels beside the fields.",
    )
    yield from ("", "| collection | written by | version | fields on the wire |", "| --- | --- | --- | --- |")
    for collection in COLLECTIONS:
        fields = ", ".join(f"`{name}`" for name in collection.field_names)
        yield f"| `{collection.name}` | {collection.owner} | {collection.version} | {fields} |"


if __name__ == "__main__":
    FILE.write_text(reference(), encoding="utf-8")
