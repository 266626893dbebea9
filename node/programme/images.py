"""The picture of an event: checked by what it is, described in words, kept in the house.

Rule: what a file is, its first bytes say; its name and what the browser claims count for nothing.
Rule: no picture without words for those who do not see it.
Rule: what a phone notes in a photograph (where, when, by which device) is not kept: see `photos`.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from node.programme.models import Event, EventImage
from node.programme.photos import png_without_traces, webp_without_traces, without_traces
from shared.errors import Refusal

IMAGE_BYTES_MAX = 2 * 1024 * 1024
_PNG, _JPEG, _RIFF, _WEBP = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF", b"WEBP"
_CLEANED: dict[str, Callable[[bytes], bytes]] = {
    "image/png": png_without_traces,
    "image/jpeg": without_traces,
    "image/webp": webp_without_traces,
}
_ENDS: dict[str, Callable[[bytes], bool]] = {
    "image/png": lambda content: b"IEND" in content[-32:],
    "image/jpeg": lambda content: b"\xff\xd9" in content[-65_536:],
    "image/webp": lambda content: int.from_bytes(content[4:8], "little") + 8 <= len(content) + 1,
}


class ImageUnreadable(Refusal):
    """Not a PNG, JPEG or WebP picture, or only the beginning of one."""


class ImageTooLarge(Refusal):
    """More than IMAGE_BYTES_MAX."""


class ImageMissing(Refusal):
    """There is no picture yet that could be described."""


class ImageUndescribed(Refusal):
    """Nobody has said what the picture shows."""


def media_type_of(content: bytes) -> str:
    """Return the media type of a picture; raise ImageUnreadable if it is none or is cut off."""
    if content.startswith(_PNG):
        found = "image/png"
    elif content.startswith(_JPEG):
        found = "image/jpeg"
    elif content.startswith(_RIFF) and content[8:12] == _WEBP:
        found = "image/webp"
    else:
        raise ImageUnreadable
    if not _ENDS[found](content):
        raise ImageUnreadable
    return found


def keep_image(session: Session, event: Event, content: bytes, alt: str, *, now: datetime) -> None:
    """Give `event` a picture and its description, instead of the one it had.

    Raises ImageUndescribed, ImageTooLarge, ImageUnreadable; then everything stays as it was.
    """
    if not alt.strip():
        raise ImageUndescribed
    if len(content) > IMAGE_BYTES_MAX:
        raise ImageTooLarge
    media_type = media_type_of(content)
    content = _without_traces(media_type, content)
    image = session.get(EventImage, event.id) or EventImage(event_id=event.id)
    image.media_type, image.content, image.kept_at = media_type, content, now
    session.add(image)
    _say(event, alt.strip(), now)


def _without_traces(media_type: str, content: bytes) -> bytes:
    try:
        return _CLEANED[media_type](content)
    except ValueError as error:
        raise ImageUnreadable from error


def describe_image(session: Session, event: Event, alt: str, *, now: datetime) -> None:
    """Change the words for the picture that `event` has. Raises ImageMissing, ImageUndescribed."""
    if find_image(session, event.id) is None:
        raise ImageMissing
    if not alt.strip():
        raise ImageUndescribed
    _say(event, alt.strip(), now)


def drop_image(session: Session, event: Event, *, now: datetime) -> None:
    """Take the picture of `event` away."""
    image = find_image(session, event.id)
    if image is not None:
        session.delete(image)
    _say(event, "", now)


def copy_image(session: Session, origin: Event, event: Event, *, now: datetime) -> None:
    """Give `event` the picture of `origin`, if that has one."""
    image = find_image(session, origin.id)
    if image is not None:
        keep_image(session, event, image.content, origin.image_alt, now=now)


def find_image(session: Session, event_id: str) -> EventImage | None:
    """Return the picture of an event, its bytes are read when they are asked for."""
    return session.get(EventImage, event_id)


def _say(event: Event, alt: str, now: datetime) -> None:
    if event.image_alt != alt:
        event.image_alt = alt
        event.updated_at = now
        if event.travels:
            event.sequence += 1
