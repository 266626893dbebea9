"""The log's one table."""

from sqlalchemy import event

from node.core.db import Base
from shared.web.audit import AuditColumns, build


class AuditEntry(AuditColumns, Base):
    pass


event.listen(Base.metadata, "after_create", build)
