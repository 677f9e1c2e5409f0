"""The vault."""

import pytest

from jaboti_adapters.security.vault import AesVault
from jaboti_domain.integration.model import Secret
from jaboti_domain.kernel.errors import Unavailable
from jaboti_domain.kernel.ids import CompanyId, new_id

VAULT = AesVault({"2026": b"n" * 32, "2025": b"o" * 32})
COMPANY = CompanyId(new_id())
TOKEN = Secret("EAAG-planted-secret-value")


def test_what_is_sealed_opens_in_its_place() -> None:
    sealed = VAULT.seal(TOKEN, company_id=COMPANY, place="integration/1/access_token")
    assert VAULT.open(sealed, company_id=COMPANY, place="integration/1/access_token") == TOKEN
    assert b"planted" not in sealed


@pytest.mark.parametrize(
    ("company_id", "place"),
    [(CompanyId(new_id()), "integration/1/access_token"), (COMPANY, "integration/1/app_secret")],
)
def test_it_opens_nowhere_else(company_id: CompanyId, place: str) -> None:
    sealed = VAULT.seal(TOKEN, company_id=COMPANY, place="integration/1/access_token")
    with pytest.raises(Unavailable):
        VAULT.open(sealed, company_id=company_id, place=place)


def test_an_older_key_still_opens_what_it_sealed() -> None:
    sealed = AesVault({"2025": b"o" * 32}).seal(TOKEN, company_id=COMPANY, place="x")
    assert VAULT.open(sealed, company_id=COMPANY, place="x") == TOKEN


def test_without_its_key_it_stays_closed() -> None:
    sealed = VAULT.seal(TOKEN, company_id=COMPANY, place="x")
    with pytest.raises(Unavailable):
        AesVault({"2025": b"o" * 32}).open(sealed, company_id=COMPANY, place="x")


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01\xff", b"\x01\x04\xff\xff\xff\xff" + b"x" * 200])
def test_rubbish_does_not_open(sealed: bytes) -> None:
    with pytest.raises(Unavailable):
        VAULT.open(sealed, company_id=COMPANY, place="x")


@pytest.mark.parametrize("keys", [{}, {"one": b"x" * 31}, {"one": b"x" * 33}])
def test_keys_of_another_size_are_refused(keys: dict[str, bytes]) -> None:
    with pytest.raises(ValueError, match="256 bits"):
        AesVault(keys)


def test_two_sealings_of_the_same_secret_differ() -> None:
    assert VAULT.seal(TOKEN, company_id=COMPANY, place="x") != VAULT.seal(TOKEN, company_id=COMPANY, place="x")
