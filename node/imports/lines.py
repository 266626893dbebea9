"""The lines of an iCalendar file and which entry each belongs to.

The calendar library says what is wrong, this says where: a person with a text editor finds
the line. Rule: nothing here understands a value; it only splits, counts and names.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, NoReturn

from icalendar.parser import Contentline

from shared.errors import Refusal

BYTES_MAX = 2 * 1024 * 1024  # ten years of a busy house
ENTRIES_MAX = 5_000
PROBLEMS_MAX = 20  # more than a person mends in one go
_TOO_OFTEN = re.compile(r"FREQ=(SECONDLY|MINUTELY|HOURLY)", re.IGNORECASE)


class Problem(NamedTuple):
    """What is wrong, in which line (from 1; 0 where no line can be named), in which entry."""

    line: int
    title: str
    reason: str
    detail: str = ""


class FileBroken(Refusal):
    """The file cannot be read as what it should be; nothing of it is imported."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{problem.line}: {problem.reason}" for problem in problems))
        self.problems = problems[:PROBLEMS_MAX]
        self.more = len(problems) - len(self.problems)


class CalendarBroken(FileBroken):
    """The file cannot be read as a calendar."""


class FileTooLarge(Refusal):
    """More than this house takes in one go; `limit` names the measure, `at_most` its bound."""

    def __init__(self, limit: str, at_most: int) -> None:
        super().__init__(f"{limit} > {at_most}")
        self.limit, self.at_most = limit, at_most


class Line(NamedTuple):
    number: int
    text: str

    @property
    def name(self) -> str:
        return re.split("[:;]", self.text, maxsplit=1)[0].upper()

    @property
    def value(self) -> str:
        return self.text.partition(":")[2]


@dataclass
class Block:
    """The lines of one VEVENT, without those of its alarms."""

    first_line: int
    lines: list[Line] = field(default_factory=list)

    def find(self, name: str) -> Line | None:
        return next((line for line in self.lines if line.name == name), None)

    def line_of(self, name: str) -> int:
        found = self.find(name)
        return found.number if found else self.first_line

    def text_of(self, name: str) -> str:
        found = self.find(name)
        return found.value.replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\") if found else ""


def read_text(content: bytes) -> str:
    """Return the text of a calendar file; old exports are not in UTF-8."""
    if len(content) > BYTES_MAX:
        raise FileTooLarge("bytes", BYTES_MAX)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def unfold(text: str) -> Iterator[Line]:
    """Yield the content lines; a folded one has the number of its first physical line."""
    number, pending = 0, ""
    for count, physical in enumerate(re.split(r"\r\n|\n|\r", text), start=1):
        if physical[:1] in (" ", "\t") and pending:
            pending += physical[1:]
            continue
        if pending:
            yield Line(number, pending)
        number, pending = count, physical if physical.strip() else ""
    if pending:
        yield Line(number, pending)


def find_blocks(text: str) -> list[Block]:
    """Return the VEVENTs in the order of the file; raise CalendarBroken if its frame is broken."""
    frame = _Frame()
    for line in unfold(text):
        frame.take(line)
    frame.finish()
    if len(frame.blocks) > ENTRIES_MAX:
        raise FileTooLarge("entries", ENTRIES_MAX)
    return frame.blocks


class _Frame:
    """The components that are open at a line, as BEGIN and END say."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.problems: list[Problem] = []
        self.open: list[Line] = []
        self.seen_calendar = False

    def take(self, line: Line) -> None:
        if not self.open and line.name not in ("BEGIN", "END"):
            self._give_up(line.number, "not_a_calendar", line.text[:60])
        elif doubt := _doubt_of(line):
            self._note(line.number, *doubt)
        elif line.name == "BEGIN":
            self._begin(line)
        elif line.name == "END":
            self._end(line)
        elif self.open[-1].value.upper() == "VEVENT":
            self.blocks[-1].lines.append(line)

    def finish(self) -> None:
        if self.open:
            self._note(self.open[-1].number, "never_ends", self.open[-1].value)
        elif not self.seen_calendar:
            self._note(1, "not_a_calendar")
        if self.problems:
            raise CalendarBroken([self._titled(problem) for problem in self.problems])

    def _begin(self, line: Line) -> None:
        component = line.value.upper()
        self.seen_calendar = self.seen_calendar or component == "VCALENDAR"
        if component == "VEVENT" and any(above.value.upper() == "VEVENT" for above in self.open):
            self._give_up(self.blocks[-1].first_line, "never_ends", "VEVENT")
        if component == "VEVENT":
            self.blocks.append(Block(line.number))
        self.open.append(line)

    def _end(self, line: Line) -> None:
        if not self.open or self.open[-1].value.upper() != line.value.upper():
            self._give_up(line.number, "unexpected_end", line.value)
        self.open.pop()

    def _note(self, line: int, reason: str, detail: str = "") -> None:
        self.problems.append(Problem(line, "", reason, detail))

    def _give_up(self, line: int, reason: str, detail: str) -> NoReturn:
        self._note(line, reason, detail)
        raise CalendarBroken([self._titled(problem) for problem in self.problems])

    def _titled(self, problem: Problem) -> Problem:
        """The title may stand behind the line that is wrong, so it is looked up in the end."""
        above = [block for block in self.blocks if block.first_line <= problem.line]
        return problem._replace(title=above[-1].text_of("SUMMARY")) if above else problem


def _doubt_of(line: Line) -> tuple[str, str] | None:
    try:
        Contentline(line.text).parts()  # type: ignore[no-untyped-call]
    except ValueError:
        return "unreadable_line", line.text[:60]
    if line.name == "RRULE" and _TOO_OFTEN.search(line.value):
        return "too_often", line.value[:60]
    return None
