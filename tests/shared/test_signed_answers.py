"""The hub's answers over HTTP are believed by whoever believes any of its keys, before, during and after a change."""

from pathlib import Path

import pytest

from shared.keys import Install, begin_rotation, end_rotation, open_install
from shared.signed_calls import Caller, HubUnreachable, answer_headers

ASKED = "s" * 88


def believed_by(hub_key: str, hub: Install, tmp_path: Path, *, said: bytes = b"kept", proven: bytes = b"kept") -> None:
    """Let a centre that believes `hub_key` judge an answer of the hub."""
    (proof,) = answer_headers(hub, ASKED, 200, proven).values()
    caller = Caller(
        hub_url="http://127.0.0.1",
        hub_public_key=hub_key,
        city="duisburg",
        centre_id="hamborn",
        install=open_install(tmp_path / "centre.key"),
    )
    caller._believe(ASKED, 200, said, proof)


def test_an_answer_is_believed_through_two_changes_of_the_key(tmp_path: Path) -> None:
    """By the key of the first day, by the one between, and by the newest."""
    file = tmp_path / "hub.key"
    keys = [open_install(file).public_key.text]
    for step in (begin_rotation, end_rotation, begin_rotation):
        hub = step(file)
        keys.append(hub.newest.public_key.text)
        for key in keys:
            believed_by(key, hub, tmp_path)


def test_an_answer_of_a_stranger_is_not(tmp_path: Path) -> None:
    """Nor one whose words were changed, with a lineage or without."""
    file = tmp_path / "hub.key"
    first = open_install(file)
    stranger = begin_rotation(tmp_path / "stranger.key")
    for hub in (first, begin_rotation(file)):
        with pytest.raises(HubUnreachable, match="signature"):
            believed_by(stranger.public_key.text, hub, tmp_path)
        with pytest.raises(HubUnreachable, match="signature"):
            believed_by(first.public_key.text, stranger, tmp_path)
        with pytest.raises(HubUnreachable, match="signature"):
            believed_by(first.public_key.text, hub, tmp_path, said=b"other")
