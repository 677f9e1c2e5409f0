"""WhatsApp by Meta's CloudAPI."""

from jaboti_adapters.channels.cloudapi.channel import CloudApiChannel
from jaboti_adapters.channels.cloudapi.signature import challenge, verify_signature

__all__ = ["CloudApiChannel", "challenge", "verify_signature"]
