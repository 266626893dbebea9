"""A PostgreSQL with a streaming standby: the one can be killed, the other promoted.

Both run on the loopback, in a folder of their own, as the user of PostgreSQL where we are root.
"""

import os
import shutil
import signal
import tempfile
from pathlib import Path

import psycopg

from shared.broker import HOST, free_port
from tests.services import POSTGRES_SETTINGS, _run, find_postgres


class Server:
    """One of the two machines."""

    def __init__(self, folder: Path) -> None:
        programs = find_postgres()
        assert programs, "PostgreSQL is not installed"
        self._programs, self.folder, self.port = programs, folder, free_port()

    def found(self) -> None:
        """Make an empty cluster."""
        _run(self._programs / "initdb", "-D", self.folder, "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N")

    def copy(self, other: "Server") -> None:
        """Make a copy of `other`, which runs, that will follow it."""
        address = f"host={HOST} port={other.port} user=postgres"
        _run(self._programs / "pg_basebackup", "-D", self.folder, "-d", address, "-R", "-X", "stream", "-c", "fast")

    def start(self, *settings: str) -> None:
        options = [f"-c {setting}" for setting in (*POSTGRES_SETTINGS, *settings)]
        options += [f"-p {self.port}", f"-h {HOST}", f"-k {self.folder.parent}"]
        log = self.folder.with_suffix(".log")
        self._control("-l", log, "-w", "-t", "60", "-o", " ".join(options), "start")

    def stop(self, how: str = "fast") -> None:
        if (self.folder / "postmaster.pid").exists():
            self._control("-m", how, "-w", "stop")

    def promote(self) -> None:
        """Let it take writes from now on."""
        self._control("-w", "promote")

    def kill(self) -> None:
        """End all its processes as a power cut would."""
        pid = int((self.folder / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for each in (pid, *map(int, children)):
            os.kill(each, signal.SIGKILL)
        (self.folder / "postmaster.pid").unlink()

    def ask(self, question: str, database: str = "postgres") -> object:
        address = f"host={HOST} port={self.port} user=postgres dbname={database}"
        with psycopg.connect(address, autocommit=True) as connection:
            found = connection.execute(question)
            return found.fetchone()[0] if found.description else None

    def _control(self, *command: object) -> None:
        _run(self._programs / "pg_ctl", "-D", self.folder, *command)


class PostgresPair:
    """A primary and its standby; `url` names both, and whichever takes writes is meant."""

    def __init__(self, *, synchronous: bool) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="stadtherz-pair-"))
        if os.geteuid() == 0:
            shutil.chown(self._folder, "postgres")
        self.primary, self.standby = Server(self._folder / "one"), Server(self._folder / "two")
        self._settings = ("synchronous_standby_names=*",) if synchronous else ()
        machines = ",".join(f"{HOST}:{server.port}" for server in (self.primary, self.standby))
        self.url = f"postgresql://postgres@{machines}/stadtherz?target_session_attrs=read-write"

    def start(self) -> None:
        self.primary.found()
        self.primary.start()
        self.primary.ask("CREATE DATABASE stadtherz")
        self.standby.copy(self.primary)
        self.primary.stop()
        self.primary.start(*self._settings)
        self.standby.start()

    def end(self) -> None:
        for server in (self.standby, self.primary):
            server.stop("immediate")
        shutil.rmtree(self._folder, ignore_errors=True)
