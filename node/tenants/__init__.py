"""Who uses rooms again and again: arranged by staff, and the pages of their own (`/meine`)."""

from flask import Flask


def register(app: Flask) -> None:
    """Add the pages of and about tenants to `app`."""
