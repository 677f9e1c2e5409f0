"""The messaging platforms, one package each behind `MessagingChannel`; they share one pool of connections."""

from jaboti_adapters.channels._http import HttpPool

__all__ = ["HttpPool"]
