"""The six digits are those that every authenticator app shows, and count once."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.web.accounts import totp

SECRET = b"12345678901234567890"  # of the RFCs' examples
HOTP_CODES = ("755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489")


@pytest.mark.parametrize(
    ("count", "code"),
    list(
        enumerate(["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"])
    ),
)
def test_the_codes_of_rfc_4226(count: int, code: str) -> None:
    """Appendix D of RFC 4226."""
    assert totp.code_at(SECRET, count) == code


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_the_codes_of_rfc_6238(seconds: int, code: str) -> None:
    """Appendix B of RFC 6238, the column of SHA-1."""
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    assert totp.code_at(SECRET, totp.step_at(at), digits=8) == code


NOW = datetime(2026, 11, 23, 8, 0, 10, tzinfo=UTC)


@pytest.mark.parametrize(("late", "counts"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_one_step_early_or_late_still_counts(late: int, counts: bool) -> None:
    """A telephone may be half a minute off, not more."""
    step = totp.step_at(NOW) + late
    found = totp.fitting_step(SECRET, totp.code_at(SECRET, step), NOW, after=0)
    assert found == (step if counts else None)


def test_a_code_counts_once() -> None:
    """A code of a step that was used, or of an earlier one, is refused; the next one counts."""
    present = totp.step_at(NOW)
    assert totp.fitting_step(SECRET, totp.code_at(SECRET, present), NOW, after=present) is None
    assert totp.fitting_step(SECRET, totp.code_at(SECRET, present - 1), NOW, after=present) is None
    assert totp.fitting_step(SECRET, totp.code_at(SECRET, present + 1), NOW, after=present) == present + 1


@pytest.mark.parametrize("typed", ["", "12345", "abcdef", "０００００９", "1" * 500])
def test_what_is_no_code_is_refused(typed: str) -> None:
    """Nonsense is wrong, and no error."""
    assert totp.fitting_step(SECRET, typed, NOW, after=0) is None


def test_blanks_between_the_digits_do_not_matter() -> None:
    """Apps show 123 456, and people type what they see."""
    code = totp.code_at(SECRET, totp.step_at(NOW))
    assert totp.fitting_step(SECRET, f" {code[:3]} {code[3:]} ", NOW, after=0) == totp.step_at(NOW)


def test_the_address_is_what_apps_read() -> None:
    """Secret in base 32, name and issuer escaped."""
    address = totp.address_of(SECRET, "Anna Öz", "Haus & Hof")
    assert address == (
        "otpauth://totp/Haus%20%26%20Hof%3AAnna%20%C3%96z?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
        "&issuer=Haus%20%26%20Hof"
    )
