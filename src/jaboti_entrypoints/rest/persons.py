"""/clients/{clientId}/...: who may be heard, and who is who."""

from typing import Annotated

from pydantic import Field

from jaboti_domain.chat.use_cases.unite import MergeClients, UnmergeClients
from jaboti_domain.client.use_cases.describe import BlockClient, UnblockClient
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
    return await _blocked(call, call.application.block_client)


async def unblock_client(call: Call[Blocking]) -> Answer:
    """POST /clients/{clientId}/unblock"""
    return await _blocked(call, call.application.unblock_client)


async def merge_clients(call: Call[OtherClient]) -> Answer:
    """POST /clients/{clientId}/merge"""
    return await _united(call, call.application.merge_clients)


async def unmerge_clients(call: Call[OtherClient]) -> Answer:
    """POST /clients/{clientId}/unmerge"""
    return await _united(call, call.application.unmerge_clients)


async def _blocked(call: Call[Blocking], change: BlockClient | UnblockClient) -> Answer:
    id, versions = client_id(call), headers.expected_versions(call.scope)
    await change(call.actor, client_id=id, reason=call.given.reason or "", versions=versions)
    return await client_answer(call, id)


async def _united(call: Call[OtherClient], change: MergeClients | UnmergeClients) -> Answer:
    id, versions = client_id(call), headers.expected_versions(call.scope)
    await change(call.actor, client_id=id, other_id=ClientId(call.given.other_id), versions=versions)
    return await client_answer(call, id)


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
