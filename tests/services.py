"""Installed services that tests start for themselves, as private servers in a folder of their own.

Nothing here touches a server that is already running. A service that is not installed leaves
its tests out by name, unless STADTHERZ_REQUIRE_SERVICES is set: then they fail.
"""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql

REQUIRE = "STADTHERZ_REQUIRE_SERVICES"
POSTGRES_SETTINGS = ("fsync=off", "full_page_writes=off", "max_connections=60", "jit=off", "autovacuum=off")
_numbers = count(1)


def find_postgres() -> Path | None:
    """Return the folder of the newest installed PostgreSQL server's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


def find_mosquitto() -> Path | None:
    """Return the mosquitto program; Debian keeps it where people's PATH does not look."""
    found = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
    return Path(found) if found else None


def find_mosquitto_clients() -> Path | None:
    """Return mosquitto's client that publishes; the one that subscribes comes with it."""
    found = shutil.which("mosquitto_pub")
    return Path(found) if found else None


def find_rabbitmq() -> Path | None:
    """Return RabbitMQ's own start script, not Debian's wrapper, which would change the user."""
    found = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
    return found if found.exists() and shutil.which("epmd") else None


def find_chromium() -> Path | None:
    """Return the Chromium that playwright is told to drive."""
    found = shutil.which("chromium")
    return Path(found) if found else None


def find_caddy() -> Path | None:
    """Return the Caddy that stands in front of a node or the hub."""
    found = shutil.which("caddy")
    return Path(found) if found else None


def find_systemd() -> Path | None:
    """Return the program that judges units of systemd."""
    found = shutil.which("systemd-analyze")
    return Path(found) if found else None


FINDERS: dict[str, Callable[[], Path | None]] = {
    "postgresql": find_postgres,
    "mosquitto": find_mosquitto,
    "mosquitto-clients": find_mosquitto_clients,
    "rabbitmq": find_rabbitmq,
    "chromium": find_chromium,
    "caddy": find_caddy,
    "systemd": find_systemd,
}


@contextmanager
def postgres_cluster(settings: tuple[str, ...] = POSTGRES_SETTINGS, kept: Path | None = None) -> Iterator[str]:
    """Start a private PostgreSQL on the loopback; yield the URL of its server, without a database.

    It is gone afterwards, unless it lives in the folder `kept`.
    """
    programs = find_postgres()
    assert programs, "PostgreSQL is not installed"
    if kept is not None:
        kept.mkdir(exist_ok=True)
    folder = kept or Path(tempfile.mkdtemp(prefix="stadtherz-pg-"))
    cluster, log = folder / "cluster", folder / "log"
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        if not cluster.exists():
            _run(programs / "initdb", "-D", cluster, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "-N")
        port = _free_port()
        options = [f"-c {setting}" for setting in settings]
        options += [f"-p {port}", "-h 127.0.0.1", f"-k {folder}"]
        _run(programs / "pg_ctl", "-D", cluster, "-l", log, "-w", "-t", "60", "-o", " ".join(options), "start")
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}"
        finally:
            _run(programs / "pg_ctl", "-D", cluster, "-m", "fast" if kept else "immediate", "-w", "stop")
    finally:
        if kept is None:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgres_database(server: str) -> Iterator[str]:
    """Make an empty database on `server`; yield its URL; drop it afterwards, whoever is still connected."""
    name = f"t{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield f"{server}/{name}"
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _run(*command: object) -> None:
    """Run a program of PostgreSQL's, as its own user where we are root, which it refuses."""
    asked = [str(part) for part in command]
    if os.geteuid() == 0:
        asked = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--", *asked]
    # Its output goes to a file: the server inherits it, and a pipe would stay open as long as it runs.
    with tempfile.TemporaryFile("w+") as said:
        done = subprocess.run(asked, stdout=said, stderr=said, stdin=subprocess.DEVNULL, cwd="/", check=False)
        said.seek(0)
        assert done.returncode == 0, f"{asked[0]} failed: {said.read()}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
