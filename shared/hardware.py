"""Which machine this is: a hint that stays the same on it and differs on another.

A hardened service does not see the board's number below /proc, so it is looked for below /sys.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path

_BOARD_SERIAL = Path("/sys/firmware/devicetree/base/serial-number")  # below /proc a hardened service sees nothing
_NETWORK = Path("/sys/class/net")
_MACHINE_ID = Path("/etc/machine-id")


def hardware_hint() -> str:
    """Return 12 hex digits that stay the same on this machine and differ on another.

    The board's serial number, else the lowest address of a built-in network card, else the
    machine id: a copied memory card takes the machine id along, but not the other two.
    """
    serials = [path for path in (_BOARD_SERIAL, *_built_in_cards(), _MACHINE_ID) if path.is_file()]
    for path in serials:
        if found := path.read_bytes().strip(b"\0\n "):
            return hashlib.sha256(b"stadtherz hardware " + found).hexdigest()[:12]
    return "0" * 12


def _built_in_cards() -> Iterable[Path]:
    if not _NETWORK.is_dir():
        return []
    cards = [card for card in _NETWORK.iterdir() if (card / "device").exists() and "usb" not in str(card.resolve())]
    return sorted((card / "address" for card in cards), key=lambda path: path.read_bytes())
