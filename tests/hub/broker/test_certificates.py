"""The city's own authority and the broker's certificate: names, dates, files for their owner alone."""

import stat
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtensionOID

from hub.core.broker.certificates import AUTHORITY_DAYS, BROKER_DAYS, make_authority, make_certificate
from shared.errors import ConfigError
from shared.time import now


def test_an_authority_is_made_once(tmp_path: Path) -> None:
    """A second call finds it, and only its owner may read its key."""
    certificate, key = make_authority(tmp_path, "duisburg", now())
    before = certificate.read_bytes(), key.read_bytes()
    assert make_authority(tmp_path, "duisburg", now()) == (certificate, key)
    assert (certificate.read_bytes(), key.read_bytes()) == before
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


@pytest.mark.parametrize("lost", [0, 1], ids=["certificate", "key"])
def test_half_an_authority_is_not_replaced(tmp_path: Path, lost: int) -> None:
    """Its key was put away, or the power failed: every centre trusts the certificate that there is."""
    files = make_authority(tmp_path, "duisburg", now())
    kept = files[1 - lost].read_bytes()
    files[lost].unlink()
    with pytest.raises(ConfigError, match="stands alone"):
        make_authority(tmp_path, "duisburg", now())
    assert (files[1 - lost].read_bytes(), files[lost].exists()) == (kept, False)


def test_a_certificate_names_the_broker_and_is_signed_by_the_authority(tmp_path: Path) -> None:
    """Names and addresses; it cannot sign others; its key is for its owner alone."""
    authority = make_authority(tmp_path, "duisburg", now())
    file = make_certificate(tmp_path, authority, ["mqtt.example", "192.0.2.7", "2001:db8::7"], now())
    made = x509.load_pem_x509_certificate(file.read_bytes())
    made.verify_directly_issued_by(x509.load_pem_x509_certificate(authority[0].read_bytes()))
    named = made.extensions.get_extension_for_oid(ExtensionOID.SUBJECT_ALTERNATIVE_NAME).value
    assert named.get_values_for_type(x509.DNSName) == ["mqtt.example"]
    assert [str(address) for address in named.get_values_for_type(x509.IPAddress)] == ["192.0.2.7", "2001:db8::7"]
    assert made.extensions.get_extension_for_class(x509.BasicConstraints).value.ca is False
    assert stat.S_IMODE((tmp_path / "broker.key").stat().st_mode) == 0o600


def test_a_certificate_is_renewed_in_place(tmp_path: Path) -> None:
    """Another key, a later end, the same authority; nothing of the attempt is left beside it."""
    authority = make_authority(tmp_path / "hub", "duisburg", now())
    first = make_certificate(tmp_path, authority, ["localhost"], now() - timedelta(days=300)).read_bytes()
    second = make_certificate(tmp_path, authority, ["localhost"], now()).read_bytes()
    ends = [x509.load_pem_x509_certificate(one).not_valid_after_utc for one in (first, second)]
    assert ends[1] - ends[0] > timedelta(days=299)
    assert {path.name for path in tmp_path.iterdir()} == {"hub", "broker.pem", "broker.key"}


def test_an_authority_that_ends_too_soon_signs_nothing(tmp_path: Path) -> None:
    """Else the broker's certificate would end with it, long before its own date."""
    begun = now() - timedelta(days=AUTHORITY_DAYS - BROKER_DAYS + 10)
    authority = make_authority(tmp_path, "duisburg", begun)
    with pytest.raises(ConfigError, match="tell every centre"):
        make_certificate(tmp_path, authority, ["localhost"], now())


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    """With what to do about it."""
    authority = make_authority(tmp_path, "duisburg", now())
    authority[1].chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        make_certificate(tmp_path, authority, ["localhost"], now())
