"""Founds the demo's city: keys, settings, databases, the city's own records, each house's life.

Everything goes through the commands and services that a city would use; nothing is written to
the hub that a centre has to tell it.
"""

import os
import secrets
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from deploy.demo.city import CITY, CITY_NAME, DISTRICTS, HOUSES, TIME_ZONE
from deploy.demo.house import House
from deploy.demo.running import HUB, NODE, ROOT
from deploy.demo.state import USER, CentreSite, Site, State
from shared.broker import HOST, free_port

PORTS = range(8800, 8899)  # tried in order, so that a city usually has the same addresses
AT_ONCE = 2  # as many houses are planted side by side as the machines have cores
CLICKS_PASSWORD = "STADTHERZ_PASSWORD"  # noqa: S105 (the name of a variable)


def found(folder: Path) -> State:
    """Make the city in `folder`, which is empty; return where everything is."""
    ports = _free_ports(2 + len(HOUSES))
    state = State(
        folder=folder,
        hub=Site(f"http://{HOST}:{ports[1]}", USER, _password()),
        centres=tuple(
            CentreSite(f"http://{HOST}:{port}", USER, _password(), house.id, house.name)
            for house, port in zip(HOUSES, ports[2:], strict=True)
        ),
        broker_host=HOST,
        broker_port=ports[0],
    )
    hub_key = _found_hub(state)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        keys = list(pool.map(lambda house: _found_centre(state, house, hub_key), HOUSES))
    for house, key in zip(HOUSES, keys, strict=True):
        _run(*HUB, "centre", "admit", house.id, house.name, "--public-key", key, "--config", str(state.hub_config))
        print(f"  {house.name} belongs to the network", flush=True)
    state.write()
    return state


def _found_hub(state: State) -> str:
    """Set up the hub; return its public key."""
    said = _run(
        *HUB,
        *("init", "--config", str(state.hub_config), "--city", CITY, "--city-name", CITY_NAME),
        *(word for district in DISTRICTS for word in ("--district", district)),
        *("--time-zone", TIME_ZONE, "--account", USER),
        *_places(state.hub, state),
        password=state.hub.password,
    )
    _run("-m", "deploy.demo.seed_city", str(state.hub_config))
    print(f"  the hub of {CITY_NAME} is set up", flush=True)
    return said.split()[-1]


def _found_centre(state: State, house: House, hub_key: str) -> str:
    """Set up a centre and plant its life; return its public key."""
    site = next(centre for centre in state.centres if centre.id == house.id)
    config = str(state.node_config(house.id))
    said = _run(
        *NODE,
        *("init", "--config", config, "--centre-id", house.id, "--city", CITY, "--hub-public-key", hub_key),
        *("--time-zone", TIME_ZONE, "--account", USER),
        *_places(site, state),
        password=site.password,
    )
    print(_run("-m", "deploy.demo.seed", config), end="", flush=True)
    print(f"  {house.name} has a year and more of its life", flush=True)
    return said.split()[-1]


def _places(site: Site, state: State) -> tuple[str, ...]:
    return (
        *("--web-host", HOST, "--web-port", site.url.rsplit(":", 1)[1]),
        *("--broker-host", state.broker_host, "--broker-port", str(state.broker_port)),
    )


def _run(*arguments: str, password: str = "") -> str:
    """Run one of our commands; return what it printed, or end with what it complained of."""
    environment = os.environ | ({CLICKS_PASSWORD: password} if password else {})
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(
            f"The demo could not be founded. `{' '.join(arguments[:4])}` said:\n{done.stderr or done.stdout}"
        )
    return done.stdout


def _free_ports(count: int) -> list[int]:
    found: list[int] = []
    for port in PORTS:
        if len(found) < count and _is_free(port):
            found.append(port)
    while len(found) < count:
        found.append(free_port())
    return found


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def _password() -> str:
    """Return a password that is easy to copy by hand."""
    return "-".join(secrets.SystemRandom().sample(_WORDS, 4))


_WORDS = (
    *("altmarkt", "brunnen", "efeu", "fenster", "garten", "herz", "kaffee", "linde"),
    *("nachbar", "ofen", "rhein", "saal", "treppe", "ufer", "werft", "zimt"),
)
