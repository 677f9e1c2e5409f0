"""News about an account, its templates and calls, and what clients decided beside any chat."""

from collections.abc import Iterable

from jaboti_adapters.channels._json import Node
from jaboti_adapters.channels.cloudapi.errors import complaint
from jaboti_adapters.channels.cloudapi.inbound.item import Item
from jaboti_adapters.channels.cloudapi.inbound.splitting import event_key
from jaboti_adapters.channels.cloudapi.peers import peer_named
from jaboti_domain.integration.messaging import Ignored, Notice, NumberChange, Preference, Unreadable, Update

LONGEST_SUMMARY = 500
_TELLING = (
    "event",
    "decision",
    "message_template_name",
    "message_template_language",
    "previous_category",
    "new_category",
    "previous_quality_score",
    "new_quality_score",
    "current_limit",
    "max_daily_conversations_per_business",
    "requested_verified_name",
    "configuration_name",
    "solution_status",
    "status",
    "country",
    "reason",
)
"""What of a value goes into its summary; nobody's phone or name is among it."""
_MARKETING = "marketing_messages"
_WISHES = {"stop": False, "resume": True}
_ALERTING = ("alert_severity", "alert_type", "alert_description")


def read_change(item: Item) -> Update:
    """A change without lists: about the account, or of a field that came after us."""
    if item.field.text == "messages":
        return Ignored(reason="nothing is in it")
    summary = _summary([*_told(item.body, _TELLING), *_told(item.body["alert_info"], _ALERTING)])
    return Notice(topic=item.field.text or "unnamed", summary=summary, at=item.time.moment, about_account=True)


def read_call(item: Item) -> Update:
    """A step of a call."""
    summary = _summary(_told(item.body, ("event", "status", "direction")))
    return Notice(topic="calls", summary=summary, at=item.body["timestamp"].moment)


def read_error(item: Item) -> Update:
    """Trouble that belongs to no single message."""
    return Notice(topic="errors", summary=_summary([str(complaint(item.body))]), at=item.time.moment)


def read_preference(item: Item) -> Update:
    """A client's wish about marketing."""
    wish = _WISHES.get(item.body["value"].text)
    if item.peer is not None and wish is not None and item.body["category"].text == _MARKETING:
        return Preference(peer=item.peer, wants_marketing=wish, at=item.body["timestamp"].moment)
    summary = _summary(_told(item.body, ("value", "category")))
    return Notice(topic="user_preferences", summary=summary, at=item.body["timestamp"].moment)


def read_user_id_update(item: Item) -> Update:
    """A client's user id was replaced by another."""
    ids = item.body["user_id"]
    old, new = peer_named([], [ids["previous"].text]), peer_named([item.body["wa_id"].text], [ids["current"].text])
    if old is None or new is None or new.cloud_user_id in (None, old.cloud_user_id):
        return Unreadable(reason="it doesn't say which user id was replaced by which")
    return NumberChange(provider_id=event_key(item), old=old, new=new, at=item.body["timestamp"].moment)


def _told(body: Node, names: Iterable[str]) -> list[str]:
    return [f"{name}: {told}" for name in names if (told := body[name].text)]


def _summary(words: Iterable[str]) -> str:
    return ", ".join(words)[:LONGEST_SUMMARY]
