"""What EvolutionAPI's webhooks say: split into items that can be journalled, and each item read by itself."""

from jaboti_adapters.channels.evolutionapi.inbound.reading import read
from jaboti_adapters.channels.evolutionapi.inbound.splitting import items_of, split

__all__ = ["items_of", "read", "split"]
