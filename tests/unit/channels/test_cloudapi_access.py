"""To whom a token is shown: to Meta, and to the very host that the integration is set to."""

import pytest

from jaboti_adapters.channels.cloudapi.access import Access
from jaboti_domain.integration.model import Secret

BASE = "https://graph.example:8443/v25.0"


@pytest.mark.parametrize(
    "url",
    [
        "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1",
        "https://fbsbx.com/x",
        "https://LOOKASIDE.FBSBX.COM/x",
        "https://scontent.fbcdn.net/x",
        "https://graph.facebook.com/x",
        "https://mmg.whatsapp.net/x",
        "https://graph.example:8443/files/1",
    ],
)
def test_it_is_shown_to_meta_and_at_home(url: str) -> None:
    assert Access(BASE, Secret("t")).may_show(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://lookaside.fbsbx.com/x",
        "https://evilfbsbx.com/x",
        "https://fbsbx.com.evil.example/x",
        "https://fbsbx.com@evil.example/x",
        "https://evil.example/fbsbx.com",
        "https://evil.example#.fbsbx.com",
        "https://evil.example?.fbsbx.com",
        "https://evil.example\\.fbsbx.com/",
        "https://fbsbx.com./x",
        "http://graph.example:8443/x",
        "https://graph.example/x",
        "https://files.graph.example:8443/x",
        "//lookaside.fbsbx.com/x",
        "lookaside.fbsbx.com",
        "https://[::1",
        "",
    ],
)
def test_it_is_shown_to_nobody_else(url: str) -> None:
    assert not Access(BASE, Secret("t")).may_show(url)
