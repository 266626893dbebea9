"""Known weaknesses of what we depend on: `python -m deploy.audit`, part of `make check`.

Asks pip-audit about requirements.lock and npm about package-lock.json, each as it stands there, without installing
anything. A weakness fails the check. Where the service that knows them cannot be reached, nothing is known: the
check then says "not audited" and why, and never that all is well. With STADTHERZ_REQUIRE_AUDIT=1 that fails, too.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements.lock"
ASSETS = ROOT / "shared" / "web" / "assets"
REQUIRE = "STADTHERZ_REQUIRE_AUDIT"
TIMEOUT_S = 180
_SERVICE_TIMEOUT_S = 10
_REASON_LENGTH_MAX = 160
_NAMED_MAX = 5


@dataclass(frozen=True)
class Finding:
    """What came out: `weaknesses` are lines, `unknown` says why nothing could be found out ('' if it could)."""

    what: str
    number: int = 0
    weaknesses: Sequence[str] = ()
    unknown: str = ""


def of_python(run: Callable[[Sequence[str]], Any]) -> Finding:
    """Ask about the Python packages."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(LOCK), "--require-hashes", "--disable-pip"]
    command += ["--format", "json", "--progress-spinner", "off", "--timeout", str(_SERVICE_TIMEOUT_S)]
    told = _told(run, command)
    if not isinstance(told, dict) or "dependencies" not in told:
        return Finding("Python packages", unknown=_reason(told))
    packages = told["dependencies"]
    skipped = [package["name"] for package in packages if "skip_reason" in package]
    unknown = (
        f"{len(skipped)} of {len(packages)} are not known to the service here: {_listed(skipped)}" if skipped else ""
    )
    return Finding("Python packages", len(packages), [*_of_pip(packages)], unknown)


def of_assets(run: Callable[[Sequence[str]], Any]) -> Finding:
    """Ask about the assets of the sites."""
    npm = Path(sys.executable).with_name("npm")
    told = _told(run, [str(npm), "--prefix", str(ASSETS), "audit", "--json", "--package-lock-only"])
    if not isinstance(told, dict) or "vulnerabilities" not in told:
        return Finding("Assets of the sites", unknown=_reason(told))
    weak = [f"{name}: {about['severity']}" for name, about in told["vulnerabilities"].items()]
    return Finding("Assets of the sites", told["metadata"]["dependencies"]["total"], weak)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:_NAMED_MAX]) + (" …" if len(names) > _NAMED_MAX else "")


def _of_pip(packages: Iterable[Any]) -> Iterable[str]:
    for package in packages:
        for found in package.get("vulns", ()):
            mended = ", ".join(found.get("fix_versions") or ["no version yet"])
            yield f"{package['name']} {package['version']}: {found['id']} (mended in {mended})"


def _told(run: Callable[[Sequence[str]], Any], command: Sequence[str]) -> Any:
    """Return the JSON that a program printed, else its last words."""
    try:
        done = run(command)
    except (OSError, subprocess.TimeoutExpired) as error:
        return type(error).__name__
    try:
        return json.loads(done.stdout)
    except ValueError:
        words = (done.stderr or done.stdout or "no answer").strip().splitlines()
        return words[-1] if words else "no answer"


def _reason(told: Any) -> str:
    """Return in a line why nothing is known."""
    if isinstance(told, dict):
        told = told.get("error", {}).get("summary") or told.get("message") or "no answer"
    return " ".join(str(told).split())[:_REASON_LENGTH_MAX]


def report(findings: Sequence[Finding], *, is_required: bool) -> tuple[list[str], int]:
    """Return the lines to print and the exit code."""
    lines, failed = [], False
    for found in findings:
        if found.weaknesses:
            lines.append(f"{found.what}: {len(found.weaknesses)} known weaknesses")
            lines += [f"  {one}" for one in found.weaknesses]
        if found.unknown:
            lines.append(f"{found.what}: NOT AUDITED: {found.unknown}")
        if not found.weaknesses and not found.unknown:
            lines.append(f"{found.what}: {found.number} audited, no known weaknesses")
        failed = failed or bool(found.weaknesses) or (is_required and bool(found.unknown))
    return lines, int(failed)


def run_program(command: Sequence[str]) -> Any:
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=TIMEOUT_S)


if __name__ == "__main__":
    said, code = report([of_python(run_program), of_assets(run_program)], is_required=bool(os.environ.get(REQUIRE)))
    print("\n".join(said))
    sys.exit(code)
