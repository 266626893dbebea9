"""What a connection wears: user and password, and TLS that checks who it speaks to.

Rule: with TLS the broker's certificate must be signed by the named authority (or one of the system's), be
valid today and name the address that was called. There is no setting that leaves any of it out.
Rule: where there is a password, client ids cannot be guessed. A broker ends the connection of whoever has an id
as soon as another one signs in with it; so a centre that knew its neighbour's could cut it off.
"""

import ssl

from shared import broker_users
from shared.mqtt.client import Client
from shared.mqtt.words import Broker

_SAID = {  # OpenSSL's X509_V_ERR_…
    9: "the broker's certificate is not valid yet: is this machine's clock right?",
    10: "the broker's certificate has expired: renew it at the broker",
    18: "the broker's certificate is signed by itself: name its authority in broker_ca_file",
    19: "the broker's certificate is of an authority that is not trusted here: name it in broker_ca_file",
    20: "the broker's certificate is of an authority that is not trusted here: name it in broker_ca_file",
    21: "the broker's certificate is of an authority that is not trusted here: name it in broker_ca_file",
    62: "the broker's certificate is for another name: broker_host must be one that it names",
    64: "the broker's certificate is for another address: broker_host must be one that it names",
}


class _Tidy(ssl.SSLSocket):
    """Closes itself when the handshake fails; paho leaves that to chance."""

    def do_handshake(self, block: bool = False) -> None:
        try:
            super().do_handshake(block)
        except OSError:
            self.close()
            raise


def dress(client: Client, broker: Broker) -> None:
    """Give `client` the credentials and the TLS of `broker`; OSError if the authority's file cannot be read."""
    if broker.user is not None:
        client.username_pw_set(broker.user, broker.password)
    if broker.tls:
        client.tls_set_context(context_of(broker.ca_file))


def own_id(name: str, broker: Broker) -> str:
    """Return the client id of the connection called `name`: with 96 bits that only who has the password can tell."""
    if not broker.password:
        return name
    return f"{name}-{broker_users.derived(broker.password.encode(), 'client id', name)[:16]}"


def context_of(ca_file: str | None) -> ssl.SSLContext:
    """Return what a connection to the broker is checked by; None for `ca_file` means the system's authorities."""
    try:
        context = ssl.create_default_context(cafile=ca_file)
    except ssl.SSLError as error:
        raise ValueError(f"{ca_file} is no certificate (broker_ca_file)") from error
    except OSError as error:
        raise OSError(f"{ca_file} cannot be read (broker_ca_file): {error.strerror}") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.sslsocket_class = _Tidy
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED
    return context


def why(error: Exception) -> str:
    """Say why a connection did not come about, so that whoever looks after the machine knows what to do."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _SAID.get(error.verify_code, f"the broker's certificate is refused: {error.verify_message}")
    if isinstance(error, ssl.SSLError):
        return f"no TLS with the broker ({error.reason or error}): is this the port for TLS?"
    if isinstance(error, ConnectionRefusedError):
        return "refused: nobody listens at the broker's address"
    return str(error) or type(error).__name__
