"""Heirs of keys: whoever believes one key of a lineage finds the newest, and nobody finds another one."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.keys import Hand
from shared.public_keys import (
    LINEAGE_MAX,
    STATEMENT_BYTES,
    Believed,
    Statement,
    heir_of,
    name_heir,
    read_lineage,
    write_lineage,
)

HANDS = [Hand(bytes((number,)) * 32) for number in range(1, 6)]
STRANGER = Hand(b"x" * 32)
LINEAGE = tuple(name_heir(old, new) for old, new in pairwise(HANDS))
NEWEST = HANDS[-1].public_key


@pytest.mark.parametrize("hand", HANDS[:-1], ids=range(4))
def test_every_key_of_a_lineage_leads_to_the_newest(hand: Hand) -> None:
    """However many changes somebody missed."""
    assert heir_of(hand.public_key, LINEAGE) == NEWEST


def test_the_newest_and_a_stranger_s_key_lead_nowhere() -> None:
    """There is no way back, and none from outside."""
    assert heir_of(NEWEST, LINEAGE) is None
    assert heir_of(STRANGER.public_key, LINEAGE) is None


def test_nobody_names_an_heir_for_somebody_else() -> None:
    """Neither with a signature of their own, nor by leaving the old one's or the heir's out."""
    old, heir = HANDS[0], STRANGER
    honest = name_heir(old, heir)
    for forged in (
        Statement(old.public_key, heir.public_key, heir.sign(b"x"), heir.sign(b"x")),
        honest._replace(by_old=honest.by_next),
        honest._replace(by_next=honest.by_old),
        honest._replace(next=HANDS[1].public_key),
    ):
        assert not forged.holds
        assert heir_of(old.public_key, [forged, *LINEAGE]) is None


def test_an_heir_is_named_with_its_consent() -> None:
    """Otherwise somebody could pass a stranger's words off as their own."""
    claimed = name_heir(HANDS[0], HANDS[1])._replace(next=STRANGER.public_key)
    assert not claimed.holds


def test_a_lineage_comes_back_as_it_was_written() -> None:
    """192 bytes for each change."""
    written = write_lineage(LINEAGE)
    assert len(written) == len(LINEAGE) * STATEMENT_BYTES
    assert read_lineage(written) == LINEAGE


@given(st.binary(max_size=3 * STATEMENT_BYTES))
def test_junk_is_no_lineage(junk: bytes) -> None:
    """Whatever the bytes: refused, or statements that lead nowhere."""
    believed = Believed(HANDS[0].public_key)
    assert not believed.confirms_by(junk, b"s" * 64, b"words")
    assert believed.signer is None


def test_a_lineage_without_end_is_refused() -> None:
    """Nobody makes us read more than a handful of signatures."""
    with pytest.raises(ValueError, match="lineage"):
        read_lineage(write_lineage(LINEAGE[:1] * (LINEAGE_MAX + 1)))


def test_belief_knows_who_signed() -> None:
    """The key itself, its heir, or an heir that the letter led to: three different things."""
    words = b"words"
    both = Believed(HANDS[0].public_key, HANDS[1].public_key)
    assert both.confirms(HANDS[0].sign(words), words)
    assert both.heir_spoke is None
    assert both.confirms(HANDS[1].sign(words), words)
    assert both.heir_spoke == HANDS[1].public_key
    assert not both.confirms(HANDS[4].sign(words), words)
    assert both.confirms_by(write_lineage(LINEAGE), HANDS[4].sign(words), words)
    assert both.found == NEWEST
    assert not Believed(HANDS[0].public_key).confirms_by(write_lineage(LINEAGE), STRANGER.sign(words), words)
