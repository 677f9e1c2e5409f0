"""What clients send: the first frame, and the commands. Their bodies are those of the same requests over REST."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from pydantic import Field, ValidationError

from jaboti_entrypoints.errors import FieldError, InvalidFields
from jaboti_entrypoints.rest.attending import End, ReadUpTo, Transfer
from jaboti_entrypoints.rest.body import check_json
from jaboti_entrypoints.rest.fields import errors_of
from jaboti_entrypoints.rest.messages import NewMessage
from jaboti_entrypoints.rest.wire import Given, Id

Ref = Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,128}$", description="The client's name for it, in the answer too.")]
G = TypeVar("G", bound=Given)
Token = Annotated[str, Field(min_length=1, max_length=4096)]
Cursor = Annotated[str, Field(max_length=64)]


class Command(Given):
    """The base."""

    ref: Ref


class OnChat(Command):
    """A command about a chat."""

    chat_id: Id


class SendMessage(NewMessage, OnChat):
    """Write to the client. With a `ref` that was used before on this session nothing is sent again."""

    type: Literal["message.send"]


class StartChat(OnChat):
    """Take a chat that waits."""

    type: Literal["chat.start"]


class TransferChat(Transfer, OnChat):
    """Hand a chat to a colleague, or to a department's queue."""

    type: Literal["chat.transfer"]


class EndChat(End, OnChat):
    """End a chat, with a last word if you like."""

    type: Literal["chat.end"]


class ReadChat(ReadUpTo, OnChat):
    """Read up to a message."""

    type: Literal["chat.read"]


class Write(OnChat):
    """Tell the others that one is writing; once a second is enough."""

    type: Literal["typing"]


class SetPresence(Command):
    """Say whether one is there."""

    type: Literal["presence.set"]
    online: bool


class Auth(Given):
    """The first frame: who one is, and the `cursor` of the last event that one has."""

    type: Literal["auth"]
    token: Token
    resume: Cursor | None = None
    ref: Ref | None = None


class Prolong(Command):
    """A newer token of the same session holds from now on."""

    type: Literal["auth"]
    token: Token
    resume: Cursor | None = Field(None, description="Only the first frame resumes.")


class Ping(Command):
    """A sign of life."""

    type: Literal["ping"]


COMMANDS: Mapping[str, type[Command]] = MappingProxyType(
    {
        "message.send": SendMessage,
        "chat.start": StartChat,
        "chat.transfer": TransferChat,
        "chat.end": EndChat,
        "chat.read": ReadChat,
        "typing": Write,
        "presence.set": SetPresence,
        "auth": Prolong,
        "ping": Ping,
    }
)


class Head(msgspec.Struct):
    """What tells which command it is; anything may stand there."""

    type: Any = None
    ref: Any = None


def read_auth(text: str) -> Auth:
    """The first frame. Raises Unreadable, InvalidFields."""
    check_json(text.encode())
    return _read(text, Auth)


def read_head(text: str) -> Head:
    """Which command it is. Raises Unreadable for what isn't JSON, InvalidFields for what isn't an object."""
    check_json(text.encode())
    try:
        return msgspec.json.decode(text, type=Head)
    except msgspec.ValidationError:
        raise InvalidFields(FieldError("", "type")) from None


def read_command(text: str, kind: object) -> Command:
    """The command of this kind. Raises InvalidFields, with all errors."""
    model = COMMANDS.get(kind) if isinstance(kind, str) else None
    if model is None:
        raise InvalidFields(FieldError("/type", "choice", ", ".join(COMMANDS)))
    return _read(text, model)


def _read(text: str, model: type[G]) -> G:
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        raise InvalidFields(*errors_of(error)) from None
