"""Settings."""

import base64
import stat
from pathlib import Path

import pytest
from pydantic import ValidationError

from jaboti_entrypoints.settings import Settings

KEY = base64.b64encode(b"k" * 32).decode()


def test_a_database_needs_keys_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JABOTI_DATABASE_URL", "postgresql://jaboti_app@db/jaboti")
    with pytest.raises(ValidationError, match="JABOTI_TOKEN_KEYS"):
        Settings()


def test_keys_are_read_in_order_and_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JABOTI_TOKEN_KEYS", f"new:{KEY}, old:{KEY}")
    assert list(Settings().token_keys) == ["new", "old"]


@pytest.mark.parametrize("ring", ["one", "one:!", "one:" + base64.b64encode(b"k" * 31).decode()])
def test_keys_that_are_none_or_too_short_are_refused(monkeypatch: pytest.MonkeyPatch, ring: str) -> None:
    monkeypatch.setenv("JABOTI_VAULT_KEYS", ring)
    with pytest.raises(ValidationError):
        Settings()


def test_without_a_database_of_its_own_it_keeps_keys_that_only_we_may_read(tmp_path: Path) -> None:
    first, second = (Settings(data_dir=tmp_path).with_keys() for _ in range(2))
    assert first.token_keys == second.token_keys
    assert first.token_keys != first.vault_keys
    assert stat.S_IMODE((tmp_path / "keys.json").stat().st_mode) == 0o600


def test_keys_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JABOTI_TOKEN_KEYS", f"new:{KEY}")
    assert "kkkk" not in repr(Settings())


def test_origins_are_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JABOTI_ALLOWED_ORIGINS", "https://a.example,https://b.example")
    assert Settings().allowed_origins == ("https://a.example", "https://b.example")


def test_hosts_that_may_be_asked_in_clear_are_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JABOTI_ALLOWED_HOSTS", " Evolution.internal:8080, ,10.0.0.7")
    assert Settings().allowed_hosts == ("evolution.internal:8080", "10.0.0.7")
