"""The refusal of a way out of the house."""

from shared.errors import Refusal


class NotDelivered(Refusal):
    """The other side did not take a letter. The text is for a log and a page: no address, no secret."""


def why(error: Exception) -> str:
    """Return what is known of a failure without what the other side said, which may quote what we sent."""
    number = getattr(error, "smtp_code", None) or getattr(error, "errno", None)
    said = getattr(error, "strerror", None)
    return " ".join(str(part) for part in (type(error).__name__, number, said) if part)
