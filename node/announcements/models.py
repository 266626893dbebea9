"""What the city tells this house; written by the hub."""

from node.core.db import Base
from shared.records.announcements import AnnouncementColumns


class Announcement(AnnouncementColumns, Base):
    pass
