"""Versions that the hub still knows and this house has lost, and what the house said to each."""

from node.core.db import Base
from shared.records.recovery import RecoveryAnswerColumns, RecoveryOfferColumns


class RecoveryOffer(RecoveryOfferColumns, Base):
    """Written by the hub."""


class RecoveryAnswer(RecoveryAnswerColumns, Base):
    """Written here."""
