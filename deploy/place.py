"""Puts a release of Stadtherz in place on a machine, and switches between releases.

    python3.11 deploy/place.py install dist/stadtherz-0.2.0-py3-none-any.whl   # a new release beside the others
    python3.11 deploy/place.py switch 0.1.0                                    # the way back
    python3.11 deploy/place.py list

Each release has a virtual environment of its own in /opt/stadtherz/releases; `current` points to the one in
use, and is changed in one step. The packages are those of `requirements-run.lock`, by version and hash.
Rule: the standard library only: it runs before anything of ours is installed.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
LOCK = HERE / "requirements-run.lock"
UNITS = HERE / "systemd"
DOCUMENTS = sorted(HERE.glob("*.md"))
_WHEEL = re.compile(r"stadtherz-(?P<version>[0-9][0-9A-Za-z.+]*)-py3-none-any\.whl")
_READY = "ready"  # written last: a folder without it is half an installation


class NotPossible(Exception):
    """What is wrong, and what to do."""


class Place:
    """Where releases stand below `root`, which is `/` but for a trial."""

    def __init__(self, root: Path) -> None:
        self._base = root / "opt" / "stadtherz"
        self._releases = self._base / "releases"
        self._units, self._users = root / "etc/systemd/system", root / "etc/sysusers.d"

    def install(self, wheel: Path) -> str:
        """Install the release of `wheel` beside the others and return its version; it is not in use yet."""
        found = _WHEEL.fullmatch(wheel.name)
        if found is None or not wheel.is_file():
            raise NotPossible(f"{wheel}: is no wheel of Stadtherz. `make wheel` makes one in dist/.")
        version = found["version"]
        folder = self._releases / version
        if (folder / _READY).exists():
            raise NotPossible(f"{folder}: this release is there already. `switch {version}` puts it in use.")
        shutil.rmtree(folder, ignore_errors=True)  # half an installation, after a power cut
        folder.mkdir(parents=True)
        self._fill(folder, wheel)
        (folder / _READY).touch()
        self._copy_units()
        return version

    def switch(self, version: str) -> None:
        """Put a release in use, in one step; what runs goes on with the other until it is restarted."""
        if not (self._releases / version / _READY).exists():
            raise NotPossible(f"There is no release {version} here. There are: {', '.join(self.versions()) or 'none'}.")
        fresh = self._base / ".current"
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(Path("releases") / version)
        os.replace(fresh, self._base / "current")  # noqa: PTH105 (a link is replaced, not what it points to)

    def versions(self) -> list[str]:
        """Return the releases that are installed, in the order of their installation."""
        ready = sorted(self._releases.glob(f"*/{_READY}"), key=lambda path: path.stat().st_mtime)
        return [path.parent.name for path in ready]

    def current(self) -> str:
        link = self._base / "current"
        return link.readlink().name if link.is_symlink() else ""

    def _fill(self, folder: Path, wheel: Path) -> None:
        _run(sys.executable, "-m", "venv", folder)
        pip = (folder / "bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        _run(*pip, "--require-hashes", "-r", LOCK)
        _run(*pip, "--no-deps", wheel)
        documents = folder / "share/stadtherz"
        documents.mkdir(parents=True)
        for document in DOCUMENTS:
            shutil.copy(document, documents)

    def _copy_units(self) -> None:
        for folder in (self._units, self._users):
            folder.mkdir(parents=True, exist_ok=True)
        for unit in (*UNITS.glob("*.service"), *UNITS.glob("*.target")):
            shutil.copy(unit, self._units)
        shutil.copy(UNITS / "stadtherz.sysusers.conf", self._users / "stadtherz.conf")


def main(arguments: list[str] | None = None) -> int:
    """Do what was asked; return the exit code."""
    parser = argparse.ArgumentParser(prog="place.py", description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--root", type=Path, default=Path("/"), help="below which folder; for a trial")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("install", help="a release from its wheel, and put it in use").add_argument("wheel", type=Path)
    commands.add_parser("switch", help="to a release that is installed").add_argument("version")
    commands.add_parser("list", help="the releases that are installed")
    asked = parser.parse_args(arguments)
    place = Place(asked.root)
    try:
        if asked.command == "list":
            for version in place.versions():
                print(f"{version}{'  in use' if version == place.current() else ''}")
            return 0
        version = place.install(asked.wheel) if asked.command == "install" else asked.version
        place.switch(version)
    except (NotPossible, OSError) as error:
        print(f"place.py: {error}", file=sys.stderr)
        return 2
    print(f"Release {version} is in use from the next start on: systemctl daemon-reload, then restart the services.")
    return 0


def _run(*command: object) -> None:
    """Run a program; NotPossible with what it said if it fails."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotPossible(f"`{' '.join(str(part) for part in command[1:4])}` failed:\n{done.stderr.strip()}")


if __name__ == "__main__":
    sys.exit(main())
