"""Joining: the keys of this machine, one question to the hub, and what it tells goes into the link file.

Rule: a join that failed leaves nothing behind but, if the hub may have said yes, the keys with which the
same machine asks again. Doing it twice is doing it once.
"""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from node.config import LINK_FILE
from node.core import link_file
from node.joining import client
from node.joining.refusals import JoinRefused, NoAnswer
from shared.errors import WireError
from shared.joining import JoinCode, fingerprint, letters
from shared.joining.letters import Answer, Welcome
from shared.keys import Install, open_install
from shared.sealing import SealingKey, open_sealing_key

KEY_FILE, SEALING_FILE, AUTHORITY_FILE = "signing.key", "sealing.key", "broker-ca.pem"


def join(
    code: JoinCode, data_folder: Path, centre_id: str = "", city: str = "", *, trusted: ssl.SSLContext | None = None
) -> Welcome:
    """Join with `code` and keep what the city tells; `centre_id` and `city` are whose data the folder holds already.

    Raises JoinRefused or NoAnswer, which are words for a person, and ConfigError for files that cannot be used.
    """
    data_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _keys(data_folder) as (install, sealing):
        request = letters.write_request(code.keys, install, sealing.public_key, centre_id, city)
        body = client.ask(code.hub_url, request, trusted)
        try:
            answer = letters.read_answer(body, request, code.keys, sealing)
        except WireError as error:
            reason = "not a hub" if error.reason == "not JSON" else "forged"
            raise NoAnswer(reason, may_have_arrived=True) from error
        welcome = _welcome(answer)
        if (centre_id or welcome.centre_id, city or welcome.city) != (welcome.centre_id, welcome.city):
            raise NoAnswer("forged")
    welcome = replace(welcome, hub_url=welcome.hub_url or code.hub_url)
    keep(welcome, data_folder)
    return welcome


def keep(welcome: Welcome, data_folder: Path) -> None:
    """Write what the city told into the link file; raises ConfigError."""
    authority = data_folder / AUTHORITY_FILE
    if welcome.broker_ca:
        link_file.replace(authority, welcome.broker_ca.encode())
    link_file.renew(
        data_folder / LINK_FILE,
        broker_host=welcome.broker_host,
        broker_port=welcome.broker_port,
        broker_mqtt=welcome.broker_mqtt,
        broker_tls=welcome.broker_tls,
        broker_ca_file=str(authority) if welcome.broker_ca else "",
        broker_user=welcome.broker_user,
        broker_password=welcome.broker_password,
        hub_public_key=welcome.hub_public_key,
        hub_url=welcome.hub_url,
    )


def own_letters(data_folder: Path) -> str:
    """Return the groups of letters that stand for this installation, here and at the city's desk."""
    install = open_install(data_folder / KEY_FILE)
    return fingerprint(install.instance, install.public_key.text)


@contextmanager
def _keys(data_folder: Path) -> Iterator[tuple[Install, SealingKey]]:
    """Yield the keys; those that were made for a join that surely came to nothing are removed."""
    files = (data_folder / KEY_FILE, data_folder / SEALING_FILE)
    fresh = [file for file in files if not file.exists()]
    try:
        yield open_install(files[0]), open_sealing_key(files[1])
    except (NoAnswer, JoinRefused) as refusal:
        if not getattr(refusal, "may_have_arrived", False):
            for file in fresh:
                file.unlink(missing_ok=True)
        raise


def _welcome(answer: Answer) -> Welcome:
    """Return the welcome; raise JoinRefused for any other answer."""
    if answer.welcome is not None:
        return answer.welcome
    if answer.is_proven or answer.outcome == letters.Outcome.MALFORMED:
        raise JoinRefused(answer.outcome, dict(answer.said))
    raise JoinRefused(letters.Outcome.UNKNOWN, {})
