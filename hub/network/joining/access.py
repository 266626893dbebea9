"""What a centre is told when it is let in, and its access at the broker: granted and withdrawn at once.

Rule: who is a member is decided in the database; the broker follows. If it cannot be reached now, the job
that compares both does it later, and nothing that was decided is taken back.
"""

import logging

from hub.config import HubConfig
from hub.core import broker
from hub.core.broker import BrokerUnreachable
from hub.network.joining.taking import Taken
from shared.joining.letters import Welcome
from shared.keys import Install

_LOG = logging.getLogger(__name__)


def welcome(config: HubConfig, hub: Install, taken: Taken) -> Welcome:
    """Return what the installation needs that was let in; raise ConfigError if the hub's own settings lack it."""
    access = broker.access_for(config, taken.centre_id, taken.access_number)
    return Welcome(
        centre_id=taken.centre_id,
        centre_name=taken.name,
        city=config.city,
        city_name=config.city_name or config.city,
        time_zone=config.time_zone,
        hub_public_key=hub.public_key.text,
        hub_url=config.site_url.rstrip("/"),
        broker_host=access.host,
        broker_port=access.port,
        broker_mqtt=access.mqtt,
        broker_tls=access.tls,
        broker_ca=access.ca_pem,
        broker_user=access.user,
        broker_password=access.password,
        is_replacement=taken.is_replacement,
    )


def grant(config: HubConfig, centre_id: str, number: int) -> bool:
    """Let the centre in at the broker; return False if that has to be done later."""
    try:
        broker.grant(config, centre_id, number)
    except BrokerUnreachable as refusal:
        _LOG.warning("%s joined, but: %s", centre_id, refusal)
        return False
    return True


def withdraw(config: HubConfig, centre_id: str) -> bool:
    """Cut the centre off at the broker; return False if that has to be done later."""
    try:
        broker.withdraw(config, centre_id)
    except BrokerUnreachable as refusal:
        _LOG.warning("%s was let go, but: %s", centre_id, refusal)
        return False
    return True
