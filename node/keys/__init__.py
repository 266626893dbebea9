"""Keys handed out and taken back, and the log of groups that open and close by themselves."""

from flask import Flask


def register(app: Flask) -> None:
    """Add the key book to `app`."""
