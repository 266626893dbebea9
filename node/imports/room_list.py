"""A list of rooms becomes spaces. A row without a number is known again by the room's name."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property

from node.imports.cells import one_of, some_of, whole, words, yes_no
from node.imports.columns import Column, Line, column, vocabulary
from node.imports.lists import Importer, ListKind, Reason, RowStep, differing
from node.imports.outcomes import Outcome
from node.imports.tables import folded
from node.spaces import service as spaces
from node.spaces.models import Space
from node.spaces.service import SpaceEntry
from shared.errors import Refusal
from shared.records.base import TEXT_LENGTH_MAX, TITLE_LENGTH_MAX
from shared.records.spaces import BUFFER_MINUTES_MAX, CAPACITY_MAX, NOTICE_HOURS_MAX
from shared.web.vocabulary import ACCESSIBILITY, SPACE_FEATURES, SPACE_KINDS

PLAIN = (
    "name", "kind", "capacity", "capacity_rows", "capacity_tables", "capacity_circle", "capacity_standing",
    "accessibility", "features", "description", "buffer_before_min", "buffer_after_min", "notice_hours", "bookable",
)  # fmt: skip
REFUSED: dict[type[Refusal], str] = {
    spaces.SpaceWithinItself: "room_within_itself",
    spaces.TreeTooDeep: "rooms_too_deep",
    spaces.PartsBooked: "parts_booked",
}


class RoomImporter(Importer):
    kind = ListKind.ROOMS
    title = "name"

    def columns(self) -> Sequence[Column]:
        people, minutes = whole(0, CAPACITY_MAX), whole(0, BUFFER_MINUTES_MAX)
        access, features = some_of(vocabulary(ACCESSIBILITY)), some_of(vocabulary(SPACE_FEATURES))
        kind, hours = one_of(vocabulary(SPACE_KINDS)), whole(0, NOTICE_HOURS_MAX)
        return (
            column(
                "name", "Raum|Name|Raumname", "room|name|space", words(TITLE_LENGTH_MAX), "Saal|Saal links", needed=True
            ),
            column(
                "kind", "Art|Raumart", "kind|type", kind, "Mehrzweckraum|Mehrzweckraum", choices=SPACE_KINDS.values()
            ),
            column("part_of", "Teil von|gehört zu", "part of", words(TITLE_LENGTH_MAX), "|Saal"),
            column("capacity", "Personen|Plätze|Kapazität", "people|capacity|persons", people, "80|40"),
            column("capacity_rows", "In Reihen|Reihenbestuhlung", "in rows|rows", people, "80|40"),
            column("capacity_tables", "An Tischen|Tische", "at tables|tables", people, "48|24"),
            column("capacity_circle", "Im Kreis|Stuhlkreis", "in a circle|circle", people, "30|20"),
            column("capacity_standing", "Stehend", "standing", people, "120|60"),
            column(
                "accessibility",
                "Barrierefreiheit",
                "accessibility",
                access,
                "Stufenlos, Barrierefreie Toilette|",
                choices=ACCESSIBILITY.values(),
            ),
            column(
                "features", "Ausstattung", "features|equipment", features, "Bühne|", choices=SPACE_FEATURES.values()
            ),
            column("description", "Beschreibung", "description", words(TEXT_LENGTH_MAX), "Heller Saal mit Parkett|"),
            column("buffer_before_min", "Rüstzeit vorher|Rüstzeit vorher (Minuten)", "buffer before", minutes, "15|15"),
            column("buffer_after_min", "Rüstzeit nachher|Rüstzeit nachher (Minuten)", "buffer after", minutes, "30|15"),
            column("notice_hours", "Vorlauf (Stunden)|Vorlauf", "notice (hours)|notice", hours, "48|"),
            column("bookable", "Buchbar", "bookable", yes_no, "ja|ja"),
        )

    def key_of(self, line: Line) -> Sequence[str]:
        return (str(line.values["name"]),)

    def in_order(self, lines: Sequence[Line]) -> Iterable[Line]:
        """Wholes come before their parts, in whatever order the list has them."""
        waiting = list(lines)
        while waiting:
            below = {folded(str(line.values["name"])) for line in waiting}
            ready = [line for line in waiting if folded(line.values.get("part_of") or "") not in below]
            yield from ready or waiting  # a circle: what is in it is refused row by row
            waiting = [line for line in waiting if line not in ready] if ready else []

    def take(self, line: Line, record_id: str | None) -> tuple[RowStep, str | None]:
        space = self._space(line, record_id)
        whole_name = line.values.get("part_of") or ""
        parent = self.by_name.get(folded(whole_name))
        if whole_name and parent is None:
            return self.left_out(line, Reason("whole_unknown", whole_name)), record_id
        before = SpaceEntry.of(space) if space else SpaceEntry(name=line.values["name"])
        wanted = replace(before, **line.said(*PLAIN))
        if "part_of" in line.values:
            wanted = replace(wanted, parent_id=parent.id if parent else None)
        return self._written(line, space, before, wanted)

    def _written(
        self, line: Line, space: Space | None, before: SpaceEntry, wanted: SpaceEntry
    ) -> tuple[RowStep, str | None]:
        changes = differing(before, wanted, (*PLAIN, "parent_id"))
        if space is not None and not changes:
            return RowStep(Outcome.UNCHANGED, line.number, wanted.name), space.id
        try:
            kept = (
                spaces.edit_space(self.session, space.id, wanted) if space else spaces.add_space(self.session, wanted)
            )
        except tuple(REFUSED) as refusal:
            return self.left_out(line, Reason(REFUSED[type(refusal)])), space.id if space else None
        self.by_name[folded(kept.name)] = kept
        made = RowStep(Outcome.CREATED, line.number, kept.name)
        return (RowStep(Outcome.UPDATED, line.number, kept.name, changes=changes) if space else made), kept.id

    @cached_property
    def by_name(self) -> dict[str, Space]:
        return {folded(space.name): space for space in spaces.list_spaces(self.session)}

    def _space(self, line: Line, record_id: str | None) -> Space | None:
        """Return the space of a row: the one it made last time, else the one of that name."""
        known = self.session.get(Space, record_id) if record_id else None
        return known or self.by_name.get(folded(line.values["name"]))
