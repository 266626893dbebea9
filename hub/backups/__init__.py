"""Backups at the hub: those that centres leave here and nobody here can read, and the hub's own.

`calls` is the door for centres (signed calls), `shelf` keeps their files, `erasures` whom they erased; `views` is the
desk's page. `own`, `restoring` and `commands` are the backup of the hub itself.
"""

from flask import Flask
from flask_babel import lazy_gettext as _l

from hub.backups import calls, jobs, views
from hub.core.rights import Right, roles_with
from hub.network.waiting import GROUP
from shared.web import navigation

_ABOUT = _l("How old each centre's last backup is that lies here")


def register(app: Flask) -> None:
    """Add the door for centres, the page and the jobs of backups to `app`."""
    app.register_blueprint(calls.pages(app))
    app.register_blueprint(views.pages)
    jobs.register(app)
    roles = roles_with(Right.SEE_NETWORK)
    navigation.add(app, _l("Backups"), "backups.overview", order=56, roles=roles, group=GROUP, about=_ABOUT)
