"""A release is put in place from its wheel, runs as the service would, is upgraded and taken back."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

from shared.broker import accepts, free_port
from tests.system.city import ROOT, START_WITHIN_S

OLD, NEW = "0.0.1", "0.0.2"
PARTS = ("node", "hub", "shared", "deploy", "pyproject.toml", "README.md")


def wheel(folder: Path, version: str) -> Path:
    """Build the wheel of this checkout as if it were release `version`."""
    sources = folder / f"sources-{version}"
    sources.mkdir()
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, sources / part, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
        else:
            shutil.copy(ROOT / part, sources)
    said = (sources / "pyproject.toml").read_text()
    current = next(line for line in said.splitlines() if line.startswith("version = "))
    (sources / "pyproject.toml").write_text(said.replace(current, f'version = "{version}"', 1))
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=sources, check=True, capture_output=True, timeout=120)
    return folder / f"stadtherz-{version}-py3-none-any.whl"


def place(root: Path, *arguments: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(ROOT / "deploy" / "place.py"), "--root", str(root), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)


@contextmanager
def service(root: Path, settings: Path, port: int) -> Iterator[str]:
    """Run the node that is in use below `root`, as its unit would; yield its address."""
    command = [str(root / "opt/stadtherz/current/bin/stadtherz-node"), "run", "--config", str(settings)]
    clean = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    with (settings.parent / "log").open("ab") as log:
        child = subprocess.Popen(command, cwd="/", env=clean, stdout=log, stderr=log)
        try:
            assert accepts("127.0.0.1", port, START_WITHIN_S, child), (settings.parent / "log").read_text()
            yield f"http://127.0.0.1:{port}"
        finally:
            child.send_signal(signal.SIGTERM)
            assert child.wait(START_WITHIN_S) == 0


def page(url: str) -> str:
    with urlopen(url, timeout=20) as answer:
        return answer.read().decode()


@pytest.mark.timeout(600)
def test_a_release_is_installed_upgraded_and_taken_back(tmp_path: Path) -> None:
    """Two releases stand side by side, `current` names the one in use, and a house goes on through all of it."""
    root, settings, port = tmp_path / "machine", tmp_path / "data" / "node.toml", free_port()
    installed = place(root, "install", wheel(tmp_path, OLD))
    assert installed.returncode == 0, installed.stderr
    assert (root / "etc/systemd/system/stadtherz-node.service").is_file()
    assert (root / "opt/stadtherz/current/share/stadtherz/REFERENCE.md").is_file()

    init = [str(root / "opt/stadtherz/current/bin/stadtherz-node"), "init", "--config", str(settings)]
    init += ["--centre-id", "alt-hamborn", "--city", "duisburg", "--web-port", str(port)]
    password = {**os.environ, "STADTHERZ_PASSWORD": "ein langes Passwort"}
    subprocess.run(init, check=True, capture_output=True, env=password, timeout=60)
    with service(root, settings, port) as url:
        assert "<html" in page(f"{url}/")
        stylesheet = next(part for part in page(f"{url}/").split('"') if part.endswith(".css"))
        assert len(page(url + stylesheet)) > 100  # the wheel carries the sites' assets

    assert place(root, "install", wheel(tmp_path, NEW)).returncode == 0
    assert place(root, "list").stdout.splitlines() == [OLD, f"{NEW}  in use"]
    with service(root, settings, port) as url:
        assert "<html" in page(f"{url}/")
    assert place(root, "switch", OLD).returncode == 0
    with service(root, settings, port) as url:
        assert "<html" in page(f"{url}/")
    assert place(root, "list").stdout.splitlines() == [f"{OLD}  in use", NEW]


def test_what_cannot_be_put_in_place_is_told_and_changes_nothing(tmp_path: Path) -> None:
    """A file that is no wheel, and a release that is not there."""
    (tmp_path / "letter.txt").write_text("x")
    refused = place(tmp_path / "machine", "install", tmp_path / "letter.txt")
    assert refused.returncode == 2
    assert "is no wheel of Stadtherz" in refused.stderr
    unknown = place(tmp_path / "machine", "switch", "9.9.9")
    assert unknown.returncode == 2
    assert "There are: none" in unknown.stderr
    assert not (tmp_path / "machine" / "opt").exists()
