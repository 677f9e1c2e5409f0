"""Messages of clients, and those that our side wrote: on the phone itself, or through the server."""

from collections.abc import Mapping

from jaboti_adapters.channels._json import Node
from jaboti_adapters.channels.evolutionapi.inbound.contents import content_of, context_of, type_of, unwrapped
from jaboti_adapters.channels.evolutionapi.inbound.item import Item
from jaboti_adapters.channels.evolutionapi.inbound.shapes import moment
from jaboti_adapters.channels.evolutionapi.jids import is_same_line
from jaboti_domain.integration.content import Unknown
from jaboti_domain.integration.messaging import Edit, Ignored, Inbound, Peer, Revoke, Unreadable, Update

_SILENT: Mapping[str, str] = {
    "albumMessage": "an album's cover: its pictures come by themselves",
    "senderKeyDistributionMessage": "keys of a group",
}
_EDITS, _REVOKES = ("MESSAGE_EDIT", "14"), ("REVOKE", "0", "")
"""What a protocol message may call itself, by name or by number; 0 is left out by some."""
_OF_AD = ("title", "body", "sourceUrl", "sourceId", "sourceType", "sourceApp", "ctwaClid", "mediaUrl")


def read_message(item: Item, peer: Peer) -> Update:
    """A message, or what stands among messages and changes one."""
    if item.is_from_me and is_same_line(item.key["remoteJid"].text, item.own.text):
        return Ignored(reason="a note of ours to ourselves")
    said = unwrapped(item.body["message"])
    if said["protocolMessage"].record:
        protocol = said["protocolMessage"]
        return changed_by(protocol, protocol["key"]["id"].text or item.id, peer, from_me=item.is_from_me)
    silent = _SILENT.get(type_of(item.body, said))
    return Ignored(reason=silent) if silent else _inbound(item, peer)


def read_protocol(item: Item, peer: Peer) -> Update:
    """New words for a message, or its end; the event is named after the first, and tells of both and of more."""
    return changed_by(item.body, item.id, peer, from_me=item.is_from_me)


def is_edit(protocol: Node) -> bool:
    """Whether a protocol message has new words for another."""
    return protocol["type"].text in _EDITS or bool(protocol["editedMessage"].record)


def is_revoke(protocol: Node) -> bool:
    """Whether a protocol message takes another back."""
    return protocol["type"].text in _REVOKES and not is_edit(protocol)


def changed_by(protocol: Node, target: str, peer: Peer, *, from_me: bool) -> Update:
    """What a protocol message does to the message `target`, under whose id it is known itself."""
    if is_edit(protocol):
        content = content_of(Node({"message": protocol["editedMessage"].value}), target)
        if isinstance(content, Unknown):
            return Unreadable(reason="the new words can't be read")
        at = moment(protocol["timestampMs"])
        return Edit(provider_id=target, target=target, peer=peer, content=content, at=at, from_phone=from_me)
    if is_revoke(protocol):
        return Revoke(provider_id=target, target=target, peer=peer, at=moment(protocol["timestampMs"]))
    return Ignored(reason="a protocol message that changes no message")


def _inbound(item: Item, peer: Peer) -> Inbound:
    context = context_of(item.body)
    advert = {name: context["externalAdReply"][name].text for name in _OF_AD}
    referral = {name: text for name, text in advert.items() if text}
    return Inbound(
        provider_id=item.id,
        peer=peer,
        content=content_of(item.body, item.id),
        at=moment(item.body["messageTimestamp"]),
        reply_to=context["stanzaId"].text or None,
        forwarded=context["isForwarded"].is_true,
        entry_point=bool(advert["ctwaClid"]) or advert["sourceType"] == "ad",
        from_phone=item.is_from_me,
        metadata={"referral": referral} if referral else {},
    )
