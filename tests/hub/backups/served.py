"""A hub's site on a port, and a centre's machine that calls it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from waitress import wasyncore
from waitress.server import create_server

from hub.core.db import LEDGER
from hub.network import members
from shared.database import Database
from shared.keys import Install, open_install
from shared.signed_calls import Caller
from shared.time import now


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve the site as `run` does; yield its address."""
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    ending = threading.Event()

    def run() -> None:
        try:
            server.run()
        except OSError:
            if not ending.is_set():  # a connection that a client leaves open may go while the loop looks at it
                raise

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        ending.set()
        server.task_dispatcher.shutdown()  # a worker that is still answering would write to what is closed
        # Closed by the server's own thread: it must not be waiting for what another one closes.
        server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map, ignore_all=True))
        thread.join(timeout=10)
        assert not thread.is_alive()


def admit(database: Database, centre_id: str, install: Install, *, bound: bool = True) -> None:
    """Let a centre in whose machine has spoken already."""
    with database.transaction() as session:
        member = members.admit(
            session, centre_id, centre_id.title(), install.public_key.text, now(), ledger=LEDGER, hub_instance="x"
        )
        member.instance = install.instance if bound else None


def caller_of(app: Flask, url: str, install: Install, centre_id: str = "alt-hamborn") -> Caller:
    """Return a caller that knows the hub."""
    config = app.extensions["stadtherz.config"]
    hub_key = open_install(config.key_file).public_key.text
    return Caller(hub_url=url, hub_public_key=hub_key, city="duisburg", centre_id=centre_id, install=install)


def machine(folder: Path, name: str) -> Install:
    return open_install(folder / f"{name}.key", hardware="a" * 12)
