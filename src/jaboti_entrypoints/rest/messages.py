"""/chats/{chatId}/messages: what was said, and saying something."""

from typing import Literal
from uuid import UUID

import msgspec
from attrs import frozen
from pydantic import Field, JsonValue, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from jaboti_domain.chat.message import Message, SenderType
from jaboti_domain.chat.use_cases.attach import Attachment
from jaboti_domain.integration.content import Content, MediaFile, content_record
from jaboti_domain.kernel.actor import Operation
from jaboti_domain.kernel.errors import InvalidCursor
from jaboti_domain.kernel.ids import ChatId, MediaId, MessageId
from jaboti_domain.kernel.paging import Json
from jaboti_domain.kernel.times import rfc3339
from jaboti_domain.media.limits import MediaType
from jaboti_entrypoints.rest.answer import Answer
from jaboti_entrypoints.rest.contents import Metadata, WordsGiven
from jaboti_entrypoints.rest.cursor import page, read_cursor, write_cursor
from jaboti_entrypoints.rest.kinds import (
    BODY_LIMIT,
    Cards,
    ChoicesGiven,
    Emoji,
    LocationGiven,
    alone,
    contacts_of,
    reaction_of,
)
from jaboti_entrypoints.rest.route import Call, Header, Route
from jaboti_entrypoints.rest.wire import LARGEST, Id, NamedShown, PagedQuery, QuerySeq, Shown, Time

PATH = "/chats/{chatId}/messages"
MEDIA_TYPES = Literal["image", "video", "audio", "document", "sticker"]


_SHOWN_ELSEWHERE = {"body", "caption", "media"}


class MessageList(PagedQuery):
    """Which messages. The newest ones, unless `after` is given; always in rising order of `seq`."""

    before: QuerySeq | None = Field(None, description="Only messages with a smaller `seq`.")
    after: QuerySeq | None = Field(None, description="Only messages with a larger `seq`, the oldest of them first.")


class NewMessage(WordsGiven):
    """A text, with choices if you like; a file with an optional text; a template, a place, contacts, or a reaction."""

    media_id: Id | None = None
    media_type: MEDIA_TYPES | None = Field(None, description="How it is shown; without it, as its type usually is.")
    metadata: Metadata | None = Field(None, description="Yours to use; at most 8 KiB. It comes back with the message.")
    reply_to: Id | None = Field(None, description="The message of this chat that this one answers.")
    location: LocationGiven | None = None
    contacts: Cards | None = None
    reaction: Emoji | None = Field(None, description="To the client's message `replyTo`; empty takes it back.")
    interactive: ChoicesGiven | None = Field(None, description="Choices under the text in `content`.")

    @field_validator("media_id")
    @classmethod
    def _without_template(cls, value: Id | None, info: ValidationInfo) -> Id | None:
        if value is not None and info.data.get("template"):
            raise PydanticCustomError("exactly_one", "both", {"limit": "mediaId, template"})
        return value

    @field_validator("media_type")
    @classmethod
    def _with_its_media(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and info.data.get("media_id", "") is None:
            raise PydanticCustomError("needs", "no media", {"limit": "mediaId"})
        return value

    @field_validator("location", "contacts", "reaction")
    @classmethod
    def _by_itself(cls, value: object, info: ValidationInfo) -> object:
        alone(value, info, "content", "template", "media_id", "location", "contacts")
        return value

    @field_validator("reaction")
    @classmethod
    def _on_a_message(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and info.data.get("reply_to", "") is None:
            raise PydanticCustomError("needs", "no message", {"limit": "replyTo"})
        return value

    @field_validator("interactive")
    @classmethod
    def _under_a_text(cls, value: ChoicesGiven | None, info: ValidationInfo) -> ChoicesGiven | None:
        alone(value, info, "template", "media_id", "location", "contacts", "reaction")
        if value is not None and not info.data.get("content"):
            raise PydanticCustomError("needs", "no text", {"limit": "content"})
        if value is not None and len(info.data["content"]) > BODY_LIMIT:
            raise PydanticCustomError("too_long", "too long a text", {"limit": f"{BODY_LIMIT} (content)"})
        return value

    def as_content(self) -> Content:
        """In the words of the domain; nothing at all is an empty text, which the domain refuses."""
        if self.location is not None:
            return self.location.as_content()
        if self.contacts is not None:
            return contacts_of(self.contacts)
        if self.reaction is not None:
            return reaction_of(self.reaction)
        return self.interactive.as_content(self.content or "") if self.interactive else super().as_content()

    def as_attachment(self) -> Attachment | None:
        """The file, in the words of the domain."""
        if self.media_id is None:
            return None
        return Attachment(media_id=MediaId(self.media_id), kind=MediaType(self.media_type) if self.media_type else None)


class MediaShown(Shown):
    """A file. `url` is `/media/<id>`, or the platform's own link while the file has no id of ours."""

    id: str | None
    url: str | None
    mime_type: str | None
    size: int | None
    filename: str | None


class DeliveryErrorShown(Shown):
    """Why it was not delivered, in the platform's words."""

    code: str
    title: str


class MessageShown(Shown):
    """A message. `seq` is dense in the chat: 1, 2, 3, ..."""

    id: Id
    chat_id: Id
    seq: int
    sender_type: SenderType
    sender: NamedShown | None
    content: str
    media_type: str | None
    media: MediaShown | None
    metadata: dict[str, JsonValue]
    reply_to: Id | None
    status: Literal["RECEIVED", "QUEUED", "SENDING", "SENT", "DELIVERED", "READ", "FAILED"]
    error: DeliveryErrorShown | None
    timestamp: Time


class MessagePage(Shown):
    """`nextCursor` goes on in the same direction: to older messages, or to newer ones when `after` was given."""

    items: list[MessageShown]
    next_cursor: str | None


@frozen
class _Range:
    after: int | None
    before: int | None

    @property
    def is_rising(self) -> bool:
        return self.after is not None


async def messages(call: Call[MessageList]) -> Answer:
    """GET /chats/{chatId}/messages"""
    chat_id, wanted, limit = ChatId(call.ids["chatId"]), _range(call), call.given.limit
    found = await call.application.chat_reads.messages(
        call.actor.company_id, chat_id, before=wanted.before, after=wanted.after, limit=limit + 1
    )
    return Answer(_page(call, wanted, found))


async def send_message(call: Call[NewMessage]) -> Answer:
    """POST /chats/{chatId}/messages"""
    actor, given = call.actor, call.given
    message = await call.application.send_message(
        actor,
        chat_id=ChatId(call.ids["chatId"]),
        content=given.as_content(),
        attachment=given.as_attachment(),
        reply_to=MessageId(given.reply_to) if given.reply_to else None,
        metadata=given.metadata,
    )
    return _created(call, message.seq, message_document(message))


async def sent_before(call: Call[NewMessage], subject: UUID) -> Answer:
    """The message as it is now, as the answer to what made it."""
    document = await call.application.chat_reads.message(call.actor.company_id, MessageId(subject))
    return _created(call, _decode_place(document).seq, document)


def message_document(message: Message) -> Json:
    """A message that was queued just now, in the shape that the reads give it."""
    record, file = content_record(message.content), message.content.file
    return msgspec.json.encode(
        {
            "id": message.id,
            "chatId": message.chat_id,
            "seq": message.seq,
            "senderType": message.sender_type,
            "sender": {"id": message.sender.id, "name": message.sender.name} if message.sender else None,
            "content": message.content.text,
            "mediaType": file.type if file else None,
            "media": _media_document(file) if file else None,
            "metadata": {**message.metadata, **{name: record[name] for name in record if name not in _SHOWN_ELSEWHERE}},
            "replyTo": message.reply_to,
            "status": message.status,
            "error": None,
            "timestamp": rfc3339(message.at),
        }
    )


def _media_document(file: MediaFile) -> dict[str, object]:
    return {
        "id": file.media_id,
        "url": f"/media/{file.media_id}",
        "mimeType": file.mime_type,
        "size": file.size,
        "filename": file.filename,
    }


ROUTES = (
    Route(
        method="GET",
        path=PATH,
        endpoint=messages,
        access=Operation.READ_CHATS,
        request=MessageList,
        answers={200: MessagePage},
        tag="messages",
        summary="Messages of a chat",
    ),
    Route(
        method="POST",
        path=PATH,
        endpoint=send_message,
        access=Operation.SEND_MESSAGE,
        request=NewMessage,
        answers={201: MessageShown},
        problems=(409,),
        headers=(Header.IDEMPOTENCY_KEY,),
        recover=sent_before,
        answer_headers=("Location",),
        tag="messages",
        summary="Write to the client",
        description="Only the chat's attendant may, or a supervisor. The message is QUEUED: it goes out by itself.",
    ),
)


def _range(call: Call[MessageList]) -> _Range:
    given, actor, chat_id = call.given, call.actor, call.ids["chatId"]
    if given.cursor is None:
        return _Range(given.after, given.before)
    match read_cursor(given.cursor, of=_list_of(chat_id.hex), company_id=actor.company_id):
        case ["after", seq] if _is_seq(seq):
            return _Range(int(seq), given.before)
        case ["before", seq] if _is_seq(seq):
            return _Range(None, int(seq))
    raise InvalidCursor()


def _is_seq(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 10 and 1 <= int(text) <= LARGEST


def _list_of(chat: str) -> str:
    return f"messages:{chat}"


class _Place(msgspec.Struct):
    seq: int


_decode_items = msgspec.json.Decoder(list[msgspec.Raw]).decode
_decode_place = msgspec.json.Decoder(_Place).decode


def _page(call: Call[MessageList], wanted: _Range, found: Json) -> bytes:
    items, limit = _decode_items(found), call.given.limit
    if len(items) <= limit:
        return page(found, None)
    kept = items[:limit] if wanted.is_rising else items[-limit:]
    way, edge = ("after", kept[-1]) if wanted.is_rising else ("before", kept[0])
    key = [way, str(_decode_place(edge).seq)]
    cursor = write_cursor(key, of=_list_of(call.ids["chatId"].hex), company_id=call.actor.company_id)
    return page(b"[%b]" % b",".join(map(bytes, kept)), cursor)


def _created(call: Call[NewMessage], seq: int, document: Json) -> Answer:
    place = call.location(f"/chats/{call.ids['chatId']}/messages?before={seq + 1}&limit=1")
    return Answer(document, 201, (place,))
