"""The lists that can be imported, each with who does it, and the template to fill in."""

import csv
import io
from collections.abc import Mapping

from sqlalchemy.orm import Session

from node.imports import service
from node.imports.event_list import EventImporter
from node.imports.lists import Circumstances, Importer, ListKind, ListReport
from node.imports.models import PendingImport
from node.imports.regular_list import RegularImporter
from node.imports.room_list import RoomImporter

IMPORTERS: Mapping[ListKind, type[Importer]] = {
    kind.kind: kind for kind in (RoomImporter, RegularImporter, EventImporter)
}
CALENDAR = "kalender"


def importer(session: Session, kind: ListKind, at: Circumstances) -> Importer:
    """Return who imports lists of `kind`."""
    return IMPORTERS[kind](session, at)


def keep_list(session: Session, upload: PendingImport, at: Circumstances) -> PendingImport:
    """Keep a list until somebody says yes or no to it. Raises TableBroken and FileTooLarge; then nothing is kept."""
    importer(session, ListKind(upload.kind), at).understand(upload.content)
    return service.keep(session, upload)


def carry_out(session: Session, upload: PendingImport, at: Circumstances) -> ListReport:
    """Do what the list says and report it row by row. Raise `Rehearsal(report)` to undo it all."""
    return importer(session, ListKind(upload.kind), at).run(upload.content)


def template_of(session: Session, kind: ListKind, at: Circumstances) -> bytes:
    """Return an example of a list: every column, two rows, as German Excel opens it without a question."""
    columns = importer(session, kind, at).all_columns()
    rows = max(len(column.examples) for column in columns)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(column.name(at.language) for column in columns)
    for number in range(rows):
        writer.writerow(column.examples[number] if number < len(column.examples) else "" for column in columns)
    return out.getvalue().encode("utf-8-sig")
