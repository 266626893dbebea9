"""Ways out of the house for alarms: which of them the settings open, and what all of them promise."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from hub.alarms import letters
from hub.alarms.letters import Letter
from hub.alarms.mail import MailChannel
from hub.alarms.undelivered import NotDelivered
from hub.alarms.webhook import WebhookChannel
from hub.config import HubConfig
from shared.database import Database

AT_ONCE_MAX = 20  # letters in one go, so that other jobs get their turn
_LOG = logging.getLogger(__name__)


class Channel(Protocol):
    """`name` is short and stored with each letter, `target` is shown to people and has no secret in it."""

    @property
    def name(self) -> str: ...
    @property
    def target(self) -> str: ...

    def send(self, letter: Letter) -> None:
        """Hand the letter over; raise NotDelivered with a reason that has no secret in it."""
        ...


def channels_of(config: HubConfig) -> dict[str, Channel]:
    """Return the channels that the settings open, by name; raise ConfigError for half a channel."""
    found: list[Channel | None] = [MailChannel.of(config), WebhookChannel.of(config)]
    return {channel.name: channel for channel in found if channel is not None}


def deliver(database: Database, channels: Mapping[str, Channel], clock: Callable[[], datetime]) -> int:
    """Send what is due; return how many letters arrived. No transaction is open while one is on its way."""
    arrived = 0
    for _ in range(AT_ONCE_MAX):
        with database.transaction() as session:
            claimed = letters.claim(session, channels, clock())
        if claimed is None:
            break
        name, letter = claimed
        failure = _try(channels[name], letter)
        with database.transaction() as session:
            letters.settle(session, letter.id, clock(), failure)
        arrived += not failure
    return arrived


def _try(channel: Channel, letter: Letter) -> str:
    try:
        channel.send(letter)
    except NotDelivered as error:
        _LOG.warning("an alarm could not be delivered by %s: %s", channel.name, error)
        return str(error)
    return ""
