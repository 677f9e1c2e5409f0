"""A secret is never seen."""

import logging
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaboti_adapters.contracts.builders import an_integration
from jaboti_domain.integration.errors import MissingSetting
from jaboti_domain.integration.model import Secret
from jaboti_domain.kernel.ids import CompanyId, new_id

VALUE = "EAAG-9f8e7d6c5b4a"


def test_no_text_form_shows_it(caplog: pytest.LogCaptureFixture) -> None:
    secret = Secret(VALUE)
    logging.getLogger("test").error("%s %r", secret, secret)
    forms = (str(secret), repr(secret), f"{secret}", f"{secret!r}", str([secret]), str({"a": secret}), caplog.text)
    assert not any(VALUE in form for form in forms)
    assert secret.reveal() == VALUE


def test_an_error_about_it_does_not_show_it() -> None:
    assert VALUE not in "".join(traceback.format_exception(ValueError(Secret(VALUE))))


def test_an_integration_shows_none_of_its_secrets() -> None:
    integration = an_integration(CompanyId(new_id()))
    values = [secret.reveal() for secret in integration.credentials.values()]
    assert values
    assert not any(value in form for value in values for form in (repr(integration), str(integration)))
    assert integration.without_secrets().credentials == {}


@given(st.text(max_size=40))
def test_a_hint_shows_four_characters_of_a_long_secret_and_none_of_a_short_one(value: str) -> None:
    shown = Secret(value).hint().removeprefix("••••")
    assert shown == (value[-4:] if len(value) >= 12 else "")


def test_a_missing_credential_is_named() -> None:
    with pytest.raises(MissingSetting) as missing:
        an_integration(CompanyId(new_id())).credential("access_token")
    assert missing.value.details == {"missing": ["access_token"]}
