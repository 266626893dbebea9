"""The post: paho's callbacks become letters in the reader's inbox. Nothing else imports paho.

Rules: nothing is published while the broker is away (paho would queue it without limit and
send it later; our queue is the ledger). Every connection gets a client of its own, so that
nothing of the last one is sent again. A callback never raises and never blocks; the thread
that paho ends for any reason is replaced, with back-off and jitter.
"""

from shared.mqtt.post import PACKET_BYTES_MAX, Post
from shared.mqtt.words import (
    Arrival,
    Broker,
    BrokerSettings,
    Connected,
    Disconnected,
    Granted,
    Letter,
    are_addresses,
    broker_of,
)

__all__ = [
    "PACKET_BYTES_MAX",
    "Arrival",
    "Broker",
    "BrokerSettings",
    "Connected",
    "Disconnected",
    "Granted",
    "Letter",
    "Post",
    "are_addresses",
    "broker_of",
]
