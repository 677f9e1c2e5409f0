"""/clients/{clientId}/...: who may be heard, and who is who."""

from typing import Annotated

from pydantic import Field

from jaboti_domain.kernel.actor import Operation
from jaboti_domain.kernel.ids import ClientId
from jaboti_entrypoints.rest import headers
from jaboti_entrypoints.rest.answer import Answer
from jaboti_entrypoints.rest.clients import PATH, ClientShown, client_answer, client_id
from jaboti_entrypoints.rest.route import Call, Header, Route
from jaboti_entrypoints.rest.wire import Given, Id


class Blocking(Given):
    """Why, for the audit log."""

    reason: Annotated[str, Field(max_length=500)] | None = None


class OtherClient(Given):
    """The other one of the two."""

    other_id: Id


async def block_client(call: Call[Blocking]) -> Answer:
    """POST /clients/{clientId}/block"""
    await call.application.block_client(
        call.actor,
        client_id=client_id(call),
        reason=call.given.reason or "",
        versions=headers.expected_versions(call.scope),
    )
    return await client_answer(call, client_id(call))


async def unblock_client(call: Call[Blocking]) -> Answer:
    """POST /clients/{clientId}/unblock"""
    await call.application.unblock_client(
        call.actor,
        client_id=client_id(call),
        reason=call.given.reason or "",
        versions=headers.expected_versions(call.scope),
    )
    return await client_answer(call, client_id(call))


async def merge_clients(call: Call[OtherClient]) -> Answer:
    """POST /clients/{clientId}/merge"""
    await call.application.merge_clients(
        call.actor,
        client_id=client_id(call),
        other_id=ClientId(call.given.other_id),
        versions=headers.expected_versions(call.scope),
    )
    return await client_answer(call, client_id(call))


async def unmerge_clients(call: Call[OtherClient]) -> Answer:
    """POST /clients/{clientId}/unmerge"""
    await call.application.unmerge_clients(
        call.actor,
        client_id=client_id(call),
        other_id=ClientId(call.given.other_id),
        versions=headers.expected_versions(call.scope),
    )
    return await client_answer(call, client_id(call))


ROUTES = (
    Route(
        method="POST",
        path=f"{PATH}/block",
        endpoint=block_client,
        access=Operation.MANAGE_CLIENTS,
        request=Blocking,
        answers={200: ClientShown},
        headers=(Header.IF_MATCH,),
        answer_headers=("ETag",),
        tag="clients",
        summary="Pass over what a client writes",
        description="What they write is taken and leads to nothing; nobody can open a chat with them "
        "(409 `client.blocked`). A chat that is open stays so.",
    ),
    Route(
        method="POST",
        path=f"{PATH}/unblock",
        endpoint=unblock_client,
        access=Operation.MANAGE_CLIENTS,
        request=Blocking,
        answers={200: ClientShown},
        headers=(Header.IF_MATCH,),
        answer_headers=("ETag",),
        tag="clients",
        summary="Listen to a client again",
    ),
    Route(
        method="POST",
        path=f"{PATH}/merge",
        endpoint=merge_clients,
        access=Operation.MANAGE_CLIENTS,
        request=OtherClient,
        answers={200: ClientShown},
        problems=(409,),
        headers=(Header.IF_MATCH,),
        answer_headers=("ETag",),
        tag="clients",
        summary="Two clients are one person",
        description="The other one lives on in this one: what this one has stays, contacts and attributes are united, "
        "chats move. Of two open chats on one integration the newer one ends, with the reason `merged`.",
    ),
    Route(
        method="POST",
        path=f"{PATH}/unmerge",
        endpoint=unmerge_clients,
        access=Operation.MANAGE_CLIENTS,
        request=OtherClient,
        answers={200: ClientShown},
        problems=(409,),
        headers=(Header.IF_MATCH,),
        answer_headers=("ETag",),
        tag="clients",
        summary="They were two after all",
        description="Undoes their last merge, also one that we made by ourselves, as far as can be: the other one "
        "lives again with what it had and with its chats of before. A chat that began since stays.",
    ),
)
