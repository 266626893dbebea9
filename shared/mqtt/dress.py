"""What a connection wears: user and password, and TLS that checks who it speaks to."""

from shared.mqtt.client import Client
from shared.mqtt.words import Broker


def dress(client: Client, broker: Broker) -> None:
    """Give `client` the credentials and the TLS of `broker`."""
    if broker.user is not None:
        client.username_pw_set(broker.user, broker.password)
    if broker.tls:
        client.tls_set(ca_certs=broker.ca_file)
