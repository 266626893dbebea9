"""Sensors at the doors: they count what passes, over MQTT or HTTP, each message exactly once."""
