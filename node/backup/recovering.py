"""The whole way from a new machine to the house: find the backup, join, ask who was erased, restore, report.

Rule: everything that can be wrong is looked at before the join code is used and before anything is written.
Rule: what is uncertain is said. Without the hub's list the house stays closed (`waiting`).
"""

import dataclasses
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask

from node.backup import hub_calls, restoring, waiting
from node.backup.making import KIND
from node.backup.places import find_caller
from node.backup.restoring import OtherHouse, Recovered
from node.config import LINK_FILE, PREFIX, NodeConfig, load_node
from node.core import link_file
from node.core.erasures import Entry
from node.joining import service as joining
from shared.backup import places
from shared.backup.package import header_of
from shared.backup.recovery_code import read_code
from shared.backup.sealed_file import Header, open_key
from shared.backup.snapshot import Progress, quiet
from shared.errors import Refusal
from shared.joining import read_code as read_join_code
from shared.joining.letters import Welcome
from shared.signed_calls import Caller, CallRefused, HubUnreachable
from shared.web.commands import write_settings

_FETCHED = ".fetched.backup"
_CLOCKS_DIFFER = timedelta(days=1)
_STAMP = len("-20261123T021000Z") + len(places.SUFFIX)
CreateApp = Callable[[NodeConfig], Flask]


class NothingToRestore(Refusal):
    """No backup was named, or there is none where it was looked for; or the join code is of another kind."""


class HubMissing(Refusal):
    """The hub's list of erasures cannot be had; `--without-hub` goes on without it."""


@dataclass(frozen=True)
class Wish:
    """What somebody typed."""

    file: Path
    data_folder: Path | None = None
    source: Path | None = None
    from_hub: bool = False
    join_code: str | None = field(default=None, repr=False)
    without_hub: bool = False
    given: Mapping[str, Any] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """Where the house is going to be."""
        if self.file.exists():
            return load_node(self.file, os.environ).data_folder
        return (self.data_folder or self.file.parent / "data").resolve()


@dataclass(frozen=True)
class Means:
    """What a recovery works with."""

    code: str = field(repr=False)
    create_app: CreateApp
    at: datetime
    progress: Progress = quiet


@dataclass(frozen=True)
class Done:
    """What became of it. `list_at` is of the latest erasure known; `hub_asked` whether the hub's list is in it."""

    recovered: Recovered
    header: Header
    hub_asked: bool
    list_at: datetime | None


def recover(wish: Wish, means: Means) -> Done:
    """Make this machine the house. Raises a Refusal or ConfigError; then no house is there."""
    read_code(means.code)
    folder = wish.folder
    restoring.refuse_existing(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if wish.from_hub == bool(wish.source):
        raise NothingToRestore("Say where the backup is: --from FILE (or a folder), or --from-hub.")
    if wish.source is not None:
        backup = newest_in(wish.source, means.at)
        header = header_of(backup)
        if header.kind != KIND:
            raise OtherHouse(header)
        open_key(header, means.code)  # a wrong code is said before the city's code is used up
        caller = _caller(wish, folder, _join(wish, folder, header), header)
        return _restore(wish, folder, backup, caller, means)
    caller = _caller(wish, folder, _join(wish, folder, None), None)
    if caller is None:
        raise NothingToRestore("To fetch a backup this machine has to join: add --join with the city's code.")
    fetched = folder / _FETCHED
    fetched.unlink(missing_ok=True)
    try:
        hub_calls.fetch_backup(caller, fetched, means.progress)
        return _restore(wish, folder, fetched, caller, means)
    finally:
        fetched.unlink(missing_ok=True)


def report(done: Done, file: Path) -> Iterator[str]:
    """Say what was done and what is uncertain, line by line."""
    recovered = done.recovered
    as_of = f"{recovered.made_at:%Y-%m-%d %H:%M} UTC"
    yield f"Restored: {done.header.place}, as of {as_of}, {recovered.rows} rows compared."
    yield f"Erased again: {recovered.forgotten} entries of the lists. Removed, their time is over: {recovered.expired}."
    for entry in recovered.still_open:
        yield f"  was still open in the backup, please look after it: {entry.kind} {entry.record_id}"
    if done.hub_asked:
        yield "What was entered after that, and the city knows, is offered on the page Recovery once the link is up."
    else:
        last = f"{done.list_at:%Y-%m-%d %H:%M} UTC" if done.list_at else "none is known"
        yield f"UNCERTAIN: the latest erasure known here: {last}. Whoever was erased later only the city knows."
        yield "The pages stay closed and nothing is sent until the city's list was applied, or the lead opens them."
    yield f"Start it: stadtherz-node run --config {file}"


def newest_in(source: Path, at: datetime) -> Path:
    """Return the backup that was named, or the latest in a folder; raise NothingToRestore.

    One of a day to come was made while a clock ran ahead, who knows when: it is taken only if there is no other, as
    on a machine whose own clock begins in 1970.
    """
    if source.is_file():
        return source
    found = sorted(source.glob(f"stadtherz-*{places.SUFFIX}"), key=lambda path: path.name[-_STAMP:])
    if not found:
        raise NothingToRestore(f"{source}: there is no backup. Is the stick plugged in?")
    if len({path.name[:-_STAMP] for path in found}) > 1:
        raise NothingToRestore(f"{source}: there are backups of several centres. Name the file.")
    latest = f"-{at + _CLOCKS_DIFFER:%Y%m%dT%H%M%SZ}{places.SUFFIX}"
    return next((path for path in reversed(found) if path.name[-_STAMP:] <= latest), found[-1])


def _restore(wish: Wish, folder: Path, backup: Path, caller: Caller | None, means: Means) -> Done:
    header = header_of(backup)
    from_hub = _hub_list(wish, caller)
    entries = [*restoring.lists_beside(backup, header.place), *(from_hub or [])]
    list_at = max((entry.erased_at for entry in entries), default=None)

    def ready(settings: Mapping[str, Any]) -> None:
        """Everything else is in its place before the database is; the note first: a power cut begins no empty house."""
        waiting.begin(folder, waiting.Waiting(header.made_at, list_at))
        if not wish.file.exists():
            told = {**_known(settings), **wish.given, "data_folder": folder}
            write_settings(wish.file, NodeConfig, PREFIX, told)
        load_node(wish.file, os.environ)

    of_hub = (caller.centre_id, caller.city) if caller else (header.place, header.city)
    recovered = restoring.recover(
        restoring.House(folder, *of_hub),
        means.create_app,
        backup,
        means.code,
        lists=entries,
        at=means.at,
        ready=ready,
        progress=means.progress,
    )
    if from_hub is not None:
        waiting.end(folder)
    return Done(recovered, header, from_hub is not None, list_at)


def _hub_list(wish: Wish, caller: Caller | None) -> list[Entry] | None:
    """Return the hub's list, None if somebody wants to go on without it; raise HubMissing."""
    why = "this machine has not joined: add --join with the city's code"
    if caller is not None:
        try:
            return hub_calls.hub_erasures(caller)
        except (CallRefused, HubUnreachable) as refusal:
            why = str(refusal)
    if wish.without_hub:
        return None
    raise HubMissing(
        f"Who was erased after the backup only the city's hub knows, and it cannot be asked ({why}). Try again later, "
        "or add --without-hub: then the pages stay closed until the hub was asked."
    )


def _join(wish: Wish, folder: Path, header: Header | None) -> Welcome | None:
    """Join in the place of the machine of before; the same code works again on this machine for a while."""
    if wish.join_code is None:
        return None
    centre_id, city = (header.place, header.city) if header else ("", "")
    welcome = joining.join(read_join_code(wish.join_code), folder, centre_id, city)
    if not welcome.is_replacement:
        raise NothingToRestore("This code is for a new centre. Ask the city for a code for a replacement machine.")
    return welcome


def _caller(wish: Wish, folder: Path, welcome: Welcome | None, header: Header | None) -> Caller | None:
    """Return what calls the hub, if the city told this machine how."""
    if wish.file.exists():
        return find_caller(load_node(wish.file, os.environ))
    told = link_file.kept(folder / LINK_FILE)
    if welcome is not None:
        return find_caller(NodeConfig(centre_id=welcome.centre_id, city=welcome.city, data_folder=folder, **told))
    if header is not None and told:
        return find_caller(NodeConfig(centre_id=header.place, city=header.city, data_folder=folder, **told))
    return None


def _known(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings that this program knows; a backup may be of an older or a newer one."""
    known = {one.name for one in dataclasses.fields(NodeConfig)}
    return {name: value for name, value in settings.items() if name in known}
