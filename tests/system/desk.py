"""One side of the network without its site, as a process: `python -m tests.system.desk node|hub settings.toml`.

What runs is what the commands run: the settings, the database, the ledger, the link or ingest.
"""

import importlib
import logging
import pkgutil
import signal
import sys
import threading
from pathlib import Path

import hub
import node
from hub.config import HubConfig
from hub.core.db import Base as HubBase
from hub.ingest import Ingest
from node.config import NodeConfig
from node.core.db import Base as NodeBase
from node.link import Link
from shared.config import load
from shared.database import Database
from shared.records.base import Side
from shared.replication.ledger import Ledger

for side in (hub, node):
    for module in pkgutil.walk_packages(side.__path__, f"{side.__name__}."):
        if module.name.endswith(".models"):
            importlib.import_module(module.name)  # every table of the side

NODE_LEDGER, HUB_LEDGER = Ledger(NodeBase, Side.NODE), Ledger(HubBase, Side.HUB)


def node_database(config: NodeConfig) -> Database:
    """Return a centre's database, stamped like the site stamps it."""
    database = Database(config.database_url)
    NodeBase.metadata.create_all(database.engine)
    NODE_LEDGER.watch(database)
    return database


def hub_database(config: HubConfig) -> Database:
    """Return the hub's database, stamped like the site stamps it."""
    database = Database(config.database_url)
    HubBase.metadata.create_all(database.engine)
    HUB_LEDGER.watch(database)
    return database


def main(side: str, path: Path) -> None:
    """Serve until SIGTERM."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    served: Link | Ingest
    if side == "node":
        centre = load(NodeConfig, path, {}, "STADTHERZ_NODE")
        served = Link(centre, node_database(centre), NODE_LEDGER)
    else:
        city = load(HubConfig, path, {}, "STADTHERZ_HUB")
        served = Ingest(city, hub_database(city), HUB_LEDGER)
    served.start()
    print("ready", flush=True)
    ended.wait()
    served.stop()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
