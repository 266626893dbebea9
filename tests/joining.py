"""What a city answers to a join code, for the tests of the letters and of both who write them."""

from shared.joining.letters import Welcome

WELCOME = Welcome(
    centre_id="ruhrort",
    centre_name="Ruhrort",
    city="duisburg",
    city_name="Duisburg",
    time_zone="Europe/Berlin",
    hub_public_key="",
    hub_url="",
    broker_host="broker.example",
    broker_port=8883,
    broker_mqtt="5",
    broker_tls=True,
    broker_ca="-----BEGIN CERTIFICATE-----\n",
    broker_user="node-ruhrort",
    broker_password="geheim",
    is_replacement=False,
)
