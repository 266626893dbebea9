"""What a rule cannot be: one class per reason."""

from datetime import date

from shared.errors import Refusal


class RuleUnreadable(Refusal):
    """A text that is no rule, or one that says more than the house understands; `part` is the culprit."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.part = part


class RuleEndless(Refusal):
    """A rule with neither a last day nor a number of dates."""


class TooManyDates(Refusal):
    """More than `most` dates."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


class RuleTooLong(Refusal):
    """A rule that goes on for more than `years`."""

    def __init__(self, years: int) -> None:
        super().__init__(years)
        self.years = years


class NoDates(Refusal):
    """A rule that gives no date at all: it ends before it begins, or names a day that never is."""


class DatesOverlap(Refusal):
    """Dates so long that one is not over when the next begins; `day` is the first that would collide."""

    def __init__(self, day: date) -> None:
        super().__init__(day)
        self.day = day
