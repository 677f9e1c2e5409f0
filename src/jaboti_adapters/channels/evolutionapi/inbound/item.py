"""One item of a webhook, with as much of what was around it as is needed to read it alone."""

from typing import Self

from attrs import define

from jaboti_adapters.channels._json import Node, decode_clean, encode
from jaboti_adapters.channels.evolutionapi.jids import peer_of
from jaboti_domain.integration.messaging import Peer


@define(eq=False, kw_only=True)
class Item:
    """What an event tells, or one part of it where it tells several things."""

    event: str
    """Its name with dots between the words; a webhook by events, or somebody in between, may write it otherwise."""
    account: Node
    own: Node
    """The account's own number: the envelope calls it the sender."""
    time: Node
    """The server's local time, which it says to be UTC: good for telling two events apart, and nothing else."""
    body: Node

    @classmethod
    def of(cls, raw: bytes) -> Self:
        """The item that `raw` holds, with cleaned texts. Raises ValueError for other bytes than an item's."""
        envelope = decode_clean(raw)
        return cls.within(envelope, body=envelope["data"])

    @classmethod
    def within(cls, envelope: Node, *, body: Node) -> Self:
        """The item of an envelope: its data, or a part of it."""
        return cls(
            event=envelope["event"].text.lower().replace("_", ".").replace("-", "."),
            account=envelope["instance"],
            own=envelope["sender"],
            time=envelope["date_time"],
            body=body,
        )

    @property
    def raw(self) -> bytes:
        """All of it as ASCII, as it came. Raises RecursionError when it is nested too deeply."""
        around = {"instance": self.account.value, "sender": self.own.value, "date_time": self.time.value}
        kept = {name: value for name, value in around.items() if value is not None}
        return encode({"event": self.event, **kept, "data": self.body.value})

    @property
    def key(self) -> Node:
        """The key of the message that it is about: under its name, or spread out."""
        return self.body["key"] if self.body["key"].record else self.body

    @property
    def id(self) -> str:
        """WhatsApp's id of that message; `messageId`, and `id` beside a key, are of the server's own database."""
        inner = self.body["key"]["id"] or self.body["keyId"]
        return (inner or self.body["id"]).text

    @property
    def is_from_me(self) -> bool:
        """Whether our side wrote that message."""
        return self.key["fromMe"].is_true

    @property
    def peer(self) -> Peer | None:
        """The other end of the chat that the message is in."""
        name = None if self.is_from_me else self.body["pushName"].text or None
        return peer_of(self.key, from_me=self.is_from_me, name=name)
