"""One item of a webhook, with as much of what was around it as is needed to read it alone."""

from typing import Self

from attrs import define

from jaboti_adapters.channels._json import NOTHING, Node, decode_clean, encode
from jaboti_adapters.channels.cloudapi.peers import peer_named
from jaboti_domain.integration.messaging import Peer

_NAMED: dict[str, tuple[str, str]] = {
    "message": ("from", "from_user_id"),
    "echo": ("to", "to_user_id"),
    "status": ("recipient_id", "recipient_user_id"),
    "call": ("from", "from_user_id"),
    "preference": ("wa_id", "user_id"),
    "user_id_update": ("wa_id", "user_id"),
}
"""By kind, where an item has the client's phone and user id."""
_NAMELESS = ("", "")


@define(eq=False, kw_only=True)
class Item:
    """A message, a status, or whatever else `kind` says, of a `field` that was subscribed to."""

    kind: str
    field: Node
    owner: Node
    account: Node
    time: Node
    """When the entry was made; only fields about accounts and templates have it."""
    body: Node
    contact: Node = NOTHING
    errors: Node = NOTHING
    """Those of the value around a message."""

    @classmethod
    def of(cls, raw: bytes) -> Self:
        """The item that `raw` holds, with cleaned texts. Raises ValueError for other bytes than an item's."""
        kept = decode_clean(raw)
        return cls(
            kind=kept["kind"].text,
            field=kept["field"],
            owner=kept["owner"],
            account=kept["account"],
            time=kept["time"],
            body=kept["item"],
            contact=kept["contact"],
            errors=kept["errors"],
        )

    @property
    def raw(self) -> bytes:
        """All of it as ASCII, as it came. Raises RecursionError when it is nested too deeply."""
        kept = {
            "field": self.field.value,
            "owner": self.owner.value,
            "account": self.account.value,
            "kind": self.kind,
            "contact": self.contact.value,
            "item": self.body.value,
        }
        around = {"time": self.time.value, "errors": self.errors.value}
        return encode(kept | {name: value for name, value in around.items() if value})

    @property
    def peer(self) -> Peer | None:
        """Whom it is about; a name that only the matching contact has counts, too."""
        phone, user_id = names_of(self.kind, self.body)
        profile = self.contact["profile"]
        return peer_named(
            (phone, self.contact["wa_id"].text),
            (user_id, self.contact["user_id"].text),
            name=(profile["name"] or profile["username"]).text or None,
        )


def names_of(kind: str, body: Node) -> tuple[str, str]:
    """The names by which an item's contact is to be found: a phone and a user id, either may be empty."""
    phone, user_id = _NAMED.get(kind, _NAMELESS)
    return body[phone].text, body[user_id].text
