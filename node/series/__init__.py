"""What repeats, in bookings and in the programme alike: rules, the dates they give, edits of a series.

Read `rule` for what can be said, `recurrence` for which dates come of it and why some do not,
`steps` and `editing` for what a change of a series does to each of its dates. No pages here.
"""

from flask import Flask

from node.core.privacy import declare
from node.series.privacy import BOOKING_SERIES


def register(app: Flask) -> None:
    """Declare what a series says about people."""
    declare(app, BOOKING_SERIES)
