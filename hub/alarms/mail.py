"""Alarms by e-mail: one plain message to everybody who is named in the settings."""

import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from hub.alarms import wording
from hub.alarms.letters import Letter
from hub.alarms.undelivered import NotDelivered, why
from hub.config import HubConfig
from shared.errors import ConfigError

TIMEOUT_S = 20.0


@dataclass(frozen=True)
class MailChannel:
    """A mail server. `tls` is starttls, tls (from the first byte) or none (on one machine only)."""

    host: str
    port: int
    tls: str
    user: str
    password: str = field(repr=False)
    sender: str
    receivers: tuple[str, ...]
    domain: str
    trusted: ssl.SSLContext | None = field(default=None, repr=False)  # None: whom this system trusts
    name: str = "mail"

    @classmethod
    def of(cls, config: HubConfig) -> "MailChannel | None":
        """Return the channel of the settings, None if they name no server; raise ConfigError for half of one."""
        if not config.alarm_mail_host:
            return None
        receivers = tuple(part.strip() for part in config.alarm_mail_to.split(",") if part.strip())
        if not _is_address(config.alarm_mail_from):
            raise ConfigError("alarm_mail_from: an address is needed, such as stadtherz@example.org.")
        if not receivers or not all(map(_is_address, receivers)):
            raise ConfigError("alarm_mail_to: one or several addresses are needed, with commas between them.")
        return cls(
            config.alarm_mail_host,
            config.alarm_mail_port,
            config.alarm_mail_tls,
            config.alarm_mail_user,
            config.alarm_mail_password,
            config.alarm_mail_from,
            receivers,
            config.city,
        )

    @property
    def target(self) -> str:
        return ", ".join(self.receivers)

    def send(self, letter: Letter) -> None:
        try:
            with self._connected() as server:
                if self.user:
                    server.login(self.user, self.password)
                refused = server.send_message(self.message(letter))
        except (OSError, smtplib.SMTPException, ValueError) as error:  # ValueError: a password beyond ASCII, say
            raise NotDelivered(why(error)) from None  # what the server said may quote what we said
        if len(refused) == len(self.receivers):
            raise NotDelivered("all receivers refused")

    def message(self, letter: Letter) -> EmailMessage:
        """Return what is sent; the same letter has the same number at each try."""
        message = EmailMessage()
        message["Subject"] = wording.subject(letter)
        message["From"], message["To"] = self.sender, ", ".join(self.receivers)
        message["Date"] = format_datetime(letter.written_at)
        message["Message-ID"] = f"<{letter.id}@{self.domain}.stadtherz.invalid>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(wording.body(letter))
        return message

    def _connected(self) -> smtplib.SMTP:
        trusted = self.trusted or ssl.create_default_context()
        if self.tls == "tls":
            return smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_S, context=trusted)
        server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_S)
        if self.tls == "starttls":
            try:
                server.starttls(context=trusted)
            except (OSError, smtplib.SMTPException):
                server.close()
                raise
        return server


def _is_address(text: str) -> bool:
    name, address = parseaddr(text)
    return "@" in address and not any(sign in text for sign in "\r\n\0") and bool(name or address)
