"""Which addresses that people typed may be called."""

import pytest

from jaboti_adapters.channels._reach import Reach
from jaboti_domain.integration.errors import MendSettings

ALLOWING = Reach(frozenset({"evolution-api", "127.0.0.1", "::1"}))


@pytest.mark.parametrize("url", ["https://evolution.example", "https://evolution.example:8443/x", "https://8.8.8.8"])
def test_public_addresses_are_called_by_https(url: str) -> None:
    Reach().check(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://evolution.example",
        "ftp://evolution.example",
        "evolution.example",
        "",
        "https://",
        "https://localhost",
        "https://a.localhost",
        "https://router.local",
        "https://db.internal",
        "https://evolution-api:8080",
        "https://127.0.0.1",
        "https://10.0.0.8",
        "https://169.254.169.254/latest",
        "https://[::1]",
        "https://[fd00::1]",
        "https://2130706433",
        "https://127.1",
        "https://0x7f.1",
        "https://evolution.example.",
        "https://user:pass@evolution.example",
        "http://\x00",
    ],
)
def test_nothing_else_is(url: str) -> None:
    with pytest.raises(MendSettings):
        Reach().check(url)


@pytest.mark.parametrize(
    "url", ["http://evolution-api:8080", "http://127.0.0.1:8080", "https://127.0.0.1", "http://[::1]"]
)
def test_a_host_that_the_operator_names_may_be_private_and_without_tls(url: str) -> None:
    ALLOWING.check(url)


@pytest.mark.parametrize("url", ["http://evolution-api.example", "http://127.0.0.2", "ftp://127.0.0.1"])
def test_naming_one_host_allows_no_other(url: str) -> None:
    with pytest.raises(MendSettings):
        ALLOWING.check(url)


def test_a_host_may_be_named_with_its_port() -> None:
    reach = Reach(frozenset({"evolution-api:8080", "plain.example:80"}))
    reach.check("http://evolution-api:8080/x")
    reach.check("http://plain.example")
    for other in ("http://evolution-api:8081", "http://plain.example:8080", "https://evolution-api"):
        with pytest.raises(MendSettings):
            reach.check(other)
