"""Versions that a centre may have lost, offered to it, and its answers."""

from hub.core.db import Base, OfCentre
from shared.records.recovery import RecoveryAnswerColumns, RecoveryOfferColumns


class RecoveryOffer(RecoveryOfferColumns, Base):
    """Written here, for one centre."""


class RecoveryAnswer(OfCentre, RecoveryAnswerColumns, Base):
    """Written by ingest alone."""
