"""What another service's type checker sees of the library; nothing here runs, `make types` reads it.

An ignore that ignores nothing is an error: each says that the line is refused.
"""

from typing import assert_type

from jaboti_adapters.clock import SystemClock
from jaboti_domain.chat.message import Message
from jaboti_domain.chat.model import Chat
from jaboti_domain.integration.content import Text
from jaboti_domain.kernel.actor import Actor, Operation, Role
from jaboti_domain.kernel.ids import ChatId, ClientId, CompanyId, UserId, new_id
from jaboti_domain.kernel.ports import Clock
from jaboti_entrypoints.application import Application
from jaboti_entrypoints.container import in_memory

HELLO = Text(body="Bom dia")


def ids_are_told_apart(company_id: CompanyId, user_id: UserId) -> Actor:
    Actor(user_id=company_id, company_id=company_id, role=Role.ADMIN, name="Ana")  # type: ignore[arg-type]  # a company
    Actor(user_id=user_id, company_id=new_id(), role=Role.ADMIN, name="Ana")  # type: ignore[arg-type]  # any UUID
    Actor(user_id=user_id, company_id=company_id, role="ADMIN", name="Ana")  # type: ignore[arg-type]  # a text
    return Actor(user_id=user_id, company_id=company_id, role=Role.ADMIN, name="Ana")


async def an_attendant_answers(jaboti: Application, ana: Actor, chat_id: ChatId, client_id: ClientId) -> None:
    assert_type(await jaboti.start_chat(ana, chat_id=chat_id), Chat)
    assert_type(await jaboti.send_message(ana, chat_id=chat_id, content=HELLO), Message)
    await jaboti.send_message(ana, chat_id=client_id, content=HELLO)  # type: ignore[arg-type]  # a client is no chat
    await jaboti.send_message(ana, chat_id=chat_id, content="Bom dia")  # type: ignore[arg-type]  # words are no content
    await jaboti.send_message(ana, chat_id, HELLO)  # type: ignore[call-arg]  # which is which is said
    await jaboti.send_message(chat_id=chat_id, content=HELLO)  # type: ignore[call-arg]  # somebody does it


async def reads_name_the_company_first(jaboti: Application, company_id: CompanyId, chat_id: ChatId) -> None:
    assert_type(await jaboti.chat_reads.one(company_id, chat_id), bytes)
    await jaboti.chat_reads.one(chat_id)  # type: ignore[call-arg, arg-type]  # nothing is read for everybody


def what_is_decided_stays(ana: Actor) -> None:
    ana.role = Role.ADMIN  # type: ignore[misc]  # who acts is frozen
    assert_type(ana.may(Operation.READ_DASHBOARD), bool)


def the_whole_is_wired() -> None:
    jaboti, _ = in_memory()
    assert_type(jaboti, Application)
    clock: Clock = SystemClock()
    jaboti.clock = clock  # type: ignore[misc]  # wired once
