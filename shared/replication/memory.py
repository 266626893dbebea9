"""What a machine knows can be taken back: for a transaction that was rolled back after it had learnt from it.

Rule: a machine's attributes are values that never change, or have a copy of their own here.
"""

from typing import Any

from shared.replication.session import Session


class Remembering:
    """A source or a replica: all that it knows stands in its attributes."""

    def remember(self) -> dict[str, Any]:
        """Return what this machine knows now, for `recall`, once."""
        return {name: _own(value) for name, value in vars(self).items()}

    def recall(self, memory: dict[str, Any]) -> None:
        """Know what was known when `memory` was made."""
        vars(self).update(memory)


def _own(value: Any) -> Any:
    if isinstance(value, Session):
        return value.copy()
    return dict(value) if isinstance(value, dict) else value
