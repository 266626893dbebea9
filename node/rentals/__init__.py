"""Renting a room: fee classes, deposit, the rules of the house and the agreement on paper.

Rule: this folder knows nothing of bookings but their ids; the pages of a booking ask it.
"""

from flask import Flask


def register(app: Flask) -> None:
    """Add the pages on which fees and rules are arranged to `app`."""
