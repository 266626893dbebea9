"""Certificates for a city without an authority of its own: one that signs the broker's certificate, and nothing else.

The authority's key stays at the hub (`data_folder/broker-authority.key`); centres get its certificate when
they join. Who has a certificate of a real authority uses that instead.
Rule: key files are for their owner alone (0600). Renewing the broker's certificate keeps the authority, so no centre
notices.
"""

import ipaddress
import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from shared import whole_files
from shared.errors import ConfigError

AUTHORITY_DAYS = 20 * 365  # changing it means telling every centre
BROKER_DAYS = 397  # what browsers' makers ask of others, too; the desk warns a month before
CLOCKS_APART = timedelta(days=1)  # a mini PC without a battery wakes up in yesterday

Key = ec.EllipticCurvePrivateKey


def make_authority(folder: Path, city: str, now: datetime) -> tuple[Path, Path]:
    """Return the files of the city's authority, (certificate, key); make them if there are none. Raises ConfigError.

    If only one is there, the other was lost or put away: a new authority would shut every centre out.
    """
    certificate, key_file = folder / "broker-authority.pem", folder / "broker-authority.key"
    there = [file for file in (certificate, key_file) if file.exists()]
    if len(there) == 1:
        raise ConfigError(
            f"{there[0]}: stands alone. Restore the other half of the authority from the hub's backup; if no centre "
            "has ever got its certificate, remove this one."
        )
    if not there:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Stadtherz {city}")])
        made = _begin(name, name, key, now, AUTHORITY_DAYS)
        made = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        made = made.add_extension(_usage(signs_certificates=True), critical=True)
        _write(certificate, made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM), public=True)
        _write(key_file, _pem(key))
    return certificate, key_file


def make_certificate(folder: Path, authority: tuple[Path, Path], names: Sequence[str], now: datetime) -> Path:
    """Write `broker.pem` and `broker.key` into `folder`, for a broker that is called by `names` (or addresses).

    Files that are there are replaced: that is how a certificate is renewed. Raises ConfigError.
    """
    issuer, issuer_key = _read_certificate(authority[0]), _read_key(authority[1])
    if issuer.not_valid_after_utc < now + timedelta(days=BROKER_DAYS):
        raise ConfigError(
            f"{authority[0]}: expires too soon. Remove it and its key, and tell every centre the new one."
        )
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0][:64])])
    made = _begin(subject, issuer.subject, key, now, BROKER_DAYS)
    made = made.add_extension(x509.SubjectAlternativeName([_called(name) for name in names]), critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    made = made.add_extension(_usage(signs_certificates=False), critical=True)
    made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    made = made.add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
    )
    signed = made.sign(issuer_key, hashes.SHA256())
    _write(folder / "broker.key", _pem(key))
    _write(folder / "broker.pem", signed.public_bytes(serialization.Encoding.PEM), public=True)
    return folder / "broker.pem"


def _begin(subject: x509.Name, issuer: x509.Name, key: Key, now: datetime, days: int) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCKS_APART)
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _called(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(key: Key) -> bytes:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


def _read_certificate(file: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(file.read_bytes())
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read ({error.strerror}).") from error
    except ValueError as error:
        raise ConfigError(f"{file}: is no certificate.") from error


def _read_key(file: Path) -> Key:
    try:
        if os.name == "posix" and file.stat().st_mode & 0o077:
            raise ConfigError(f"{file}: others may read it. Run: chmod 600 {file}")
        key = serialization.load_pem_private_key(file.read_bytes(), password=None)
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read ({error.strerror}).") from error
    except (TypeError, ValueError) as error:
        raise ConfigError(f"{file}: is no key.") from error
    if not isinstance(key, Key):
        raise ConfigError(f"{file}: is not the key of an authority that was made here.")
    return key


def _write(file: Path, content: bytes, *, public: bool = False) -> None:
    """Put a file in its place, whole or not at all."""
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        whole_files.replace(file, content, whole_files.EVERYBODYS if public else whole_files.OWNERS)
    except OSError as error:
        raise ConfigError(f"{file}: cannot be written ({error.strerror}).") from error
