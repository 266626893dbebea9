"""A photograph loses the notes of the camera, and stays the right way up."""

import struct
from zlib import crc32

import pytest

from node.programme.photos import png_without_traces, webp_without_traces, without_traces
from tests.node.programme.pictures import JPEG, PNG, WEBP

PLACE = b"GPS 51.43 N 6.76 E"


def segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">HH", 0xFF00 + marker, len(content) + 2) + content


def exif(turned: int, order: str = "<") -> bytes:
    """Return the notes of a camera: how the picture is turned, and where it was taken."""
    head = b"II*\0" if order == "<" else b"MM\0*"
    entry = struct.pack(f"{order}IHHHIHHI", 8, 1, 0x0112, 3, 1, turned, 0, 0)
    return segment(0xE1, b"Exif\0\0" + head + entry + PLACE)


def photographed(*segments: bytes) -> bytes:
    return JPEG[:2] + b"".join(segments) + JPEG[2:]


@pytest.mark.parametrize("order", ["<", ">"])
def test_the_place_goes_and_the_turn_stays(order: str) -> None:
    """In the byte order of any camera; the picture itself is the same to the last byte."""
    kept = without_traces(photographed(exif(6, order), segment(0xE1, b"http://ns.adobe.com/xap" + PLACE)))
    assert PLACE not in kept
    assert without_traces(kept) == kept
    assert kept.endswith(JPEG[2:])
    assert kept[2:].startswith(b"\xff\xe1")
    assert kept[kept.index(b"II*\0") + 18] == 6


def test_an_upright_picture_has_no_notes_at_all() -> None:
    """Nor has one whose notes cannot be read."""
    for notes in (exif(1), exif(77), segment(0xE1, b"Exif\0\0II*\0\xff\xff\xff\xff" + PLACE), segment(0xED, PLACE)):
        assert without_traces(photographed(notes)) == JPEG


@pytest.mark.parametrize("content", [JPEG[:2] + b"nonsense", JPEG[:20], b"\xff\xd8\xff\xe1\0\0" + PLACE])
def test_what_cannot_be_followed_is_refused(content: bytes) -> None:
    """Rather no picture than one with notes in it that nobody saw."""
    with pytest.raises(ValueError, match=r"segment|marker|picture"):
        without_traces(content)


def test_a_png_loses_its_notes() -> None:
    """Phones save screenshots and cut pictures so, with the place in them."""
    notes = b""
    for name in (b"eXIf", b"tEXt", b"iTXt"):
        notes += len(PLACE).to_bytes(4, "big") + name + PLACE + crc32(name + PLACE).to_bytes(4, "big")
    assert png_without_traces(PNG[:33] + notes + PNG[33:]) == PNG
    assert png_without_traces(PNG + PLACE) == PNG


def test_a_webp_loses_its_notes_and_says_no_longer_that_it_has_them() -> None:
    """Its length is right again, too."""
    features = b"VP8X" + (10).to_bytes(4, "little")
    notes = b"EXIF" + (len(PLACE)).to_bytes(4, "little") + PLACE + b"XMP " + (3).to_bytes(4, "little") + b"GPS\0"
    body = b"WEBP" + features + bytes([0x1C]) + bytes(9) + WEBP[12:] + notes
    kept = webp_without_traces(b"RIFF" + len(body).to_bytes(4, "little") + body)
    clean = b"WEBP" + features + bytes([0x10]) + bytes(9) + WEBP[12:]
    assert kept == b"RIFF" + len(clean).to_bytes(4, "little") + clean
    assert webp_without_traces(WEBP) == WEBP


@pytest.mark.parametrize("content", [PNG[:-4], PNG[:8], PNG[:20]])
def test_a_png_that_ends_early_is_refused(content: bytes) -> None:
    """As with photographs."""
    with pytest.raises(ValueError, match="end"):
        png_without_traces(content)
