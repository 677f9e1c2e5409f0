"""From the client to the business: what clients write becomes webhooks."""

from collections.abc import Mapping
from typing import Any

from attrs import frozen
from msgspec import Raw

from jaboti_entrypoints.sandbox.cloudapi import contents
from jaboti_entrypoints.sandbox.cloudapi.contents import Content
from jaboti_entrypoints.sandbox.cloudapi.media import SAMPLES
from jaboti_entrypoints.sandbox.cloudapi.numbers import SandboxNumber
from jaboti_entrypoints.sandbox.cloudapi.payloads import Item, message_item, wire
from jaboti_entrypoints.sandbox.cloudapi.peers import Peer
from jaboti_entrypoints.sandbox.cloudapi.platform import Platform
from jaboti_entrypoints.sandbox.cloudapi.wamid import client_wamid
from jaboti_entrypoints.sandbox.ledger import Inbound


@frozen(kw_only=True)
class Writing:
    """What one client writes to one number: words, or a content of `contents`; now, unless `at` says when."""

    number: str
    peer: Peer
    content: str | Mapping[str, Any]
    at: float | None = None
    reply_to: str | None = None
    wamid: str | None = None


@frozen
class Clients:
    """Everybody who writes to the business."""

    platform: Platform

    def write(self, *writings: Writing) -> list[str]:
        """The ids of the messages, which are on their way; several travel together in one POST.

        LookupError for a number that is not there, ValueError for a content without its own object.
        """
        items = [self._item(writing) for writing in writings]
        if len(items) == 1:
            self.platform.courier.announce(items[0])
        else:
            self.platform.courier.announce_together(items)
        return [item.entry["id"] for item in items]

    def _item(self, writing: Writing) -> Item:
        number = self.platform.numbers.get(writing.number)
        content = self._content(number, writing)
        hidden = self.platform.knobs.of(number.phone_number_id).bsuid_only
        peer = self.platform.peers.meet(writing.peer.scoped() if hidden else writing.peer)
        at = self.platform.clock() if writing.at is None else writing.at
        item = message_item(
            number,
            peer.without_phone() if hidden else peer,
            content,
            wamid=writing.wamid or client_wamid(peer.address),
            at=at,
            named=content["type"] != "system",
        )
        self._book(item, peer, at)
        return item

    def _book(self, item: Item, peer: Peer, at: float) -> None:
        ledger, number = self.platform.ledger, item.number.phone_number_id
        if item.entry["type"] != "system":
            self.platform.peers.wrote(number, peer, at)
        ledger.inbound.append(
            Inbound(
                seq=ledger.next_seq(),
                number=number,
                at=at,
                id=item.entry["id"],
                peer=peer.address,
                type=item.entry["type"],
                raw=Raw(wire(item.entry)),
            )
        )

    def _content(self, number: SandboxNumber, writing: Writing) -> Content:
        said = writing.content
        content = contents.text(said) if isinstance(said, str) else dict(said)
        kind = content.setdefault("type", "text")
        if kind not in content and kind != "request_welcome":
            raise ValueError(f"a message of type {kind} needs an object {kind}")
        if kind in contents.FILES:
            content[kind] = self._file(number, kind, content[kind])
        if writing.reply_to:
            content["context"] = {"from": number.display_phone_number, "id": writing.reply_to}
        return content

    def _file(self, number: SandboxNumber, kind: str, said: object) -> dict[str, Any]:
        """The file on the platform's shelf, from where the business can fetch it."""
        if not isinstance(said, Mapping):
            raise ValueError(f"{kind} must be an object")
        if "id" in said:
            return dict(said)
        mime_type, sample = SAMPLES[kind]
        data = said.get("data", sample)
        media = self.platform.media.keep(number.waba_id, data, said.get("mime_type", mime_type))
        url = self.platform.download_url(number, media) if self.platform.public_url else None
        rest = {key: value for key, value in said.items() if key not in ("data", "mime_type")}
        return media.received(url) | rest
