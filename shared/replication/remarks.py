"""What a side says of itself beside "I am here": optional, signed, and of use without anything else.

Older programs leave it out and do not look at it. What is not of the right form counts as not said:
a remark never makes a presence unreadable.
"""

from dataclasses import dataclass, fields
from typing import Any

from shared.keys import INSTANCE_LENGTH
from shared.replication.messages import NO_TERM, TERM_MAX, Term
from shared.sealing import SealingPublicKey

TEXT_LENGTH_MAX = 120
_NUMBER_MAX = 2**53


@dataclass(frozen=True, slots=True)
class Remarks:
    """What is said; each has a value that means nothing.

    `sealing_key` is what letters for a centre are sealed with, the `sealing_number`th that it has:
    an old presence that is shown again does not bring an old key back. `term` says which hub speaks.
    `trouble` is why its own feed has stopped, `machine` the name that its people gave the computer.
    """

    sealing_key: str = ""
    sealing_number: int = 0
    term: Term = NO_TERM
    trouble: str = ""
    machine: str = ""


NONE = Remarks()


def write_remarks(remarks: Remarks) -> dict[str, Any]:
    """Return the part of a message that says what there is to say."""
    said = {field.name: getattr(remarks, field.name) for field in fields(remarks)}
    return {name: value for name, value in said.items() if value != getattr(NONE, name)}


def read_remarks(said: object) -> Remarks:
    """Return what `write_remarks` wrote; what is not of its form is left out."""
    if not isinstance(said, dict):
        return NONE
    sealing_key = _sealing_key(said.get("sealing_key"))
    return Remarks(
        sealing_key=sealing_key,
        sealing_number=_number(said.get("sealing_number")) if sealing_key else 0,
        term=_term(said.get("term")),
        trouble=_text(said.get("trouble")),
        machine=_text(said.get("machine")),
    )


def is_instance(said: object) -> bool:
    """Tell whether this can name an installation; it is stored, and PostgreSQL takes no null character."""
    return type(said) is str and len(said) <= INSTANCE_LENGTH and said.isprintable()


def _sealing_key(value: object) -> str:
    try:
        return SealingPublicKey(value).text if isinstance(value, str) else ""
    except ValueError:
        return ""


def _number(value: object) -> int:
    return value if type(value) is int and 0 <= value <= _NUMBER_MAX else 0


def _term(value: object) -> Term:
    if not isinstance(value, list) or len(value) != 2:
        return NO_TERM
    number, instance = value
    fits = type(number) is int and 0 <= number <= TERM_MAX and is_instance(instance)
    return Term(number, instance) if fits else NO_TERM


def _text(value: object) -> str:
    fits = isinstance(value, str) and len(value) <= TEXT_LENGTH_MAX and value.isprintable()
    return str(value) if fits else ""
