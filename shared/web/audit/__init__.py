"""The log of what people change on a site: it writes itself, and nobody can rewrite it.

`columns` is the table's mixin with the triggers that keep it, `listening` notes what sessions
write, `reading` finds entries again. A side adds its table and what of it is whose business
(`node.core.audit`, `hub.core.audit`).
"""

from shared.web.audit.columns import KEPT_DAYS_MIN, AuditColumns, build
from shared.web.audit.listening import Personal, Recorder
from shared.web.audit.reading import Wanted, entries, entry_row

__all__ = ["KEPT_DAYS_MIN", "AuditColumns", "Personal", "Recorder", "Wanted", "build", "entries", "entry_row"]
