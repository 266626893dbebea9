"""The round that holds the broker against the members: who is missing is let in, who was let go is cut off.

So an emptied or replaced broker is filled again without any centre joining anew, and what could not be done while
the broker was away is done later.

Rule: a round is cheap. It lists users by the thousand and compares marks; roles are compared once an hour. Repairs
come in small messages with pauses, since mosquitto writes its whole file at each command and serves nobody meanwhile.
Rule: what is revoked goes first.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from hub.config import HubConfig
from hub.core.broker import rights
from hub.core.broker.granting import GONE, BrokerUnreachable, control_of
from hub.core.broker.rights import DEFAULTS, Issuer, User
from hub.core.broker.standing import Standing
from shared import broker_users
from shared.mqtt.control import Command, Control

PAGE = 1_000  # users in one answer: some 150 kB
ROLES_PAGE = 200  # roles with their rights: some 300 kB
ROLES_EVERY = timedelta(hours=1)
USERS_AT_ONCE = 10  # in one message; with 5,000 centres the broker is busy with it for some three seconds
ROUND_S_MAX = 45.0  # the rest waits for the next round


@dataclass(frozen=True, slots=True)
class Membership:
    """Who belongs to the network, with the access number of each, and who was let go."""

    members: Mapping[str, int]
    revoked: frozenset[str]


@dataclass(frozen=True, slots=True)
class Difference:
    """What the broker lacks, what it has too much, and who it knows beside ours. `strange` ones were never members."""

    missing: tuple[User, ...]
    surplus: tuple[str, ...]
    strange: tuple[str, ...]
    others: tuple[str, ...]


def reconcile(
    config: HubConfig, membership: Callable[[], Membership], before: Standing | None, at: datetime
) -> Standing:
    """Hold the broker against the members and repair what differs; return how it stands now.

    `before` is what the round before has found. A user of a centre that was never a member is removed when two rounds
    have seen it: it may be one that joins right now. Raises ConfigError, never BrokerUnreachable.
    """
    known = before or Standing(tried_at=at)
    try:
        with control_of(config) as control:
            return _round(config, control, membership, known, at)
    except BrokerUnreachable as refusal:
        return replace(known, tried_at=at, reason=refusal.reason)


def look(config: HubConfig, expected: Membership, at: datetime) -> Standing:
    """Hold the broker against the members and change nothing; the roles too. Raises BrokerUnreachable, ConfigError."""
    issuer = Issuer(config)
    with control_of(config) as control:
        listed, wrong = dict(_users(control)), _with_wrong_roles(control, issuer, expected)
        found = compare(config, issuer, expected, {name: mark for name, mark in listed.items() if name not in wrong})
        return Standing(
            tried_at=at,
            compared_at=at,
            missing=tuple(user.name for user in found.missing),
            surplus=(*found.surplus, *found.strange),
            others=found.others,
            users=len(expected.members),
            certificate_ends_at=control.certificate_ends_at,
        )


def _round(
    config: HubConfig, control: Control, membership: Callable[[], Membership], known: Standing, at: datetime
) -> Standing:
    _set_defaults(control)
    listed = dict(_users(control))
    issuer, expected = Issuer(config), membership()  # after the list: who joined meanwhile is only missing once more
    whole = known.roles_compared_at is None or at - known.roles_compared_at >= ROLES_EVERY
    wrong = _with_wrong_roles(control, issuer, expected) if whole else frozenset()
    found = compare(config, issuer, expected, {name: mark for name, mark in listed.items() if name not in wrong})
    gone = [*found.surplus, *(name for name in found.strange if name in known.surplus)]
    nearly_all_are_in = len(listed) > max(PAGE, 10 * len(found.missing))
    done = _repair(control, gone, found.missing, gently=nearly_all_are_in)
    return Standing(
        tried_at=at,
        compared_at=at,
        missing=tuple(user.name for user in found.missing if user.name not in done),
        surplus=tuple(name for name in (*found.surplus, *found.strange) if name not in done),
        others=found.others,
        users=len(expected.members),
        roles_compared_at=at if whole else known.roles_compared_at,
        certificate_ends_at=control.certificate_ends_at,
    )


def compare(config: HubConfig, issuer: Issuer, expected: Membership, listed: Mapping[str, str]) -> Difference:
    """Return how `listed` (name: mark) differs from what `expected` should have."""
    missing = [user for user in issuer.of_ingest() if listed.get(user.name) != user.mark]
    for centre_id, number in expected.members.items():
        marks = issuer.marks(centre_id, number)
        if any(listed.get(name) != mark for name, mark in marks.items()):
            missing += [user for user in issuer.of_centre(centre_id, number) if listed.get(user.name) != user.mark]
    ours = {config.broker_admin_user, config.broker_user}
    surplus, strange, others = list[str](), list[str](), list[str]()
    for name in sorted(listed.keys() - ours):
        centre_id = broker_users.centre_of(name) or ""
        if centre_id in expected.members:
            if name not in issuer.marks(centre_id, 0):  # sensors, in a city that has none at the broker
                surplus.append(name)
        elif centre_id in expected.revoked:
            surplus.append(name)
        else:
            (strange if centre_id else others).append(name)
    return Difference(tuple(missing), tuple(surplus), tuple(strange), tuple(others))


def _repair(control: Control, gone: Iterable[str], missing: Iterable[User], *, gently: bool) -> set[str]:
    """Cut off, then let in, until the time of a round is over; return whose turn came.

    With `gently` a large broker has as much time for the city as for us.
    """
    done = set[str]()
    steps: list[tuple[str, list[Command]]] = [(name, rights.removal(name)) for name in gone]
    steps += [(user.name, [*rights.removal(user.name), *rights.addition(user)]) for user in missing]
    begun = time.monotonic()
    for start in range(0, len(steps), USERS_AT_ONCE):
        if time.monotonic() - begun > ROUND_S_MAX:
            break
        turn, sent = steps[start : start + USERS_AT_ONCE], time.monotonic()
        control.do([command for _name, commands in turn for command in commands], fine=GONE)
        done |= {name for name, _commands in turn}
        if gently and start + USERS_AT_ONCE < len(steps):
            time.sleep(time.monotonic() - sent)
    return done


def _with_wrong_roles(control: Control, issuer: Issuer, expected: Membership) -> frozenset[str]:
    """Return our users whose role says something else than it should: somebody has changed it at the broker."""
    found = {role["rolename"]: _plain(role["acls"]) for role in _pages(control, "listRoles", "roles", ROLES_PAGE)}
    ours = [user for centre_id, number in expected.members.items() for user in issuer.of_centre(centre_id, number)]
    return frozenset(user.name for user in (*ours, *issuer.of_ingest()) if found.get(user.name) != _plain(user.acls))


def _plain(acls: Iterable[Mapping[str, Any]]) -> frozenset[tuple[str, str, bool]]:
    return frozenset((acl["acltype"], acl["topic"], acl["allow"]) for acl in acls)


def _users(control: Control) -> Iterator[tuple[str, str]]:
    """Yield name and mark of every user; one with other roles than its own has no mark."""
    for client in _pages(control, "listClients", "clients", PAGE):
        name = client["username"]
        plain = [role["rolename"] for role in client.get("roles", [])] == [name] and not client.get("groups")
        yield name, client.get("textname", "") if plain and not client.get("disabled") else ""


def _pages(control: Control, command: str, kind: str, size: int) -> Iterator[dict[str, Any]]:
    offset = 0
    while True:
        answer = control.do([{"command": command, "verbose": True, "count": size, "offset": offset}])[0]
        found = answer["data"][kind]
        yield from found
        offset += len(found)
        if len(found) < size:
            return


def _set_defaults(control: Control) -> None:
    """What no role speaks of is refused, also at a broker that somebody else has set up."""
    answer = control.do([{"command": "getDefaultACLAccess"}])[0]
    found = {acl["acltype"]: acl["allow"] for acl in answer["data"]["acls"]}
    if found != DEFAULTS:
        acls = [{"acltype": kind, "allow": allow} for kind, allow in DEFAULTS.items()]
        control.do([{"command": "setDefaultACLAccess", "acls": acls}])
