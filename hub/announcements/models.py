"""What the city tells its houses. Written here; travels to every node."""

from hub.core.db import Base
from shared.records.announcements import AnnouncementColumns


class Announcement(AnnouncementColumns, Base):
    pass
