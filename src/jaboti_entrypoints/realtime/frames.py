"""Frames: the text that goes over the wire, made once and shared by all who get it."""

import re
from datetime import datetime
from uuid import UUID

import msgspec
from attrs import frozen

from jaboti_domain.kernel.events import Position, Recorded
from jaboti_domain.kernel.ids import UserId, new_id
from jaboti_domain.kernel.times import rfc3339
from jaboti_entrypoints.realtime.news import News, news_of
from jaboti_entrypoints.realtime.shapes import ChatTransfer, Named, Notification, Shape

_CURSOR = re.compile(r"(0|[1-9][0-9]{0,17})-(0|[1-9][0-9]{0,17})", re.ASCII)
_encode = msgspec.json.Encoder().encode


@frozen
class Frame:
    """One text message to a client. Of frames with the same `topic`, only the newest is worth sending."""

    text: str
    size: int
    """In bytes."""
    topic: str | None = None

    @classmethod
    def of(cls, content: msgspec.Struct, *, topic: str | None = None) -> "Frame":
        """The content as JSON."""
        encoded = _encode(content)
        return cls(encoded.decode(), len(encoded), topic)


@frozen(kw_only=True)
class Frames:
    """An event's frame, and another one for the person whom it concerns most."""

    plain: Frame
    recipient: UserId | None = None
    notified: Frame | None = None

    def of(self, user_id: UserId) -> Frame:
        """The one for this user."""
        return self.notified if self.notified is not None and user_id == self.recipient else self.plain


class Envelope(Shape, tag_field="type", tag="event"):
    """What every event comes in. The same `id` is the same event; `cursor` is safe to resume from."""

    id: str
    event: str
    cursor: str
    at: str
    data: Shape


def cursor_of(position: Position) -> str:
    """The position as clients keep it."""
    return f"{position.epoch}-{position.seq}"


def position_of(cursor: str) -> Position | None:
    """What `cursor_of` made it from; None for anything else."""
    match = _CURSOR.fullmatch(cursor)
    return Position(int(match[1]), int(match[2])) if match else None


def frames_of(event: Recorded, epoch: int) -> Frames | None:
    """What is sent of a kept event; None when it has no public name. Raises msgspec.MsgspecError."""
    news = news_of(event)
    if news is None:
        return None
    cursor = cursor_of(Position(epoch, event.seq))
    envelope = Envelope(id=cursor, event=news.event, cursor=cursor, at=rfc3339(event.at), data=news.data)
    plain = Frame.of(envelope)
    if not isinstance(news.data, ChatTransfer) or not isinstance(news.data.attendant, Named):
        return Frames(plain=plain)
    news.data.notification = Notification(by=news.data.by, reason=news.data.reason)
    return Frames(plain=plain, recipient=UserId(UUID(news.data.attendant.id)), notified=Frame.of(envelope))


def passing_frame(news: News, *, at: datetime, position: Position, topic: str) -> Frame:
    """What is sent of something that is not kept: resuming from it is resuming from the newest kept event."""
    cursor = cursor_of(position)
    envelope = Envelope(id=str(new_id()), event=news.event, cursor=cursor, at=rfc3339(at), data=news.data)
    return Frame.of(envelope, topic=topic)
