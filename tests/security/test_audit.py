"""The audit of dependencies never says that all is well when nobody could tell."""

import json
import subprocess
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from deploy import audit
from deploy.audit import Finding

CLEAN = {"dependencies": [{"name": "segno", "version": "1.6.6", "vulns": []}]}
WEAK = {"name": "jinja2", "version": "3.1.0", "vulns": [{"id": "PYSEC-0", "fix_versions": ["3.1.6"]}]}
SKIPPED = {"name": "flask", "skip_reason": "Dependency not found and could not be audited"}


def answering(stdout: str, stderr: str = "", code: int = 0) -> Callable[[Sequence[str]], Any]:
    """A program that prints this."""
    return lambda command: subprocess.CompletedProcess(command, code, stdout, stderr)


def told(finding: Finding, *, is_required: bool = False) -> tuple[str, int]:
    lines, code = audit.report([finding], is_required=is_required)
    return "\n".join(lines), code


def test_what_is_audited_and_clean_passes() -> None:
    """With the number, so that an audit of nothing is seen."""
    assert told(audit.of_python(answering(json.dumps(CLEAN)))) == (
        "Python packages: 1 audited, no known weaknesses",
        0,
    )


def test_a_known_weakness_fails_with_its_name() -> None:
    """And with the version that mends it."""
    said, code = told(audit.of_python(answering(json.dumps({"dependencies": [WEAK]}), code=1)))
    assert code == 1
    assert "jinja2 3.1.0: PYSEC-0 (mended in 3.1.6)" in said


@pytest.mark.parametrize(
    "run",
    [
        answering("", "requests.exceptions.ConnectionError: name not resolved", 1),
        answering("", "", 1),
        answering("[]"),
        answering(json.dumps({"dependencies": [SKIPPED]}), "No known vulnerabilities found"),
    ],
)
def test_without_the_service_nothing_is_known_and_that_is_said(run: Callable[[Sequence[str]], Any]) -> None:
    """pip-audit calls packages that its service does not know free of weaknesses; here they are not audited."""
    said, code = told(audit.of_python(run))
    assert "NOT AUDITED" in said
    assert "no known weaknesses" not in said
    assert code == 0
    assert told(audit.of_python(run), is_required=True)[1] == 1


def test_a_weakness_among_packages_that_nobody_knows_is_still_one() -> None:
    """Both are said."""
    said, code = told(audit.of_python(answering(json.dumps({"dependencies": [SKIPPED, WEAK]}))))
    assert "NOT AUDITED: 1 of 2" in said
    assert "jinja2" in said
    assert code == 1


def test_a_program_that_is_not_there_or_hangs_audits_nothing() -> None:
    """The check goes on, and says so."""

    def missing(command: Sequence[str]) -> Any:
        raise FileNotFoundError(command[0])

    def hanging(command: Sequence[str]) -> Any:
        raise subprocess.TimeoutExpired(command, 1)

    for run in (missing, hanging):
        for ask in (audit.of_python, audit.of_assets):
            assert "NOT AUDITED" in told(ask(run))[0]


def test_the_assets_of_the_sites_are_audited_too() -> None:
    """As npm tells it."""
    clean = {"vulnerabilities": {}, "metadata": {"dependencies": {"total": 3}}}
    weak = {**clean, "vulnerabilities": {"htmx": {"severity": "high"}}}
    assert told(audit.of_assets(answering(json.dumps(clean))))[1] == 0
    assert told(audit.of_assets(answering(json.dumps(weak))))[1] == 1
    assert "NOT AUDITED" in told(audit.of_assets(answering(json.dumps({"error": {"summary": "offline"}}))))[0]
