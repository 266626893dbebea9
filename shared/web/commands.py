"""What both commands share: plain errors, files of settings, passwords, serving the site.

A wrong setting, a refusal or a disk that is full is one line and exit code 2, never a trace.
"""

import ctypes
import json
import signal
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import click
from flask import Flask
from sqlalchemy.exc import DBAPIError
from waitress.server import create_server

from shared import whole_files
from shared.config import describe
from shared.errors import ConfigError, Refusal
from shared.storage import Trouble, trouble_of
from shared.web.accounts.service import PASSWORD_LENGTH_MIN, refuse_weak
from shared.web.logs import log_to_stderr
from shared.web.site import FORM_BYTES_MAX

__all__ = [
    "Command",
    "ended_by_signals",
    "log_to_stderr",
    "password_option",
    "refuse_short",
    "serve",
    "spare_memory",
    "write_settings",
]

PASSWORD_VARIABLE = "STADTHERZ_PASSWORD"  # noqa: S105 (the name of a variable)
CONNECTIONS_MAX = 1000
_ARENA_MAX, HEAPS_MAX = -8, 2  # M_ARENA_MAX of malloc.h
_BODY_BYTES_MAX = 2 * FORM_BYTES_MAX  # a little more than the app takes, so that its own page explains
_HEAD_BYTES_MAX = 32_768  # of a request: the longest address that a filter makes has some two thousand


TROUBLES = {
    Trouble.FULL: "the disk is full. Make room and try again.",
    Trouble.READ_ONLY: "the disk is read-only. Nothing can be written.",
    Trouble.FAILING: "the disk, or the stick, reports errors. Use another one.",
    Trouble.DAMAGED: "the database is damaged. Restore it from a backup.",
    Trouble.BUSY: "another program is writing into the database. Try again.",
    Trouble.AWAY: "the database cannot be opened.",
}


class Command(click.Group):
    """A group whose commands say in one line what is wrong."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (ConfigError, Refusal) as error:
            click.echo(f"{ctx.command_path}: {error}", err=True)
            ctx.exit(2)
        except (DBAPIError, sqlite3.Error, OSError) as error:
            trouble = trouble_of(error)
            if trouble is None:
                raise
            click.echo(f"{ctx.command_path}: {TROUBLES[trouble]}", err=True)
            ctx.exit(2)


def password_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--password`; left out it is asked for, twice and unseen."""
    return click.option(
        "--password",
        envvar=PASSWORD_VARIABLE,
        prompt=True,
        hide_input=True,
        confirmation_prompt=True,
        help=f"At least {PASSWORD_LENGTH_MIN} characters; asked for if left out (or {PASSWORD_VARIABLE}).",
    )(function)


def refuse_short(password: str) -> None:
    """Raise PasswordWeak before anything is made."""
    refuse_weak(password)


def write_settings(file: Path, kind: type[Any], prefix: str, given: Mapping[str, Any]) -> None:
    """Write a TOML file with the given settings and, commented out, all others with their help.

    Raises ConfigError if the file exists: settings are never overwritten.
    """
    lines = [f"# Settings of Stadtherz ({prefix}). Environment variables win over this file.", ""]
    for key, variable, default, doc in describe(kind, prefix):
        lines.append(f"# {doc}. ({variable})")
        lines.append(f"{key} = {_toml(given[key])}" if key in given else f"# {key} = {_commented(default)}")
        lines.append("")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        whole_files.create(file, "\n".join(lines).encode())  # for its owner alone: there may be the broker's password
    except FileExistsError as error:
        raise ConfigError(f"{file}: exists already. Nothing was changed; choose another file or remove it.") from error
    except OSError as error:
        raise ConfigError(f"{file}: cannot be written ({error.strerror}).") from error


def _toml(value: Any) -> str:
    return json.dumps(str(value) if isinstance(value, Path) else value, ensure_ascii=False)


def _commented(default: str) -> str:
    return {"True": "true", "False": "false"}.get(default, default.replace("'", '"'))


def spare_memory() -> None:
    """Let threads share the heaps of the C library; with one for each of 32 threads a small site grows by a tenth.

    Only glibc knows the setting; elsewhere nothing happens.
    """
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        library.mallopt(_ARENA_MAX, HEAPS_MAX)


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Let SIGTERM and Ctrl-C end what runs inside as `SystemExit(0)`, so that everything closes."""

    def leave(*_ignored: Any) -> NoReturn:
        raise SystemExit(0)

    before = {number: signal.signal(number, leave) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, listener in before.items():
            signal.signal(number, listener)


def serve(app: Flask, host: str, port: int, threads: int, proxies: int) -> None:
    """Answer requests until a signal comes; port 0 takes a free one. Says where the site is."""
    server = listening(app, host, port, threads, proxies)
    click.echo(f"The site is at http://{host}:{server.effective_port}/ (Ctrl-C ends it)")
    try:
        server.run()
    finally:
        server.close()


def listening(app: Flask, host: str, port: int, threads: int, proxies: int) -> Any:
    """Return the server of `app`, which listens and does not answer yet; raise ConfigError if it cannot."""
    try:
        return create_server(
            app,
            host=host,
            port=port,
            threads=threads,
            connection_limit=CONNECTIONS_MAX,
            max_request_body_size=_BODY_BYTES_MAX,
            max_request_header_size=_HEAD_BYTES_MAX,
            clear_untrusted_proxy_headers=proxies == 0,
            ident="",
        )
    except OSError as error:
        raise ConfigError(f"web_host, web_port: cannot listen on {host}:{port} ({error.strerror}).") from error
