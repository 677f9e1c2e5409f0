"""How an integration reaches the Graph API."""

import re
from collections.abc import Mapping
from typing import Self

import httpx
from attrs import frozen

from jaboti_domain.integration.errors import MendSettings
from jaboti_domain.integration.model import Integration, Secret

_META = re.compile(r"([a-z0-9-]+\.)*(fbsbx\.com|fbcdn\.net|facebook\.com|whatsapp\.(net|com))")


@frozen
class Access:
    """The API's address with its version, and the token that opens it."""

    base: str
    token: Secret

    @classmethod
    def of(cls, integration: Integration) -> Self:
        """The integration's. Raises MendSettings when it lacks one of them."""
        base, token = integration.settings.get("base_url"), integration.credentials.get("access_token", Secret(""))
        if not (base and token):
            raise MendSettings(error_code="missing_setting", title="base_url and access_token are needed")
        return cls(base.rstrip("/"), token)

    @property
    def bearer(self) -> Mapping[str, str]:
        """The header that shows the token."""
        return {"authorization": f"Bearer {self.token.reveal()}"}

    def may_show(self, url: str) -> bool:
        """Whether the token may be shown there: to Meta by https, and to the host that the integration is set to."""
        try:
            there, home = httpx.URL(url), httpx.URL(self.base)
        except (httpx.InvalidURL, UnicodeError):
            return False
        if (there.scheme, there.host, there.port) == (home.scheme, home.host, home.port):
            return True
        return there.scheme == "https" and _META.fullmatch(there.host) is not None
