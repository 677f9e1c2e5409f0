"""Where commands are done."""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any, Protocol

import msgspec
import structlog
from attrs import frozen

from jaboti_domain.identity.errors import InvalidToken
from jaboti_domain.identity.ports import Grant
from jaboti_domain.integration.content import Text
from jaboti_domain.kernel.errors import Refusal
from jaboti_domain.kernel.ids import ChatId, DepartmentId, MessageId, UserId
from jaboti_domain.kernel.paging import Json
from jaboti_domain.kernel.times import rfc3339
from jaboti_entrypoints.application import Application
from jaboti_entrypoints.errors import Language, Unexpected, problem
from jaboti_entrypoints.realtime import commands
from jaboti_entrypoints.realtime.connections import Connection
from jaboti_entrypoints.realtime.frames import Frame
from jaboti_entrypoints.realtime.shapes import Ack, Error
from jaboti_entrypoints.realtime.typists import Typists
from jaboti_entrypoints.rest.messages import message_document

log = structlog.get_logger(__name__)
NOTHING = b"{}"


class Caller(Connection, Protocol):
    """A connection that sends commands."""

    @property
    def language(self) -> Language:
        """In which it wants to be told of problems."""
        ...

    @property
    def cursor(self) -> str:
        """Everything up to here was sent to it, or stands in its queue."""
        ...

    def prolong(self, grant: Grant) -> None:
        """A newer token of the same session holds from now on."""
        ...


@frozen(kw_only=True)
class Desk:
    """Does what a frame asks for; the answer is a frame too."""

    application: Application
    typists: Typists

    async def answer(self, caller: Caller, text: str) -> Frame:
        """An acknowledgement or an error; never raises."""
        ref = None
        try:
            head = commands.read_head(text)
            ref = head.ref if isinstance(head.ref, str) else None
            command = commands.read_command(text, head.type)
            data = await HANDLERS[type(command)](self, caller, command)
            return Frame.of(Ack(ref=command.ref, data=msgspec.Raw(data)))
        except Refusal as refusal:
            return _error(ref, refusal, caller.language)
        except Exception:
            log.exception("realtime.command_failed", user_id=str(caller.actor.user_id))
            return _error(ref, Unexpected(), caller.language)

    async def chat(self, caller: Caller, chat_id: ChatId) -> Json:
        """The chat as it is now."""
        return await self.application.chat_reads.one(caller.actor.company_id, chat_id)


def _error(ref: str | None, refusal: Refusal, language: Language) -> Frame:
    return Frame.of(Error(ref=ref, problem=problem(refusal, language, secrets.token_hex(16))))


async def _send(desk: Desk, caller: Caller, given: commands.SendMessage) -> Json:
    client_key = f"{caller.grant.session_id}:{given.ref}"
    message = await desk.application.send_message(
        caller.actor,
        chat_id=ChatId(given.chat_id),
        content=given.as_content(),
        attachment=given.as_attachment(),
        reply_to=MessageId(given.reply_to) if given.reply_to else None,
        client_key=client_key,
        metadata=given.metadata,
    )
    # A message of then has an equal key out of the store; only a new one has this very object.
    if message.client_key is client_key:
        return message_document(message)
    return await desk.application.chat_reads.message(caller.actor.company_id, message.id)


async def _start(desk: Desk, caller: Caller, given: commands.StartChat) -> Json:
    chat_id = ChatId(given.chat_id)
    await desk.application.start_chat(caller.actor, chat_id=chat_id)
    return await desk.chat(caller, chat_id)


async def _transfer(desk: Desk, caller: Caller, given: commands.TransferChat) -> Json:
    chat_id, hand_over, reason = ChatId(given.chat_id), desk.application.transfer_chat, given.reason or ""
    if given.to_attendant_id is not None:
        to_user = UserId(given.to_attendant_id)
        await hand_over.to_attendant(caller.actor, chat_id=chat_id, user_id=to_user, reason=reason)
    elif given.to_department_id is not None:
        to_department = DepartmentId(given.to_department_id)
        await hand_over.to_department(caller.actor, chat_id=chat_id, department_id=to_department, reason=reason)
    return await desk.chat(caller, chat_id)


async def _end(desk: Desk, caller: Caller, given: commands.EndChat) -> Json:
    chat_id = ChatId(given.chat_id)
    farewell = Text(body=given.farewell) if given.farewell is not None else None
    await desk.application.end_chat(caller.actor, chat_id=chat_id, reason=given.reason or "", farewell=farewell)
    return await desk.chat(caller, chat_id)


async def _read(desk: Desk, caller: Caller, given: commands.ReadChat) -> Json:
    chat_id = ChatId(given.chat_id)
    await desk.application.mark_read(caller.actor, chat_id=chat_id, up_to=given.seq)
    return await desk.chat(caller, chat_id)


async def _write(desk: Desk, caller: Caller, given: commands.Write) -> Json:
    await desk.typists.writes(caller.actor, ChatId(given.chat_id))
    return NOTHING


async def _set_presence(desk: Desk, caller: Caller, given: commands.SetPresence) -> Json:
    await desk.application.set_presence(caller.actor, online=given.online)
    return msgspec.json.encode({"online": given.online})


async def _prolong(desk: Desk, caller: Caller, given: commands.Prolong) -> Json:
    grant = await desk.application.authenticate.grant(given.token)
    if (grant.session_id, grant.company_id) != (caller.grant.session_id, caller.grant.company_id):
        raise InvalidToken()
    caller.prolong(grant)
    return msgspec.json.encode({"expiresAt": rfc3339(grant.expires_at)})


async def _ping(_: Desk, caller: Caller, __: commands.Ping) -> Json:
    return msgspec.json.encode({"cursor": caller.cursor})


HANDLERS: Mapping[type[commands.Command], Callable[[Desk, Caller, Any], Awaitable[Json]]] = MappingProxyType(
    {
        commands.SendMessage: _send,
        commands.StartChat: _start,
        commands.TransferChat: _transfer,
        commands.EndChat: _end,
        commands.ReadChat: _read,
        commands.Write: _write,
        commands.SetPresence: _set_presence,
        commands.Prolong: _prolong,
        commands.Ping: _ping,
    }
)
