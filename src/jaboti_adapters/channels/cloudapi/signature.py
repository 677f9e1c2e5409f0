"""Proof that Meta speaks: the signature of a webhook, and the handshake that sets one up."""

import hmac
import re
from collections.abc import Iterable, Mapping

from jaboti_domain.integration.errors import BadSignature
from jaboti_domain.integration.messaging import Headers
from jaboti_domain.integration.model import Secret

HEADER = "x-hub-signature-256"
_SHAPE = re.compile(r"sha256=[0-9a-f]{64}")


def verify_signature(secret: Secret, headers: Headers, body: bytes) -> None:
    """Check that whoever has the app's secret signed exactly these bytes. Raises BadSignature."""
    verify_any([secret], headers, body)


def verify_any(secrets: Iterable[Secret], headers: Headers, body: bytes) -> None:
    """Check that whoever has one of the secrets signed exactly these bytes. Raises BadSignature.

    A header that is missing or written otherwise than Meta writes it is refused, as is an empty secret. The time it
    takes tells nothing about the signature, nor which of the secrets it was.
    """
    given = headers.get(HEADER, "")
    if not _SHAPE.fullmatch(given):
        raise BadSignature
    verdicts = [hmac.compare_digest(_signed(secret, body), given.encode()) for secret in secrets if secret]
    if not any(verdicts):
        raise BadSignature


def _signed(secret: Secret, body: bytes) -> bytes:
    return b"sha256=" + hmac.new(secret.reveal().encode(), body, "sha256").hexdigest().encode()


def challenge(params: Mapping[str, str], verify_token: Secret) -> str | None:
    """What to answer Meta's handshake with, as plain text; None when it doesn't know the token."""
    given = params.get("hub.verify_token", "").encode("utf-8", "surrogatepass")
    known = hmac.compare_digest(verify_token.reveal().encode(), given) and bool(verify_token)
    return params.get("hub.challenge") if known and params.get("hub.mode") == "subscribe" else None
