"""Looking for a room in all houses of the city: free then, a little later, or the first time possible."""

from flask import Flask


def register(app: Flask) -> None:
    """Add the room finder to `app`."""
