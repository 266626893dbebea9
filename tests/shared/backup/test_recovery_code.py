"""The code that is printed for the safe: what it is made of, what typing errors it finds."""

import pytest
from nacl.public import SealedBox

from shared.backup.recovery_code import (
    ALPHABET,
    PUBLIC_LENGTH,
    CodeMistyped,
    new_code,
    public_of,
    read_code,
    read_public,
    secret_of,
)


def test_a_code_is_seven_groups_of_four_letters_that_nobody_mistakes() -> None:
    """No 0, O, 1 or I: on paper they look alike."""
    code = new_code()
    assert [len(group) for group in code.split("-")] == [4] * 7
    assert set(code) <= {*ALPHABET, "-"}
    assert not {*"0O1I"} & {*ALPHABET}


def test_no_two_codes_are_alike() -> None:
    """They come from the system's random numbers."""
    assert len({new_code() for _ in range(200)}) == 200


def test_a_code_is_read_however_it_is_typed() -> None:
    """Small letters, blanks and missing hyphens are no errors."""
    code = new_code()
    assert read_code(f"  {code.lower().replace('-', ' ')} ") == code
    assert public_of(code.replace("-", "")) == public_of(code)


def test_the_check_letters_find_nearly_every_wrong_letter() -> None:
    """One letter in a thousand slips through two check letters; then the backup itself says no."""
    code = new_code().replace("-", "")
    wrong = [
        code[:place] + other + code[place + 1 :] for place in range(28) for other in ALPHABET if other != code[place]
    ]
    missed = [typed for typed in wrong if _is_read(typed)]
    assert len(missed) < len(wrong) / 100


def _is_read(typed: str) -> bool:
    try:
        return bool(read_code(typed))
    except CodeMistyped:
        return False


@pytest.mark.parametrize(("typed", "reason"), [("", "length"), ("ABCD", "length"), ("0" * 28, "letter")])
def test_what_is_no_code_is_refused_with_the_reason(typed: str, reason: str) -> None:
    """The page tells people what to look at again."""
    with pytest.raises(CodeMistyped) as refused:
        read_code(typed)
    assert refused.value.reason == reason


def test_what_is_sealed_with_the_public_half_only_the_code_opens() -> None:
    """The machine keeps the public half alone."""
    code = new_code()
    assert len(public_of(code)) == PUBLIC_LENGTH
    sealed = SealedBox(read_public(public_of(code))).encrypt(b"key")
    assert SealedBox(secret_of(code)).decrypt(sealed) == b"key"


@pytest.mark.parametrize(
    "text", ["", "x25519:abc", "recovery:x25519:", "recovery:x25519:" + "A" * 20, "recovery:x25519:ä"]
)
def test_what_is_no_public_half_is_a_value_error(text: str) -> None:
    """A backup for a key that does not exist could never be opened."""
    with pytest.raises(ValueError, match="not a recovery key"):
        read_public(text)
