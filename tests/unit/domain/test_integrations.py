"""Configuring an account: what replaces, what stays, what is refused."""

from datetime import UTC, datetime
from typing import Any

import pytest

from jaboti_adapters.contracts.builders import an_integration
from jaboti_domain.integration.addresses import must_be_safe
from jaboti_domain.integration.errors import MissingSetting, StaleHint, UnknownSetting, UnsafeAddress
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.integration.model import Configuration, Integration, IntegrationStatus, Secret
from jaboti_domain.kernel.ids import CompanyId, new_id

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SETTINGS = {"base_url": "https://channel.example", "waba_id": "77"}


@pytest.fixture
def line() -> Integration:
    integration = an_integration(CompanyId(new_id()), platform=Platform.CLOUD_API, owner="77")
    integration.version = 1
    integration.collect()
    return integration


def wanted(**changes: Any) -> Configuration:
    return Configuration(**{"name": "Atendimento", "settings": SETTINGS, **changes})


def test_credentials_that_are_left_out_or_given_as_their_hints_stay(line: Integration) -> None:
    before = dict(line.credentials)
    line.configure(wanted(credentials={"access_token": before["access_token"].hint()}), at=NOON)
    assert line.credentials == before
    assert not line.has_news


def test_a_new_credential_ends_the_trouble(line: Integration) -> None:
    line.report("190: expired", at=NOON)
    line.configure(wanted(credentials={"access_token": "another-token"}), at=NOON)
    assert (line.credentials["access_token"].reveal(), line.trouble) == ("another-token", None)


def test_another_name_does_not_end_the_trouble(line: Integration) -> None:
    line.report("190: expired", at=NOON)
    line.configure(wanted(name="Loja", status=IntegrationStatus.INACTIVE), at=NOON)
    assert (line.name, line.status, line.trouble) == ("Loja", "INACTIVE", "190: expired")


def test_an_optional_credential_is_taken_away_and_a_needed_one_is_not(line: Integration) -> None:
    line.configure(wanted(credentials={"previous_app_secret": "the-old-one"}), at=NOON)
    line.configure(wanted(credentials={"previous_app_secret": None}), at=NOON)
    assert "previous_app_secret" not in line.credentials
    with pytest.raises(MissingSetting) as refused:
        line.configure(wanted(settings={}, credentials={"app_secret": None}), at=NOON)
    assert refused.value.details["fields"] == ("settings/waba_id", "settings/base_url", "credentials/app_secret")


@pytest.mark.parametrize("hint", ["••••", "••••9999", "•••• and more"])
def test_a_hint_of_something_else_is_no_credential(line: Integration, hint: str) -> None:
    with pytest.raises(StaleHint) as refused:
        line.configure(wanted(credentials={"access_token": hint}), at=NOON)
    assert refused.value.details["fields"] == ("credentials/access_token",)


def test_a_refused_configuration_changes_nothing(line: Integration) -> None:
    before = (line.facts, dict(line.credentials))
    with pytest.raises(UnknownSetting) as refused:
        line.configure(wanted(name="Loja", settings={**SETTINGS, "speed": "9"}, credentials={"pin": "1"}), at=NOON)
    assert refused.value.details["fields"] == ("settings/speed", "credentials/pin")
    assert (line.facts, dict(line.credentials)) == before


def test_what_is_removed_forgets_its_secrets(line: Integration) -> None:
    line.remove(at=NOON)
    assert (line.status, line.removed_at, line.credentials) == ("INACTIVE", NOON, {})


def test_what_the_platform_says_is_noted(line: Integration) -> None:
    line.examined(well=False, trouble="190: expired", quality=None, at=NOON)
    line.examined(well=False, trouble=None, quality=None, at=NOON)
    assert (line.trouble, line.quality) == ("190: expired", None)
    line.examined(well=True, trouble=None, quality="GREEN", at=NOON)
    assert [line.trouble, line.quality] == [None, "GREEN"]


def test_facts_hold_no_secret(line: Integration) -> None:
    told = repr(line.facts)
    assert not any(secret.reveal() in told for secret in line.credentials.values())
    assert Secret("x").reveal() not in repr(Configuration(name="y", credentials={"access_token": "x"}))


@pytest.mark.parametrize(
    "url",
    [
        "http://graph.facebook.com",
        "https://",
        "https:graph.facebook.com",
        "ftp://graph.facebook.com",
        "file:///etc/passwd",
        "https://user@graph.facebook.com",
        "https://graph.facebook.com?x=1",
        "https://graph.facebook.com#x",
        "https://graph.facebook.com:99999",
        "https://graph face.com",
        "https://graph.facebook.com\\@evil.example",
        "https://gráph.example",
        "javascript:alert(1)",
        "memory:",
    ],
)
def test_an_address_that_is_not_plain_https_is_refused(url: str) -> None:
    with pytest.raises(UnsafeAddress):
        must_be_safe(url, allowed_hosts=())


@pytest.mark.parametrize("url", ["https://graph.facebook.com/v25.0", "https://x.example:8443/a/b/"])
def test_plain_https_is_safe(url: str) -> None:
    must_be_safe(url, allowed_hosts=())


@pytest.mark.parametrize(("host", "port"), [("evolution.internal", 8080), ("evolution.internal", 80)])
def test_the_operator_allows_hosts_to_be_asked_in_clear(host: str, port: int) -> None:
    url = f"http://{host}:{port}/x"
    must_be_safe(url, allowed_hosts=(host,))
    must_be_safe(url, allowed_hosts=(f"{host}:{port}",))
    with pytest.raises(UnsafeAddress):
        must_be_safe(url, allowed_hosts=("other.internal", f"{host}:1"))
