"""Settings: one frozen dataclass per app, read once from a TOML file and the environment.

A field is declared with `setting(...)`: its `doc` is its help, and the docs test reads
the same text. The environment wins over the file: field `web_port` of a node is
`STADTHERZ_NODE_WEB_PORT`. Unknown keys, wrong types and missing values are refused by
name, with the file they stand in.
"""

import dataclasses
import tomllib
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field
from pathlib import Path
from typing import Any, TypeVar

from shared.errors import ConfigError

Settings = TypeVar("Settings")
_WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def setting(
    doc: str, default: Any = MISSING, check: Callable[[Any], bool] | None = None, *, secret: bool = False
) -> Any:
    """Declare a field: `doc` says what it is and its unit; `check` refuses impossible values.

    A `secret` is never part of what is printed of the settings.
    """
    return dataclasses.field(default=default, repr=not secret, metadata={"doc": doc, "check": check})


def load(
    kind: type[Settings], path: Path | None, environ: Mapping[str, str], prefix: str, beneath: Path | None = None
) -> Settings:
    """Return the settings of `kind` from the file at `path` (may be None) and `environ`.

    A file `beneath` (it may not exist) counts where neither of the two says anything: what
    the program itself keeps of its settings.
    Raises ConfigError for a missing or unreadable file, an unknown key, a wrong type, a
    value that the field's check refuses, and a missing value without a default.
    """
    kept = _read(beneath) if beneath and beneath.exists() else {}
    given = _read(path) if path else {}
    fields = {field.name: field for field in dataclasses.fields(typing.cast("Any", kind))}
    for file, keys in ((path, given), (beneath, kept)):
        for key in keys:
            if key not in fields:
                known = ", ".join(sorted(fields))
                raise ConfigError(f"{file}: unknown key '{key}'. Known keys: {known}.")
    types = typing.get_type_hints(kind)
    values = {}
    for name, field in fields.items():
        variable = f"{prefix}_{name}".upper()
        if variable in environ:
            values[name] = _checked(field, _typed(field, types[name], environ[variable], variable), variable)
        elif name in given or name in kept:
            file, value = (path, given[name]) if name in given else (beneath, kept[name])
            where = f"{file}: key '{name}'"
            values[name] = _checked(field, _typed(field, types[name], value, where), where)
        elif field.default is MISSING:
            raise ConfigError(
                f"{path or 'no configuration file'}: key '{name}' is missing ({field.metadata['doc']}). "
                f"Write it into the file or set {variable}."
            )
    return kind(**values)


def describe(kind: type[Any], prefix: str) -> list[tuple[str, str, str, str]]:
    """Return (key, environment variable, default, help) of each setting, for docs and `--help`."""
    return [
        (
            field.name,
            f"{prefix}_{field.name}".upper(),
            "required" if field.default is MISSING else repr(field.default),
            field.metadata["doc"],
        )
        for field in dataclasses.fields(kind)
    ]


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}).") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: is not valid TOML ({error}).") from error


def _typed(field: Field[Any], wanted: Any, value: Any, where: str) -> Any:
    options = typing.get_args(wanted) or (wanted,)
    for option in options:
        if option is bool and isinstance(value, str) and value.lower() in _WORDS:
            return _WORDS[value.lower()]
        if option in (int, float) and isinstance(value, str):
            try:
                return option(value)
            except ValueError:
                continue
        if option is Path and isinstance(value, str):
            return Path(value).expanduser()
        if option is float and type(value) is int:
            return float(value)
        if isinstance(option, type) and type(value) is option:
            return value
    names = " or ".join(getattr(option, "__name__", str(option)) for option in options)
    raise ConfigError(f"{where}: {_shown(field, value)} is not of the type {names}.")


def _checked(field: Field[Any], value: Any, where: str) -> Any:
    check = field.metadata.get("check")
    if check is not None and not check(value):
        raise ConfigError(f"{where}: {_shown(field, value)} is not possible here ({field.metadata['doc']}).")
    return value


def _shown(field: Field[Any], value: Any) -> str:
    return repr(value) if field.repr else "what stands there"  # a log may keep what is printed
