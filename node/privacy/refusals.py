"""Why the house says no to a wish about privacy."""

from shared.errors import Refusal


class RetentionOutOfBounds(Refusal):
    """`days` is shorter or longer than the kind of data allows."""

    def __init__(self, key: str, days: int, days_min: int, days_max: int) -> None:
        super().__init__(f"{key}: {days} days are not between {days_min} and {days_max}.")
        self.key, self.days, self.days_min, self.days_max = key, days, days_min, days_max


class NeedleTooShort(Refusal):
    """With one or two letters nearly everybody would be found."""

    def __init__(self, length_min: int) -> None:
        super().__init__(f"Please look for at least {length_min} letters or digits.")
        self.length_min = length_min
