"""What the desk is called in the navigation: its name, and how many things wait for a person there.

Whoever counts such things says so with `count_by`; the desk does not know who that is.
"""

from collections.abc import Callable
from typing import Any

from flask import Flask, current_app, g
from flask_babel import gettext as _
from flask_babel.speaklater import LazyString

GROUP = "network"
_EXTENSION = "stadtherz.network.waiting"


def count_by(app: Flask, count: Callable[[], int]) -> None:
    """Let `count` tell how many things wait for somebody who runs the network."""
    app.extensions[_EXTENSION] = count


def label() -> Any:
    """Return the text of the entry, made anew for each page."""
    return LazyString(_text)


def _text() -> str:
    if "network_waiting" not in g:  # the navigation is drawn twice, for wide screens and for narrow ones
        count = current_app.extensions.get(_EXTENSION)
        g.network_waiting = count() if count else 0
    name = str(_("Network"))
    return f"{name} ({g.network_waiting})" if g.network_waiting else name
