"""What updates say, in one line each: for tables of what is expected."""

from collections.abc import Callable
from typing import Any

from jaboti_domain.integration.content import Content
from jaboti_domain.integration.messaging import (
    Edit,
    Ignored,
    Inbound,
    Notice,
    NumberChange,
    Peer,
    Receipt,
    Revoke,
    Unreadable,
    Update,
)


def who(peer: Peer | None) -> str:
    """A peer's names in one line."""
    return " ".join(filter(None, (peer.phone, peer.cloud_user_id, peer.lid, peer.name))) if peer else "nobody"


def what(content: Content) -> str:
    """A content in one line."""
    file = (content.file.type, content.file.provider_id) if content.file else ()
    return " ".join(filter(None, (content.kind, *file, content.text)))


DETAILS: dict[type, Callable[[Any], tuple[str, ...]]] = {
    Inbound: lambda u: (u.provider_id[-9:], who(u.peer), what(u.content)),
    Edit: lambda u: (u.target[-9:], who(u.peer), what(u.content)),
    Revoke: lambda u: (u.target[-9:], who(u.peer)),
    Receipt: lambda u: (u.provider_id[-9:], who(u.peer), u.status.value, u.error_code or ""),
    NumberChange: lambda u: (who(u.old), who(u.new)),
}


def summary(update: Update) -> str:
    """What matters of an update in one line, with the end of its id."""
    details = DETAILS[type(update)](update) if type(update) in DETAILS else ()
    return " | ".join(filter(None, (type(update).__name__, *details)))


def whole_summary(update: Update) -> str:
    """The same, with the reason of what has no effect, the topic of a notice, and who wrote."""
    match update:
        case Ignored(reason=reason) | Unreadable(reason=reason):
            return f"{type(update).__name__} | {reason}"
        case Notice():
            return " | ".join(filter(None, ("Notice", update.topic, update.summary, update.connection)))
        case Inbound(from_phone=True) | Edit(from_phone=True):
            return f"{summary(update)} | by us"
        case _:
            return summary(update)


def shape(update: Update) -> str:
    """What kind of thing it is, with none of anybody's words or names in it."""
    match update:
        case Inbound() | Edit() | Revoke() | Receipt():
            peer, by_us = update.peer, getattr(update, "from_phone", False)
            known = [kind for kind in ("phone", "cloud_user_id", "lid") if peer is not None and getattr(peer, kind)]
            content = getattr(update, "content", None)
            said = (content.kind, content.file.type if content.file else "") if content else ()
            status = update.status if isinstance(update, Receipt) else ""
            told = (type(update).__name__, *said, status, "+".join(known), "by us" if by_us else "")
            return " ".join(filter(None, told))
        case NumberChange():
            return "NumberChange"
        case _:
            return whole_summary(update)
