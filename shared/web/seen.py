"""What somebody saw when a form was opened, so that nobody overwrites what another wrote meanwhile.

Rule: the mark is a digest of what the record said when the page was made. If it says something
else when the form comes back, nothing is written: the page tells so, keeps what was typed, and
carries the mark of the present, so that sending once more is a decision.
"""

import hashlib
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l

NAME = "gesehen"
CHANGED_MEANWHILE = _l(
    "Somebody else has changed this meanwhile. Nothing was overwritten, and what you typed stands here still. "
    "Open the page in a second tab to compare; if you save again, yours counts."
)


def mark_of(said: Any) -> str:
    """Return the mark of what a record says; `said` is a value whose parts have a stable `repr`."""
    return hashlib.sha256(repr(said).encode()).hexdigest()[:20]


def is_outdated(said: Any) -> bool:
    """Tell whether the form was filled from something else than `said`; one without a mark is not asked."""
    seen = request.form.get(NAME, "")
    return bool(seen) and seen != mark_of(said)


def page_mark(said: Any, *, told: bool = False) -> str:
    """Return the mark for the form of this page: that of `said`, or after an error the one that was sent.

    `told` says that the person has just been told of the change: from here on the present counts.
    """
    return mark_of(said) if told else request.form.get(NAME, "") or mark_of(said)
