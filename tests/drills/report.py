"""What a drill checked: one line each, with what was found; the drill failed if one is not as it has to be."""

import time
from dataclasses import dataclass, field


@dataclass
class Check:
    """`found` has to be `wanted`."""

    what: str
    found: object
    wanted: object

    @property
    def is_good(self) -> bool:
        return self.found == self.wanted


@dataclass
class Report:
    """The checks of one drill."""

    name: str
    checks: list[Check] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)
    took_s: float = 0.0

    def expect(self, what: str, found: object, wanted: object) -> None:
        self.checks.append(Check(what, found, wanted))

    def end(self) -> None:
        self.took_s = time.monotonic() - self.began

    @property
    def is_good(self) -> bool:
        return bool(self.checks) and all(check.is_good for check in self.checks)

    def lines(self) -> list[str]:
        head = f"{'passed' if self.is_good else 'FAILED'}  {self.name}  ({self.took_s:.1f} s)"
        return [head, *(_line(check) for check in self.checks)]


def _line(check: Check) -> str:
    mark = "ok" if check.is_good else f"WRONG, has to be {check.wanted!r}"
    return f"    {check.what}: {check.found}  {mark}"
