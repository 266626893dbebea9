"""Backups of the house: every night, encrypted for a code in the safe, read back, to sticks and to the city's hub.

`making` makes and compares one, `spreading` brings it to its places, `restoring` makes a house of it on a new
machine, `erasure_list` and `node.core.erasures` see to it that who was erased stays erased, and `waiting` keeps a
recovered house closed until that is known.
"""

from flask import Flask
from flask_babel import lazy_gettext as _l

from node.backup import jobs, running, views, waiting
from node.core.rights import Right, roles_with
from shared.web import navigation

_ABOUT = _l("How old the last backup is and where it lies; the recovery code for the safe")


def register(app: Flask) -> None:
    """Add the page of backups and the nightly job to `app`."""
    app.register_blueprint(views.pages)
    running.equip(app)
    jobs.register(app)
    waiting.guard(app, app.extensions["stadtherz.config"].data_folder)
    roles = roles_with(Right.RUN_HOUSE)
    navigation.add(app, _l("Backups"), "backup.index", order=93, roles=roles, group="house", about=_ABOUT)
