"""When which space of which house is taken, never by whom. Written by ingest alone."""

from hub.core.db import Base, OfCentre
from shared.records.bookings import BookingColumns


class Booking(OfCentre, BookingColumns, Base):
    pass
