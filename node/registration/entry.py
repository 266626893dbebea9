"""What a group says about itself, apart from the record."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class RegistrationEntry:
    """What a group says about itself; limits as in `models`."""

    name: str
    adults: int
    children: int = 0
    phone: str = ""
    email: str = ""
    needs: str = ""
    language: str = ""
    note: str = ""
