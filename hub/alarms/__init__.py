"""What is wrong in the network: noticed by rules, told once, reminded of daily, closed when it is over."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from hub.alarms import jobs, views
from hub.alarms.channels import channels_of
from hub.core.rights import Right, roles_with
from hub.network import waiting
from shared.web import navigation


def register(app: Flask) -> None:
    """Add the board and its work to `app`; raise ConfigError if the settings name half a way to tell somebody."""
    app.extensions[jobs.CHANNELS] = channels_of(app.extensions["stadtherz.config"])
    app.register_blueprint(views.pages)
    jobs.register(app)
    waiting.count_by(app, views.unseen)
    about = _l("What has been wrong in the network for too long, and who is told.")
    roles = roles_with(Right.SEE_NETWORK)
    navigation.add(app, _l("Alarms"), "alarms.overview", order=10, roles=roles, group=waiting.GROUP, about=about)
