"""Where the demo's state stands, and `addresses.json`, which says who listens where.

Rule: the folder is the demo's whole memory. `addresses.json` is written last when the city is
founded, so a half-founded city is founded again.
"""

import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

ADDRESSES = "addresses.json"
MARK = "this-folder-is-the-demo"  # a folder without it is somebody else's and stays untouched
USER = "demo"


@dataclass(frozen=True)
class Site:
    """A web site of the demo and how to sign in there."""

    url: str
    user: str
    password: str


@dataclass(frozen=True)
class CentreSite(Site):
    id: str
    name: str


@dataclass(frozen=True)
class State:
    folder: Path
    hub: Site
    centres: tuple[CentreSite, ...]
    broker_host: str
    broker_port: int

    @property
    def hub_config(self) -> Path:
        return hub_config(self.folder)

    def node_config(self, centre: str) -> Path:
        return node_config(self.folder, centre)

    @classmethod
    def find(cls, folder: Path) -> "State | None":
        """Return what an earlier start left, or None; what it left half done is thrown away."""
        try:
            said = json.loads((folder / ADDRESSES).read_text(encoding="utf-8"))
        except FileNotFoundError:
            clear(folder)
            return None
        return cls(
            folder=folder,
            hub=Site(**said["hub"]),
            centres=tuple(CentreSite(**centre) for centre in said["centres"]),
            broker_host=said["broker"]["host"],
            broker_port=said["broker"]["port"],
        )

    def write(self) -> None:
        """Write `addresses.json`; readable by its owner only, since passwords stand in it."""
        said = {
            "hub": asdict(self.hub),
            "centres": [asdict(centre) for centre in self.centres],
            "broker": {"host": self.broker_host, "port": self.broker_port},
        }
        path = self.folder / ADDRESSES
        path.touch(mode=0o600)
        path.write_text(json.dumps(said, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def clear(folder: Path) -> None:
    """Empty the demo's folder and mark it; SystemExit if it is a folder of something else."""
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise SystemExit(f"{folder} is not empty and not the demo's: name another folder.")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / MARK).touch()


def hub_config(folder: Path) -> Path:
    return folder / "hub" / "hub.toml"


def node_config(folder: Path, centre: str) -> Path:
    return folder / "centres" / centre / "node.toml"
