"""The services as systemd judges them, and what they call."""

import re
import subprocess
from pathlib import Path

import pytest

import hub.cli
import node.cli
from shared.web.commands import Command

UNITS = Path(__file__).parents[2] / "deploy" / "systemd"
SERVICES = sorted(UNITS.glob("*.service"))
EXPOSURE_MAX = 15  # of 100; what is left is the network, which they are there for
COMMANDS: dict[str, Command] = {"stadtherz-node": node.cli.main, "stadtherz-hub": hub.cli.main}


@pytest.mark.service("systemd")
@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_service_may_do_little_beside_its_work(unit: Path) -> None:
    """systemd finds it hardly exposed; whoever takes a restriction away hears of it here."""
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", f"--threshold={EXPOSURE_MAX}", str(unit)]
    judged = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert judged.returncode == 0, judged.stdout + judged.stderr


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_service_calls_a_command_that_exists(unit: Path) -> None:
    """Its program is that of the release in use, its command and the option are known."""
    called = re.search(
        r"^ExecStart=/opt/stadtherz/current/bin/(\S+) (\S+) (--\S+) /var/lib/stadtherz/", unit.read_text(), re.MULTILINE
    )
    assert called is not None
    program, command, option = called.groups()
    known = COMMANDS[program].commands[command]
    assert option in {name for parameter in known.params for name in parameter.opts}


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_all_services_are_hardened_alike(unit: Path) -> None:
    """The list of restrictions is that of the node, but for its limits of memory and tasks."""

    def restrictions(text: str) -> list[str]:
        part = text[text.index("NoNewPrivileges") : text.index("[Install]")]
        return part.split()

    assert restrictions(unit.read_text()) == restrictions((UNITS / "stadtherz-node.service").read_text())
