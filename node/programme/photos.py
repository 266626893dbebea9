"""A photograph without what the camera wrote into it: phones note where a picture was taken, and when.

Rule: only how a JPEG is turned stays; everything else of EXIF, XMP and IPTC goes, and what PNG
and WebP have of them. The picture itself is not touched.
"""

import struct
from collections.abc import Iterator

EXIF, XMP_AND_EXIF, IPTC, START_OF_PICTURE = b"Exif\0\0", 0xE1, 0xED, 0xDA
ORIENTATION, SHORT = 0x0112, 3
UPRIGHT = 1
PNG_HEAD, PNG_END = 8, b"IEND"
NOTES_OF_PNG = (b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME")
NOTES_OF_WEBP, WEBP_FEATURES, WEBP_HEAD = (b"EXIF", b"XMP "), b"VP8X", 12
HAS_NOTES = 0x0C  # the two bits of VP8X that announce EXIF and XMP


def without_traces(content: bytes) -> bytes:
    """Return a JPEG without the camera's notes; raise ValueError if its segments cannot be followed."""
    kept, turned = [content[:2]], UPRIGHT
    for marker, segment, rest in _segments(content):
        if marker == START_OF_PICTURE:
            exif = _exif(turned) if turned != UPRIGHT else b""
            return b"".join((kept[0], exif, *kept[1:], rest))
        if marker == XMP_AND_EXIF and segment[4:].startswith(EXIF):
            turned = _orientation(segment[4 + len(EXIF) :])
        elif marker not in (XMP_AND_EXIF, IPTC):
            kept.append(segment)
    raise ValueError("a JPEG without a picture")


def png_without_traces(content: bytes) -> bytes:
    """Return a PNG without its notes; raise ValueError if its chunks cannot be followed."""
    kept, place = [content[:PNG_HEAD]], PNG_HEAD
    while place + 12 <= len(content):
        end = place + 12 + int.from_bytes(content[place : place + 4], "big")
        name = content[place + 4 : place + 8]
        if name not in NOTES_OF_PNG:
            kept.append(content[place:end])
        if name == PNG_END:
            return b"".join(kept)
        place = end
    raise ValueError("a PNG without an end")


def webp_without_traces(content: bytes) -> bytes:
    """Return a WebP without its notes; raise ValueError if there is no picture in it."""
    kept, place = [], WEBP_HEAD
    while place + 8 <= len(content):
        name, length = content[place : place + 4], int.from_bytes(content[place + 4 : place + 8], "little")
        end = place + 8 + length + length % 2
        chunk = content[place:end]
        if name == WEBP_FEATURES and length:
            chunk = chunk[:8] + bytes([chunk[8] & ~HAS_NOTES]) + chunk[9:]
        if name not in NOTES_OF_WEBP:
            kept.append(chunk)
        place = end
    if not kept:
        raise ValueError("a WebP without a picture")
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def _segments(content: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield (marker, the whole segment, everything from it on) of what stands before the picture."""
    place = 2
    while place + 4 <= len(content):
        if content[place] != 0xFF:
            raise ValueError("no marker where one should be")
        if content[place + 1] == 0xFF:  # a marker may have any number of these before it
            place += 1
            continue
        length = int.from_bytes(content[place + 2 : place + 4], "big")
        if length < 2:
            raise ValueError("a segment of no length")
        yield content[place + 1], content[place : place + 2 + length], content[place:]
        place += 2 + length


def _orientation(tiff: bytes) -> int:
    """Return how a picture is turned (1 to 8); 1 where the notes cannot be read."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return UPRIGHT
    try:
        (first,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, first)
        for number in range(count):
            tag, kind, _many, value = struct.unpack_from(f"{order}HHIH", tiff, first + 2 + 12 * number)
            if tag == ORIENTATION and kind == SHORT and UPRIGHT <= value <= 8:
                return int(value)
    except struct.error:
        return UPRIGHT
    return UPRIGHT


def _exif(turned: int) -> bytes:
    tiff = b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, ORIENTATION, SHORT, 1, turned, 0, 0)
    return struct.pack(">HH", 0xFFE1, 2 + len(EXIF) + len(tiff)) + EXIF + tiff
