"""WhatsApp by EvolutionAPI."""

from jaboti_adapters.channels.evolutionapi.channel import EvolutionApiChannel

__all__ = ["EvolutionApiChannel"]
