"""Third-party assets: locked, hashed, without the address of a registry; and all that pages ask for is there."""

import json
import re
from pathlib import Path

import pytest

from shared.web import assets
from shared.web.assets.__main__ import SERVED
from shared.web.static_files import STATIC

FOLDER = Path(assets.__file__).parent
LOCK = FOLDER / "package-lock.json"


def test_the_lock_has_hashes_and_no_addresses() -> None:
    """Each package is pinned by version and hash; where it comes from is the machine's affair."""
    lock = json.loads(LOCK.read_text(encoding="utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages
    for name, package in packages.items():
        assert package["integrity"].startswith("sha512-"), name
        assert "resolved" not in package, name


def test_npm_is_told_to_run_nothing_and_write_no_addresses() -> None:
    """The settings that keep the lock clean and foreign scripts out are in place."""
    settings = (FOLDER / ".npmrc").read_text(encoding="utf-8").split()
    assert {"ignore-scripts=true", "omit-lockfile-registry-resolved=true"} <= set(settings)


def test_every_file_that_a_sheet_asks_for_is_served() -> None:
    """The addresses in our style sheets are files of ours or of the fetched assets."""
    fetched = {f"vendor/{target}" for target in SERVED.values()}
    for sheet in (STATIC / "css").glob("*.css"):
        for address in re.findall(r'url\("([^"]+)"\)', sheet.read_text(encoding="utf-8")):
            name = (sheet.parent / address).resolve().relative_to(STATIC.resolve()).as_posix()
            assert name in fetched or (STATIC / name).exists(), f"{sheet.name}: {address}"


@pytest.mark.parametrize("sheet", sorted((STATIC / "css").glob("*.css")), ids=lambda sheet: sheet.name)
def test_our_sheets_work_from_right_to_left(sheet: Path) -> None:
    """Sides are logical (`inline-start`); physical ones stand only where KERN's are turned round."""
    physical = re.compile(r"(?<![\w-])(?:margin|padding|border)-(?:left|right)|(?<![\w-])(?:left|right)\s*:|float:")
    for line in sheet.read_text(encoding="utf-8").splitlines():
        if not line.startswith('[dir="rtl"]'):
            assert not physical.search(line.replace("float: none", "")), line.strip()


def test_the_shell_names_sheets_that_exist(town: object) -> None:
    """No page asks for a file that is not there."""
    page = town.visitor().get("/notes").text  # type: ignore[attr-defined]
    for name in re.findall(r'"/web/((?:css|js|img)/[^"?]+)', page):
        assert (STATIC / name).is_file(), name
