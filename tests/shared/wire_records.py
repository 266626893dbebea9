"""Wire forms of records for property tests: valid ones of any collection, and broken ones.

Rule: what is valid is drawn from the schema itself, so a new field is covered without a change here.
"""

from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st
from marshmallow import fields, validate

from shared.ids import new_id
from shared.records.base import Collection, Day, Instant, TagList
from shared.time import YEARS, to_wire

IDS = [new_id() for _ in range(4)]
INSTANTS = st.datetimes(datetime(YEARS[0], 1, 1), datetime(YEARS[1], 12, 31), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda instant: instant.replace(microsecond=0)
)


def records(collection: Collection) -> st.SearchStrategy[dict[str, Any]]:
    """Draw a record in the form in which it travels, each field within its schema."""
    return st.fixed_dictionaries({name: _value(field) for name, field in collection.checker.fields.items()})


@st.composite
def broken_records(draw: st.DrawFn, collection: Collection) -> Any:
    """Draw a valid record with one to three things changed that may or may not make it invalid."""
    record: Any = draw(records(collection))
    for _ in range(draw(st.integers(1, 3))):
        name = draw(st.sampled_from(list(collection.field_names)))
        kind = draw(st.sampled_from(["replace", "replace", "replace", "alter", "drop", "add"]))
        if kind == "replace":
            record[name] = draw(STRANGE)
        elif kind == "alter" and name in record:
            record[name] = draw(_altered(record[name]))
        elif kind == "drop":
            record.pop(name, None)
        else:
            record[draw(st.sampled_from(["", "id", "centre_id", "contact_name", "ärger"]))] = draw(STRANGE)
    return record


STRANGE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=30),
    st.sampled_from(
        (
            "",
            "0",
            "1",
            "true",
            "2026-02-30",
            "2026-02-30T00:00:00Z",
            "2026-1-3T9:0:0Z",
            "2026-11-23T09:00:60Z",
            "2026-11-23T24:00:00Z",
            "2026-11-23T09:00:00+00:00",
            "0000-01-01T00:00:00Z",
            "٢٠٢٦-11-23T09:00:00Z",
            "2026-11-23T09:00:00Z\n",
            "24:00",
            "09:00\n",
            "a\0b",
            "a|b",
            IDS[0].upper(),
            IDS[0] + "\n",
            "x" * 8_001,
            "published",
        )
    ),
    st.lists(st.one_of(st.none(), st.integers(), st.sampled_from(["de", "De", "", "a|b", "x" * 41])), max_size=25),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)


def _altered(value: Any) -> st.SearchStrategy[Any]:
    if isinstance(value, str):
        return st.sampled_from(
            (value + "x", value[:-1], value + "\n", value.upper(), value * 300, [value], value + "\0")
        )
    if isinstance(value, bool) or value is None:
        return st.sampled_from((0, 1, "true", None))
    if isinstance(value, (int, float)):
        return st.sampled_from((-value, value + 0.5, value * 10**9, str(value), float(value)))
    return st.sampled_from(([*value, 1], [*value, "de"] * 11, tuple(value), "de"))


def _value(field: fields.Field[Any]) -> st.SearchStrategy[Any]:
    drawn = _valid(field)
    return st.none() | drawn if field.allow_none else drawn


def _valid(field: fields.Field[Any]) -> st.SearchStrategy[Any]:  # noqa: PLR0911 (one line for each kind)
    if isinstance(field, TagList):
        return st.lists(st.from_regex(r"\A[a-z0-9][a-z0-9_-]{0,39}\Z"), max_size=20)
    if isinstance(field, Instant):
        return INSTANTS.map(to_wire)
    if isinstance(field, Day):
        return st.dates(date(1000, 1, 1)).map(date.isoformat)
    if isinstance(field, fields.Boolean):
        return st.booleans()
    for validator in field.validators:
        if isinstance(validator, validate.OneOf):
            return st.sampled_from(list(validator.choices))
        if isinstance(validator, validate.Regexp):
            return st.from_regex(validator.regex)
        if isinstance(validator, validate.Range):
            bounds: Any = (validator.min, validator.max)
            return st.floats(*bounds) if isinstance(field, fields.Float) else st.integers(*bounds)
        if isinstance(validator, validate.Length):
            return _text(validator.min or 0, validator.max or 100)
    return st.sampled_from(IDS)  # the only text without a limit of its own: the id of another record


def _text(least: int, most: int) -> st.SearchStrategy[str]:
    long = st.sampled_from(("ä" * most, '\n\t"\\' * (most // 4), "|" * most, "𝄞" * most))
    short = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=least, max_size=min(most, 20))
    return short | long.filter(lambda text: len(text) >= least)
