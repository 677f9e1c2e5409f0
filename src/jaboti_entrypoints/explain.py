"""What a webhook's body would do, item by item, without touching anything."""

from typing import Any

from jaboti_domain.client.identity import identities_of
from jaboti_domain.integration.content import Reaction, content_record
from jaboti_domain.integration.errors import UnreadableWebhook
from jaboti_domain.integration.messaging import (
    Edit,
    Ignored,
    Inbound,
    Notice,
    NumberChange,
    Peer,
    Preference,
    Receipt,
    Revoke,
    Unreadable,
    Update,
    WebhookItem,
)
from jaboti_domain.integration.ports.channels import MessagingChannel
from jaboti_domain.integration.ports.journal import Outcome

Told = dict[str, Any]


def explain(channel: MessagingChannel, body: bytes) -> list[Told]:
    """One entry per item, in order; a body that can't be read at all is one dead letter."""
    try:
        items = channel.split(body)
    except UnreadableWebhook as error:
        return [{"outcome": Outcome.DEAD, "reason": f"the whole body: {error}"}]
    seen: set[str] = set()
    return [_explained(item, channel.read(item.raw), seen) for item in items]


def _explained(item: WebhookItem, update: Update, seen: set[str]) -> Told:
    where: Told = {"account": item.account, "owner": item.owner, "key": item.event_key, "lane": item.lane}
    if item.event_key in seen:
        return {"outcome": Outcome.DUPLICATE, "reason": "it stands twice in this body", **where}
    seen.add(item.event_key)
    return {**_effect(update), **where}


def _effect(update: Update) -> Told:
    match update:
        case Inbound(content=Reaction(target=target, emoji=emoji)):
            return _applied("a reaction", update.peer, target=target, emoji=emoji)
        case Inbound():
            does = "a message typed on the company's phone" if update.from_phone else "a message of the client"
            return _applied(
                does, update.peer, id=update.provider_id, content=content_record(update.content), at=update.at
            ) | ({"replyTo": update.reply_to} if update.reply_to else {})
        case Edit():
            return _applied("new words for a message", update.peer, target=update.target, content=update.content.text)
        case Revoke():
            return _applied("a message is taken back", update.peer, target=update.target)
        case Receipt():
            return _applied(
                f"a message of ours was {update.status}",
                update.peer,
                id=update.provider_id,
                callback=update.callback,
                error=update.error_code,
            )
        case NumberChange():
            return _applied("a client has another number", update.new, was=_names(update.old))
        case Preference():
            return _applied("a client says whether they want marketing", update.peer, wants=update.wants_marketing)
        case Notice():
            session = {"session": update.connection} if update.connection else {}
            return {"outcome": Outcome.APPLIED, "does": "news about the account", "topic": update.topic, **session}
        case Ignored(reason=reason):
            return {"outcome": Outcome.IGNORED, "reason": reason}
        case Unreadable(reason=reason):
            return {"outcome": Outcome.DEAD, "reason": reason}


def _applied(does: str, peer: Peer | None, **rest: object) -> Told:
    return {
        "outcome": Outcome.APPLIED,
        "does": does,
        "client": _names(peer) if peer else None,
        **{name: value for name, value in rest.items() if value is not None},
    }


def _names(peer: Peer) -> Told:
    names = identities_of(phone=peer.phone, cloud_user_id=peer.cloud_user_id, lid=peer.lid)
    known: Told = {name.kind.lower(): name.address for name in names}
    return known | ({"name": peer.name} if peer.name else {})
