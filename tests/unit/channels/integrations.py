"""An integration to try channels with."""

from jaboti_domain.integration.messaging import Platform
from jaboti_domain.integration.model import Integration, Secret
from jaboti_domain.kernel.ids import CompanyId, IntegrationId, new_id
from tests.unit.channels.payloads import NUMBER, WABA

TOKEN = "EAAB-token-of-marinas-shop"


def integration(base_url: str = "", *, account: str = NUMBER, **credentials: str) -> Integration:
    """A shop's number on the CloudAPI, with just these credentials."""
    return Integration(
        id=IntegrationId(new_id()),
        company_id=CompanyId(new_id()),
        platform=Platform.CLOUD_API,
        account=account,
        name="Loja",
        settings={"base_url": base_url, "waba_id": WABA},
        credentials={name: Secret(value) for name, value in credentials.items()},
    )
