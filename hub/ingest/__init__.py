"""Receiving what the centres report and sending what the city tells them, for all members.

Rule: the hub believes nobody but members, each by its own key and its bound installation. What a
centre's messages cannot do, whatever they contain: touch another centre's records, or stop the hub.
"""

from hub.ingest.office import BATCHES_MAX, CREDIT_MAX, HubOffice, credit_of_each
from hub.ingest.running import Ingest, IngestConfig, start

EXTENSION = "stadtherz.ingest"  # where a running ingest stands in the app's extensions

__all__ = [
    "BATCHES_MAX",
    "CREDIT_MAX",
    "EXTENSION",
    "HubOffice",
    "Ingest",
    "IngestConfig",
    "credit_of_each",
    "start",
]
