"""Whether alarms arrive: over real sockets, with servers that are down, refuse, or send elsewhere."""

import hashlib
import hmac
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from hub.alarms import letters
from hub.alarms.channels import Channel, channels_of, deliver
from hub.alarms.jobs import look
from hub.alarms.models import AlarmLetter
from hub.alarms.service import forget_old
from hub.config import HubConfig
from shared.database import Database
from shared.errors import ConfigError
from shared.time import now
from tests.hub.alarms.servers import MailServer, WebServer

SECRET = "a secret between two"
PASSWORD = "never to be read in a log"


def of_mail(config: HubConfig, port: int, **said: str) -> HubConfig:
    """Settings with a mail server on the loopback."""
    known = {"alarm_mail_host": "127.0.0.1", "alarm_mail_port": port, "alarm_mail_tls": "none"}
    known |= {"alarm_mail_from": "stadtherz@example.org", "alarm_mail_to": "netz@example.org, amt@example.org"}
    return replace(config, **{**known, **said})


def of_web(config: HubConfig, port: int, path: str = "/hook?key=hidden") -> HubConfig:
    """Settings with a webhook on the loopback."""
    url = f"http://127.0.0.1:{port}{path}"
    return replace(config, alarm_webhook_url=url, alarm_webhook_secret=SECRET, alarm_webhook_http=True)


@pytest.fixture
def letter(database: Database) -> Callable[..., str]:
    """Write a test letter for a channel."""

    def write(channel: str, at: datetime | None = None) -> str:
        with database.transaction() as session:
            return letters.write_test(session, at or now(), [channel])[0]

    return write


@pytest.fixture(autouse=True)
def inside(app: Flask) -> Iterator[None]:
    """Words need an app."""
    with app.app_context():
        yield


def sent(database: Database, channels: dict[str, Channel], later: timedelta = timedelta()) -> int:
    return deliver(database, channels, lambda: now() + later)


def row_of(database: Database, letter_id: str) -> AlarmLetter:
    with database.reading() as session:
        found = session.get(AlarmLetter, letter_id)
        assert found is not None
        return found


def test_a_mail_arrives_at_everybody(
    config: HubConfig, database: Database, letter: Callable[..., str], mail_server: MailServer
) -> None:
    """One message with all addresses, in German, marked as automatic."""
    mail_server.login = ("stadt", PASSWORD)
    channels = channels_of(of_mail(config, mail_server.port, alarm_mail_user="stadt", alarm_mail_password=PASSWORD))
    letter("mail")
    assert sent(database, channels) == 1
    assert mail_server.receivers == [["netz@example.org", "amt@example.org"]]
    mail = mail_server.mails[0]
    assert mail["Subject"] == "[Stadtherz Duisburg] Probealarm"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "Es ist alles in Ordnung" in mail.get_content()


def test_nothing_is_sent_twice(
    config: HubConfig, database: Database, letter: Callable[..., str], mail_server: MailServer
) -> None:
    """What has arrived is not due again, however often one looks."""
    channels = channels_of(of_mail(config, mail_server.port))
    letter("mail")
    assert [sent(database, channels, timedelta(hours=hours)) for hours in (0, 0, 9)] == [1, 0, 0]
    assert len(mail_server.mails) == 1


def test_what_is_being_sent_is_nobody_elses(database: Database, letter: Callable[..., str]) -> None:
    """A second process finds nothing to send while the first one tries."""
    letter("mail")
    with database.transaction() as session:
        assert letters.claim(session, ["mail"], now()) is not None
    with database.transaction() as session:
        assert letters.claim(session, ["mail"], now()) is None


def test_nothing_is_lost_while_the_server_is_down(
    config: HubConfig, database: Database, letter: Callable[..., str], mail_server: MailServer
) -> None:
    """It is tried again, later each time, under the same number; then it arrives."""
    channels = channels_of(of_mail(config, mail_server.port))
    letter_id = letter("mail")
    mail_server.busy = True
    assert sent(database, channels) == 0
    assert sent(database, channels, timedelta(seconds=50)) == 0
    assert row_of(database, letter_id).tries == 1
    assert sent(database, channels, timedelta(seconds=70)) == 0
    waiting = row_of(database, letter_id)
    assert (waiting.tries, waiting.sent_at) == (2, None)
    assert "421" in waiting.failure
    mail_server.busy = False
    assert sent(database, channels, timedelta(minutes=4)) == 1
    arrived = row_of(database, letter_id)
    assert (arrived.tries, arrived.failure, arrived.due_at) == (3, "", None)
    assert letter_id in mail_server.mails[0]["Message-ID"]


def test_a_server_that_is_not_there_is_a_failure_like_others(
    config: HubConfig, database: Database, letter: Callable[..., str]
) -> None:
    """Nobody listens on that port; the next letter is tried all the same."""
    channels = channels_of(of_mail(config, 9))
    first, second = letter("mail"), letter("mail")
    assert sent(database, channels) == 0
    assert "ConnectionRefusedError" in row_of(database, first).failure
    assert row_of(database, second).tries == 1


def test_after_three_days_nobody_tries_any_more(
    config: HubConfig, database: Database, letter: Callable[..., str], mail_server: MailServer
) -> None:
    """It stays on the page as given up; a person may try again."""
    channels = channels_of(of_mail(config, mail_server.port))
    letter_id = letter("mail", now() - timedelta(days=4))
    mail_server.busy = True
    sent(database, channels)
    assert row_of(database, letter_id).due_at is None
    mail_server.busy = False
    with database.transaction() as session:
        assert letters.try_again(session, letter_id, now())
    assert sent(database, channels) == 1


def test_the_password_is_nowhere_to_be_read(
    config: HubConfig,
    database: Database,
    letter: Callable[..., str],
    mail_server: MailServer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Not in the settings as printed, not in the log, not on the page: even if the server says it back."""
    mail_server.login = ("stadt", "another one")
    settings = of_mail(config, mail_server.port, alarm_mail_user="stadt", alarm_mail_password=PASSWORD)
    channels = channels_of(settings)
    letter_id = letter("mail")
    with caplog.at_level(logging.DEBUG):
        assert sent(database, channels) == 0
    failure = row_of(database, letter_id).failure
    assert "535" in failure
    assert PASSWORD not in f"{settings} {channels} {caplog.text} {failure}"


def test_a_password_that_mail_cannot_carry_is_a_failure_like_others(
    config: HubConfig, database: Database, letter: Callable[..., str], mail_server: MailServer
) -> None:
    """Its letters are not lost: the page says that they do not arrive, and nothing of the password."""
    channels = channels_of(of_mail(config, mail_server.port, alarm_mail_user="stadt", alarm_mail_password="Schlüssel"))
    letter_id = letter("mail")
    assert sent(database, channels) == 0
    assert row_of(database, letter_id).failure == "UnicodeEncodeError"


def test_a_host_that_cannot_be_is_a_failure_like_others(
    config: HubConfig, database: Database, letter: Callable[..., str]
) -> None:
    """A name with an empty part between its dots."""
    channels = channels_of(replace(of_web(config, 80), alarm_webhook_url="http://hook..example.org/"))
    letter_id = letter("webhook")
    assert sent(database, channels) == 0
    assert row_of(database, letter_id).failure == "UnicodeError"


def test_even_what_nobody_foresaw_is_not_tried_forever(database: Database, letter: Callable[..., str]) -> None:
    """The try that ends in an exception is noted before it begins."""
    letter_id = letter("mail", now() - timedelta(days=4))

    class Broken:
        name = target = "mail"

        def send(self, _letter: letters.Letter) -> None:
            raise KeyError(name)

    name = "nobody foresaw this"
    with pytest.raises(KeyError):
        sent(database, {"mail": Broken()})
    assert (row_of(database, letter_id).due_at, sent(database, {"mail": Broken()}, timedelta(days=9))) == (None, 0)


def test_letters_of_a_channel_that_was_closed_are_forgotten(database: Database, letter: Callable[..., str]) -> None:
    """Nobody gets them years later, when the channel is opened again."""
    old, new = letter("webhook", now() - timedelta(days=91)), letter("webhook")
    with database.transaction() as session:
        forget_old(session, now())
        assert list(session.scalars(select(AlarmLetter.id))) == [new], old


def test_one_wrong_address_does_not_keep_the_others_from_knowing(
    config: HubConfig, database: Database, letter: Callable[..., str], mail_server: MailServer
) -> None:
    """All addresses refused is a failure; one of two is not, or the other would get it again and again."""
    channels = channels_of(of_mail(config, mail_server.port))
    mail_server.refused = {"amt@example.org"}
    letter("mail")
    assert sent(database, channels) == 1
    mail_server.refused = {"amt@example.org", "netz@example.org"}
    letter("mail")
    assert sent(database, channels) == 0
    assert mail_server.receivers == [["netz@example.org"]]


def test_a_webhook_is_signed(
    config: HubConfig, database: Database, letter: Callable[..., str], web_server: WebServer
) -> None:
    """The receiver computes the same from the body and the secret, and knows a letter by its number."""
    letter_id = letter("webhook")
    assert sent(database, channels_of(of_web(config, web_server.port))) == 1
    path, headers, body = web_server.posted[0]
    assert path == "/hook?key=hidden"
    expected = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    assert headers["X-Stadtherz-Signature"] == f"sha256={expected}"
    said = json.loads(body)
    assert (said["id"], headers["X-Stadtherz-Id"], said["city"]) == (letter_id, letter_id, "duisburg")


@pytest.mark.parametrize("status", [301, 307, 400, 500])
def test_a_webhook_goes_where_the_settings_say_or_nowhere(
    status: int, config: HubConfig, database: Database, letter: Callable[..., str], web_server: WebServer
) -> None:
    """A redirect is not followed, and like every other answer but success it is a failure."""
    web_server.status = status
    letter_id = letter("webhook")
    assert sent(database, channels_of(of_web(config, web_server.port))) == 0
    assert len(web_server.posted) == 1
    assert row_of(database, letter_id).failure == f"HTTP {status}"


def test_the_address_of_a_webhook_is_a_secret(config: HubConfig, web_server: WebServer) -> None:
    """Some services put their key into it; people see the host alone."""
    channels = channels_of(of_web(config, web_server.port))
    assert "hidden" not in f"{channels} {of_web(config, web_server.port)}"
    assert channels["webhook"].target == "127.0.0.1"


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"alarm_mail_host": "mail"}, "alarm_mail_from"),
        ({"alarm_mail_host": "mail", "alarm_mail_from": "a@b.de"}, "alarm_mail_to"),
        (
            {"alarm_mail_host": "mail", "alarm_mail_from": "a@b.de", "alarm_mail_to": "a@b.de\nBcc: c@d.de"},
            "alarm_mail_to",
        ),
        ({"alarm_webhook_url": "http://example.org/"}, "alarm_webhook_http"),
        ({"alarm_webhook_url": "ftp://example.org/"}, "alarm_webhook_url"),
        ({"alarm_webhook_url": "https://example.org:99999/"}, "alarm_webhook_url"),
        ({"alarm_webhook_url": "https://[example.org/"}, "alarm_webhook_url"),
        ({"alarm_webhook_url": "https://:key@example.org/"}, "alarm_webhook_url"),
        ({"alarm_webhook_url": "https://example.org/grüße"}, "alarm_webhook_url"),
        ({"alarm_webhook_url": "https://example.org/ HTTP/1.1\r\nX: y"}, "alarm_webhook_url"),
        ({"alarm_webhook_url": "https://example.org/"}, "alarm_webhook_secret"),
    ],
)
def test_half_a_channel_is_refused_at_the_start(wrong: dict[str, str], named: str, config: HubConfig) -> None:
    """Nobody learns only in an emergency that something is missing."""
    with pytest.raises(ConfigError, match=named):
        channels_of(replace(config, **wrong))


def test_a_network_that_goes_dark_is_one_letter(
    app: Flask, config: HubConfig, database: Database, join: Callable[..., None], web_server: WebServer
) -> None:
    """Sixty houses at once: fifty are named, ten are counted; nothing of it is of a person."""
    app.extensions["stadtherz.alarms.channels"] = channels_of(of_web(config, web_server.port))
    for number in range(60):
        join(f"house-{number:02}", hours_away=30)
    assert len(look().opened) == 60
    assert sent(database, app.extensions["stadtherz.alarms.channels"]) == 1
    said = json.loads(web_server.posted[0][2])
    assert (len(said["alarms"]), said["more"]) == (50, 10)
    assert set(said["alarms"][0]) == {
        *("alarm", "kind", "subject", "name", "occasion", "value", "threshold", "reason", "opened_at", "closed_at"),
        "text",
    }
    assert "Keine Verbindung seit: 30 Stunden" in said["alarms"][0]["text"]
