"""Whether a payload that came is what its collection's schema allows.

The marshmallow schema is the only definition. From it a flat function is generated once, at
a twentieth of the cost; what that does not accept goes to marshmallow itself, whose verdict
and whose words count. So the flat one may be stricter, never laxer (a property test holds
the two together).

Both give a record's values in the order of the schema's fields, in the form in which both
databases take them: instants and days as text, tags joined.
"""

import re
from collections.abc import Callable
from datetime import date, datetime
from operator import itemgetter
from typing import Any, NamedTuple

import orjson
from marshmallow import ValidationError, fields, validate
from marshmallow.constants import missing

from shared.columns import join_tags
from shared.errors import WireError
from shared.ids import RECORD_ID
from shared.records.base import Collection, Day, Instant, TagList, valid_id
from shared.time import WIRE_INSTANT, to_wire

REASON_LENGTH_MAX = 200
Values = tuple[Any, ...]
_PLAIN_INSTANT = re.compile(  # on a day that every month has: no calendar needed
    r"(?:19|2[01])[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z"
)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUL = "\\u0000"  # PostgreSQL has no text with it


class _Rule(NamedTuple):
    """How the flat function tests a value `{v}` and what it hands on; `names` are what both use."""

    test: str
    result: str = "{v}"
    names: dict[str, Any] = {}  # noqa: RUF012 (a tuple's default; never changed)


class NotFlat(Exception):
    """The schema has something that the generator does not know; marshmallow judges alone."""


class Checker:
    """Judges payloads of one collection."""

    def __init__(self, collection: Collection) -> None:
        self._schema = collection.checker
        self._names = collection.field_names
        try:
            self.flat: Callable[[dict[str, Any]], Values | None] | None = _generated(collection)
        except NotFlat:
            self.flat = None

    def check(self, payload: str) -> Values:
        """Return the values of `payload`; raise WireError with a reason that tells nothing of the content."""
        try:
            record = orjson.loads(payload)
        except (ValueError, RecursionError) as error:
            raise WireError("not JSON") from error
        if type(record) is not dict:
            raise WireError("not a record")
        if self.flat is not None and _NUL not in payload:
            values = self.flat(record)
            if values is not None:
                return values
        return self.judge(record)

    def judge(self, record: dict[str, Any]) -> Values:
        """Return the values as marshmallow sees them; raise WireError with its first complaint."""
        try:
            loaded = self._schema.load(record)
        except ValidationError as error:
            raise WireError(_reason(error.messages, self._names)) from error
        values = tuple(_stored(loaded.get(name)) for name in self._names)
        if any(isinstance(value, str) and "\0" in value for value in values):
            raise WireError("a text with a null character")
        return values


def _stored(value: Any) -> Any:
    if isinstance(value, datetime):
        return to_wire(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return join_tags(value)
    return value


def _reason(messages: Any, names: tuple[str, ...]) -> str:
    for name in names:
        if name in messages:
            words = messages[name]
            while isinstance(words, dict):
                words = next(iter(words.values()))
            return f"{name}: {words[0]}"[:REASON_LENGTH_MAX]
    return "unknown field"  # its name came from outside, so it is not repeated


def _generated(collection: Collection) -> Callable[[dict[str, Any]], Values | None]:
    """Return the flat function of a schema: its values, or None for "let marshmallow judge"."""
    schema = collection.checker
    if any(schema._hooks.values()) or len(schema.fields) < 2:  # noqa: SLF001 (marshmallow has no other way to ask)
        raise NotFlat
    places = [f"v{number}" for number in range(len(schema.fields))]
    names: dict[str, Any] = {"get": itemgetter(*schema.fields), "Invalid": ValidationError}
    tests, results = [], []
    for place, field in zip(places, schema.fields.values(), strict=True):
        rule = _rule(field)
        own = {name: f"{name}_{place}" for name in rule.names}
        names |= {own[name]: value for name, value in rule.names.items()}
        test = rule.test.format(v=place, **own)
        tests.append(f"({place} is None or {test})" if field.allow_none else test)
        result = rule.result.format(v=place, **own)
        results.append(f"None if {place} is None else {result}" if field.allow_none and result != place else result)
    text = "\n".join(
        (
            "def flat(record):",
            f"    if len(record) != {len(places)}: return None",
            "    try:",
            f"        {', '.join(places)} = get(record)",
            f"        if {' and '.join(tests)}:",
            f"            return ({', '.join(results)})",
            "    except (KeyError, ValueError, Invalid): pass",
            "    return None",
        )
    )
    exec(compile(text, f"<flat checker of {collection.name}>", "exec"), names)  # noqa: S102 (made of our own schema only)
    made: Callable[[dict[str, Any]], Values | None] = names["flat"]
    return made


def _rule(field: fields.Field[Any]) -> _Rule:
    may_be_absent = not field.required and field.load_default is missing
    if may_be_absent or field.data_key or field.attribute:
        raise NotFlat
    if type(field) is TagList:
        return _tags_rule(field)
    try:
        rule = _KINDS[type(field)]
    except KeyError as error:
        raise NotFlat from error
    if type(field) is fields.Integer and not field.strict:
        raise NotFlat
    return _with_validators(rule, field)


def _with_validators(rule: _Rule, field: fields.Field[Any]) -> _Rule:
    test, names = rule.test, dict(rule.names)
    for number, validator in enumerate(field.validators):
        more = _validator_rule(validator)
        own = {name: f"{name}{number}" for name in more.names}
        test += " and " + more.test.format(v="{v}", **{name: f"{{{new}}}" for name, new in own.items()})
        names |= {own[name]: value for name, value in more.names.items()}
    return _Rule(test, rule.result, names)


def _validator_rule(validator: Any) -> _Rule:
    if type(validator) is validate.Length and validator.equal is None:
        least = f"{validator.min} <= " if validator.min else ""
        most = "" if validator.max is None else f" <= {validator.max}"
        return _Rule(f"{least}len({{v}}){most}")
    if type(validator) is validate.Range and validator.min_inclusive and validator.max_inclusive:
        least, most = validator.min, validator.max
        if least is not None and most is not None:
            return _Rule("{least} <= {v} <= {most}", names={"least": least, "most": most})
    if type(validator) is validate.OneOf:
        return _Rule("{v} in {choices}", names={"choices": frozenset(validator.choices)})
    if type(validator) is validate.Regexp:
        return _Rule("{match}({v})", names={"match": validator.regex.match})
    if validator is valid_id:
        return _Rule("{match}({v})", names={"match": RECORD_ID.fullmatch})
    return _Rule("{validator}({v}) is not False", names={"validator": validator})


def _tags_rule(field: TagList) -> _Rule:
    """A list of at most so many keys; the pattern of a key allows no bar, so they are joined as they are."""
    inner, length = field.inner, field.validators
    if type(inner) is not fields.String or len(inner.validators) != 1 or len(length) != 1:
        raise NotFlat
    pattern, most = inner.validators[0], length[0]
    if type(pattern) is not validate.Regexp or type(most) is not validate.Length or most.max is None or most.min:
        raise NotFlat
    return _Rule(
        f"type({{v}}) is list and (not {{v}} or len({{v}}) <= {most.max} and {{keys}}({{v}}))",
        "('|' + '|'.join({v}) + '|' if {v} else '')",
        {"keys": _all_match(pattern.regex)},
    )


def _all_match(pattern: re.Pattern[Any]) -> Callable[[list[Any]], bool]:
    match = pattern.match

    def all_match(keys: list[Any]) -> bool:
        for key in keys:  # a loop: `all` with a generator costs three times as much  # noqa: SIM110
            if type(key) is not str or match(key) is None:
                return False
        return True

    return all_match


_KINDS: dict[type, _Rule] = {
    fields.String: _Rule("type({v}) is str"),
    fields.Integer: _Rule("type({v}) is int"),
    fields.Float: _Rule("type({v}) in {numbers}", "float({v})", {"numbers": frozenset((int, float))}),
    fields.Boolean: _Rule("type({v}) is bool"),
    Instant: _Rule(
        "type({v}) is str and ({plain}({v}) or {shape}({v}) and {read}({v}))",
        names={"plain": _PLAIN_INSTANT.fullmatch, "shape": WIRE_INSTANT.fullmatch, "read": datetime.fromisoformat},
    ),
    Day: _Rule(
        "type({v}) is str and {shape}({v}) and {read}({v})", names={"shape": _DAY.fullmatch, "read": date.fromisoformat}
    ),
}
