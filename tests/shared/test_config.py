"""What is printed of settings, and what never is."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from shared.config import load, setting
from shared.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class Post:
    """Settings with a secret."""

    host: str = setting("The server", "mail")
    password: str = setting("The password", "", lambda word: len(word) > 3, secret=True)


@pytest.mark.parametrize("wrong", ["password = 4711", 'password = "471"'])
def test_a_refused_secret_is_not_repeated(wrong: str, tmp_path: Path) -> None:
    """The line that refuses it may land in a log."""
    file = tmp_path / "post.toml"
    file.write_text(wrong, encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load(Post, file, {}, "POST")
    assert "password" in str(refused.value)
    assert "471" not in str(refused.value)


def test_settings_are_printed_without_their_secrets() -> None:
    """Whoever prints them by accident prints no password."""
    post = load(Post, None, {"POST_PASSWORD": "geheim"}, "POST")
    assert post.password == "geheim"
    assert "geheim" not in repr(post)
    assert "mail" in repr(post)
