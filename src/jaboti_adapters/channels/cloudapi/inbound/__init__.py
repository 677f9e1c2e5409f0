"""What Meta's webhooks say: split into items that can be journalled, and each item read by itself."""

from jaboti_adapters.channels.cloudapi.inbound.reading import read
from jaboti_adapters.channels.cloudapi.inbound.splitting import split

__all__ = ["read", "split"]
