"""Proof that the server that we set up speaks: EvolutionAPI signs nothing, but sends a header that we gave it."""

import hmac
from collections.abc import Mapping

from jaboti_domain.integration.errors import BadSignature
from jaboti_domain.integration.messaging import Headers
from jaboti_domain.integration.model import Integration, Secret

HEADER = "authorization"
_KNOWING = ("webhook_secret", "previous_webhook_secret")


def header(integration: Integration) -> Mapping[str, str]:
    """The header to be sent with each webhook. Raises MissingSetting."""
    return {HEADER: _bearer(integration.credential("webhook_secret"))}


def verify_secret(integration: Integration, headers: Headers) -> None:
    """Check that the sender knows the integration's secret, or the one before. Raises BadSignature.

    An empty secret is nobody's. The time it takes tells neither how much was right, nor which of them it was.
    """
    given = headers.get(HEADER, "").encode("utf-8", "surrogatepass")
    known = [integration.credentials[name] for name in _KNOWING if integration.credentials.get(name)]
    verdicts = [hmac.compare_digest(_bearer(secret).encode("utf-8", "surrogatepass"), given) for secret in known]
    if not any(verdicts):
        raise BadSignature


def _bearer(secret: Secret) -> str:
    return f"Bearer {secret.reveal()}"
