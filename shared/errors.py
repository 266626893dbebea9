"""Whose fault it was, told by the type.

A `Refusal` is the house saying no: a person can do something about it, and a view
turns it into words. A `WireError` is a peer that said something malformed: quarantine
it and carry on. A `ConfigError` is a wrong setting. Bugs are `assert`.
"""


class Refusal(Exception):
    """The house said no. One subclass per reason; it carries the culprit as attributes."""


class WireError(Exception):
    """A peer sent something that cannot be what it should be; `reason` is short and stable.

    `reason` is shown on the network page and never contains the payload.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


class ConfigError(Exception):
    """A setting is wrong; the message names the key and the file and says what to do."""
