"""Programs of different versions: one release behind, then upgraded, then the older one by mistake.

The older program is this repository at an earlier commit, unpacked into a folder of its own and run from
there. Everything that needs its own tables (writing, counting) is done by a process of that version, too.
"""

import os
import subprocess
import sys
from pathlib import Path

from shared.database import Database
from tests.faults.fault import Fault, NotPlayed
from tests.faults.paper import SpaceNote
from tests.faults.scene import Scene
from tests.system.city import ROOT, Centre, Desk, wait_until

OLD = "STADTHERZ_OLD_COMMIT"  # another one than the last that ran before the newest migration
LOOKED_AT_MAX = 12
_TYPE = """
import sys
from pathlib import Path
from node.app import create_app
from node.config import NodeConfig
from node.spaces.models import Space
from shared.config import load
database = create_app(load(NodeConfig, Path(sys.argv[1]), {}, "NONE")).extensions["stadtherz.database"]
with database.transaction() as session:
    session.add_all(Space(name=f"{sys.argv[2]} {n}", kind="multi_purpose") for n in range(int(sys.argv[3])))
database.dispose()
"""
_COUNT = """
import sqlite3, sys
print(sqlite3.connect(sys.argv[1]).execute(f"SELECT count(*) FROM {sys.argv[2]}").fetchone()[0])
"""


def house_behind(scene: Scene) -> None:
    """The house runs the older program, is upgraded, and a start of the older one harms nothing."""
    old = _older_program(scene)
    centre = scene.centre()
    _forget(centre.database)
    centre.desk.root = old
    centre.desk.start()
    for number in range(scene.times):
        name = f"Altes Programm {number}"
        _run(old, _TYPE, str(centre.desk.settings), name, "30")
        scene.paper(centre).arranged(*[SpaceNote(f"{name} {n}", 0) for n in range(30)])
        scene.announce(5, f"Meldung {number}")
        expected = 30 * (number + 1)
        wait_until(lambda wanted=expected: centre.hub_spaces() == wanted, 60, "what the older house wrote")
        news = 5 * (number + 1)
        wait_until(lambda wanted=news: _count(centre, "announcements") == wanted, 60, "news in the older house")
    scene.inject("an older house")
    _upgraded(scene, centre.desk)
    scene.arrange(centre, 30, "Neues Programm")
    scene.settle()
    scene.inject("an upgrade")
    _downgraded(scene, centre.desk, old)
    scene.arrange(centre, 10, "Danach")
    scene.inject("a downgrade")


def hub_behind(scene: Scene) -> None:
    """The city runs the older program: what it does not know waits there and is understood after the upgrade."""
    old = _older_program(scene)
    centre = scene.centre()
    hub = scene.city.hub
    hub.stop()
    _forget(scene.city.hub_database)
    hub.root = old
    hub.start()
    admit = "from hub.cli import main; main()"
    key = centre.install.public_key.text
    _run(old, admit, "centre", "admit", "--config", str(hub.settings), centre.id, centre.id, "--public-key", key)
    centre.desk.start()
    with scene.busy(centre):
        for number in range(scene.times):
            scene.arrange(centre, 30, f"Neues Haus {number}")
            scene.live(1.0, 2.0)
    scene.inject("an older hub")
    file = str(scene.city.hub_database.url.database)
    wanted = len(scene.paper(centre).spaces)
    wait_until(lambda: int(_run(old, _COUNT, file, "spaces")) == wanted, 60, "what the newer house wrote")
    _upgraded(scene, hub)
    scene.inject("an upgrade")
    scene.announce(5, "Meldung")
    scene.settle()
    _downgraded(scene, hub, old)
    scene.arrange(centre, 10, "Danach")
    scene.inject("a downgrade")


FAULTS = (
    Fault("house one version behind", house_behind, 2, 20),
    Fault("hub one version behind", hub_behind, 2, 20),
)


def _older_program(scene: Scene) -> Path:
    """Unpack the last commit before the newest migration that runs; raise NotPlayed without the history."""
    given = os.environ.get(OLD)
    for commit in [given] if given else _candidates():
        folder = scene.city.folder / f"old-{commit[:8]}"
        folder.mkdir()
        packed = subprocess.run(["git", "-C", str(ROOT), "archive", commit], check=True, capture_output=True)
        subprocess.run(["tar", "-x", "-C", str(folder)], input=packed.stdout, check=True)
        if subprocess.run([sys.executable, "-c", "import node.cli, hub.cli"], cwd=folder, check=False).returncode == 0:
            scene.remarks.append(f"the older program is {commit[:10]}")
            return folder
    raise NotPlayed("no older program that runs is in this repository's history")


def _candidates() -> list[str]:
    newest = max((ROOT / "node" / "migrations" / "versions").glob("0*.py")).relative_to(ROOT)
    added = _git("log", "--diff-filter=A", "--format=%H", "-1", "--", str(newest)).strip()
    if not added:
        raise NotPlayed("this folder has no history of git that holds an older program")
    return _git("log", "--first-parent", f"-{LOOKED_AT_MAX}", "--format=%H", f"{added}^").split()


def _git(*asked: str) -> str:
    done = subprocess.run(["git", "-C", str(ROOT), *asked], check=False, capture_output=True, text=True)
    return done.stdout


def _forget(database: Database) -> None:
    """Remove the database that today's program made: the older one makes its own."""
    database.dispose()
    file = Path(str(database.url.database))
    for found in file.parent.glob(f"{file.name}*"):
        found.unlink()


def _upgraded(scene: Scene, desk: Desk) -> None:
    desk.stop()
    desk.root = ROOT
    desk.start()


def _downgraded(scene: Scene, desk: Desk, old: Path) -> None:
    """Start the older program on the newer database: it goes on, or says no with words; then today's again."""
    desk.stop()
    desk.root = old
    try:
        desk.start()
    except AssertionError as refusal:
        if "newer program" not in str(refusal):
            raise
        scene.remarks.append("the older program refused the newer database, with words")
    else:
        scene.live(1.0, 2.0)
        scene.remarks.append("the older program went on with the newer database")
    desk.stop()
    desk.root = ROOT
    desk.start()


def _count(centre: Centre, table: str) -> int:
    return int(_run(ROOT, _COUNT, str(centre.database.url.database), table))


def _run(root: Path, program: str, *said: str) -> str:
    done = subprocess.run([sys.executable, "-c", program, *said], cwd=root, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout
