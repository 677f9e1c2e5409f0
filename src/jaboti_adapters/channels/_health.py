"""What a platform is found to be when it is asked whether our credentials work."""

import time

from jaboti_domain.integration.errors import MendSettings, SendingFailed
from jaboti_domain.integration.ports.channels import Health


def unwell(failure: SendingFailed, began: float) -> Health:
    """The platform refused, or could not be asked; `began` is of the monotonic clock."""
    said = f"{failure.error_code}: {failure.title}"
    trouble = said if isinstance(failure, MendSettings) else None
    return Health(ok=False, detail=said, latency_ms=milliseconds_since(began), trouble=trouble)


def milliseconds_since(began: float) -> int:
    """How long it took."""
    return round((time.monotonic() - began) * 1000)
