"""What a centre is told of the broker, and the secret that its password comes from."""

from dataclasses import replace
from pathlib import Path

import pytest

from hub.config import HubConfig
from hub.core.broker import access_for, grant, withdraw
from hub.core.broker.rights import Issuer
from shared import broker_users
from shared.errors import ConfigError


@pytest.fixture
def config(tmp_path: Path) -> HubConfig:
    """A hub that manages its broker's rights; nobody listens there."""
    return HubConfig(city="duisburg", data_folder=tmp_path, broker_port=1, broker_admin_user="admin")


def test_a_password_is_of_one_city_one_centre_and_one_number(config: HubConfig) -> None:
    """Asked again it is the same; whatever differs makes another one."""
    first = access_for(config, "marxloh", 1)
    assert first == access_for(config, "marxloh", 1)
    others = [
        access_for(config, "marxloh", 2),
        access_for(config, "hochfeld", 1),
        access_for(replace(config, city="essen"), "marxloh", 1),
    ]
    passwords = {first.password, *(other.password for other in others), broker_users.sensor_password(first.password)}
    assert len(passwords) == 5
    assert all(len(password) == 43 for password in passwords)


def test_the_secret_is_made_once_and_for_its_owner_alone(config: HubConfig) -> None:
    """Who may read it could be any centre; a file that others may read is refused with what to do."""
    first = access_for(config, "marxloh", 1)
    file = config.broker_secret_file
    assert file.stat().st_mode & 0o077 == 0
    file.chmod(0o640)
    with pytest.raises(ConfigError, match=f"chmod 600 {file}"):
        access_for(config, "marxloh", 1)
    file.chmod(0o600)
    assert access_for(config, "marxloh", 1) == first


def test_a_broken_secret_is_not_made_anew(config: HubConfig) -> None:
    """Else every centre would lose its access at once, silently."""
    config.broker_secret_file.write_text("{}")
    config.broker_secret_file.chmod(0o600)
    with pytest.raises(ConfigError, match="Restore it from the hub's backup"):
        access_for(config, "marxloh", 1)


def test_without_an_administrator_nothing_is_managed(tmp_path: Path) -> None:
    """No user, no secret, and nobody is called: the embedded broker of the demo knows no rights."""
    config = HubConfig(city="duisburg", data_folder=tmp_path, broker_port=1)
    access = access_for(config, "marxloh", 1)
    assert (access.user, access.password, access.host, access.port) == ("", "", "127.0.0.1", 1)
    grant(config, "marxloh", 1)
    withdraw(config, "marxloh")
    assert not config.broker_secret_file.exists()


def test_centres_may_call_another_address_than_the_hub(config: HubConfig, tmp_path: Path) -> None:
    """And they get the authority's certificate along."""
    authority = tmp_path / "authority.pem"
    authority.write_text("a certificate")
    outside = replace(config, broker_public_host="mqtt.example", broker_public_port=8883, broker_tls=True)
    access = access_for(replace(outside, broker_ca_file=str(authority)), "marxloh", 1)
    assert (access.host, access.port, access.tls, access.ca_pem) == ("mqtt.example", 8883, True, "a certificate")
    with pytest.raises(ConfigError, match="broker_ca_file"):
        access_for(replace(outside, broker_ca_file=str(tmp_path / "none.pem")), "marxloh", 1)


def test_a_password_shows_nowhere(config: HubConfig) -> None:
    """What is printed of an access or a user may land in a log."""
    access = access_for(config, "marxloh", 1)
    users = Issuer(config).of_centre("marxloh", 1)
    assert access.password not in repr(access) + repr(users)
    assert users[0].password == access.password


@pytest.mark.parametrize("name", ["hub", "stadtherz-admin", "grafana", ""])
def test_a_user_of_no_centre_is_none(name: str) -> None:
    """Names of centres' users begin with what they are."""
    assert broker_users.centre_of(name) is None
    assert broker_users.centre_of(broker_users.node_user("hub")) == "hub"
