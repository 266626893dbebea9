"""Tokens: made once, shown once, found by their hash, and worthless when expired or revoked."""

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from node.core.rights import Right
from node.core.tokens import hash_of
from node.devices.models import NAME_LENGTH_MAX, Device
from shared.errors import Refusal

TOKEN_MARK = "sth_"  # noqa: S105 (what a token begins with, so that it is recognised where it should not be)
_TOKEN_BYTES = 32  # 256 bits: a plain hash is enough, nobody guesses it
_USE_NOTED_EVERY = timedelta(minutes=10)
# A device never looks after people, and is nobody's tenant.
GRANTABLE = tuple(right for right in Right if right not in (Right.RUN_HOUSE, Right.OWN_SPACE))


class DeviceUnknown(Refusal):
    def __init__(self, device_id: str) -> None:
        super().__init__(f"There is no device {device_id!r}.")
        self.device_id = device_id


class NotForDevices(Refusal):
    def __init__(self, right: str) -> None:
        super().__init__(f"The right {right!r} is not given to devices.")
        self.right = right


class DeviceExists(Refusal):
    """The same form was sent twice: its token was shown the first time."""

    def __init__(self, device_id: str) -> None:
        super().__init__(f"The device {device_id!r} has been added already.")
        self.device_id = device_id


def add_device(
    session: Session,
    device_id: str,
    name: str,
    rights: Collection[str],
    *,
    now: datetime,
    by: str = "",
    expires_at: datetime | None = None,
) -> str:
    """Add a device and return its token, which cannot be told again.

    `device_id` is made by the form, so that sending it twice raises DeviceExists. Raises
    NotForDevices for a right that no device gets.
    """
    refused = next((right for right in rights if right not in GRANTABLE), None)
    if refused is not None:
        raise NotForDevices(refused)
    if session.get(Device, device_id) is not None:
        raise DeviceExists(device_id)
    token = TOKEN_MARK + secrets.token_urlsafe(_TOKEN_BYTES)
    session.add(
        Device(
            id=device_id,
            name=" ".join(name.split())[:NAME_LENGTH_MAX],
            token_hash=hash_of(token),
            rights=tuple(right for right in GRANTABLE if right in rights),
            created_by=by,
            created_at=now,
            expires_at=expires_at,
        )
    )
    return token


def find_device(session: Session, token: str, now: datetime) -> Device | None:
    """Return the device whose token this is, None if it is unknown, expired or revoked. Only reads."""
    if not token.startswith(TOKEN_MARK):
        return None
    device = session.scalar(select(Device).where(Device.token_hash == hash_of(token)))
    return device if device is not None and is_valid(device, now) else None


def is_valid(device: Device, now: datetime) -> bool:
    return device.revoked_at is None and (device.expires_at is None or now < device.expires_at)


def may(device: Device, right: Right) -> bool:
    """Whether the token of `device` opens what needs `right`."""
    return right in device.rights


def is_use_due(device: Device, now: datetime) -> bool:
    """Whether the use of a device has to be noted again: not with each request."""
    return device.last_used_at is None or now - device.last_used_at >= _USE_NOTED_EVERY


def note_use(session: Session, device_id: str, now: datetime) -> None:
    """Note that a device was here; call it where `is_use_due`."""
    device = session.get(Device, device_id)
    if device is not None:
        device.last_used_at = now


def revoke_device(session: Session, device_id: str, *, now: datetime) -> Device:
    """Make the token of a device worthless from now on; raise DeviceUnknown."""
    device = session.get(Device, device_id)
    if device is None:
        raise DeviceUnknown(device_id)
    device.revoked_at = device.revoked_at or now
    return device


def list_devices(session: Session) -> Sequence[Device]:
    """Return all devices, those that still open something first."""
    return session.scalars(select(Device).order_by(Device.revoked_at.is_not(None), Device.name, Device.id)).all()
