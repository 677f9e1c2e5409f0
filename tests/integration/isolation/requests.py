"""For each operation a request that gets through, and the same one with another id in one place."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import uuid4

import httpx
from attrs import evolve, field, frozen

from jaboti_adapters.contracts.media import PNG
from tests.integration.isolation.slots import Slot
from tests.integration.isolation.world import World
from tests.unit.rest.office import PASSWORD, Desk

Body = dict[str, Any] | bytes | None
"""JSON, or a file."""
Operation = tuple[str, str]
EMAIL = "eva@isolation.example"
SHEET = b"name;phone\nImportada;+55 41 91234-5678\n"
WIDGET = {"id": "a", "type": "series.day", "x": 0, "y": 0, "w": 6, "h": 4}
CREDENTIALS = {"apiKey": "a" * 20, "webhookSecret": "b" * 20}
PHONES = {"baseUrl": "https://phones.example"}


@frozen(kw_only=True)
class Request:
    """What is asked, and by whom."""

    by: Desk
    method: str
    template: str
    ids: Mapping[str, str]
    """Of the path."""
    query: Mapping[str, str] = field(factory=dict)
    body: Body = None

    async def ask(self) -> httpx.Response:
        """The answer."""
        path = self.template.format(**self.ids)
        given: dict[str, Any] = {} if self.body is None else {"json": self.body}
        headers = dict(self.by.headers)
        if self.body is PNG:
            given = {"files": {"file": ("a.png", self.body, "image/png")}}
        elif self.body is SHEET:
            given = {"content": self.body}
            headers["content-type"] = "text/csv"
        return await self.by.http.request(self.method, path, params=self.query or None, headers=headers, **given)

    def forged(self, slot: Slot, other: str) -> "Request":
        """The same with this id in this place."""
        if slot.where == "path":
            return evolve(self, ids={**self.ids, slot.name: other})
        if slot.where == "query":
            return evolve(self, query={**self.query, slot.name: other})
        assert isinstance(self.body, dict)
        return evolve(self, body={**self.body, slot.name: [other] if slot.is_list else other})


async def own_request(world: World, slot: Slot) -> Request:
    """With our own ids everywhere, also in this slot; what it changes was made for it."""
    prepare = PREPARED.get(slot.operation, _plain)
    request = await prepare(world, slot)
    if slot.where == "query":
        request = evolve(request, query={**request.query, slot.name: await world.ours.make(slot.kind)})
    if slot.where == "body" and slot.name not in (request.body or {}):
        request = request.forged(slot, await world.ours.make(slot.kind))
    return request


async def _plain(world: World, slot: Slot) -> Request:
    names = re.findall(r"\{(\w+)\}", slot.path)
    made = {name: await world.ours.make(Slot("", "", "path", name).kind) for name in names}
    body = BODIES.get(slot.operation)
    return Request(
        by=await world.office.desk(world.office.scene.alda),
        method=slot.method,
        template=slot.path,
        ids=made,
        query={"dryRun": "true"} if slot.path == "/clients/import" else {},
        body=dict(body) if isinstance(body, dict) else body,
    )


BODIES: Mapping[Operation, Body] = {
    ("PATCH", "/companies/{companyId}"): {"timeZone": "America/Recife"},
    ("PUT", "/companies/{companyId}/members/{userId}"): {"role": "OPERATOR"},
    ("PUT", "/users/{userId}"): {"name": "Rui", "role": "SUPERVISOR", "departments": []},
    ("PUT", "/users/me/presence"): {"online": True},
    ("PUT", "/clients/{clientId}"): {"name": "Maria"},
    ("PATCH", "/clients/{clientId}"): {"email": "maria@example.com"},
    ("POST", "/clients/{clientId}/block"): {"reason": "spam"},
    ("POST", "/clients/{clientId}/unblock"): {},
    ("POST", "/clients/{clientId}/merge"): {},
    ("POST", "/clients/import"): SHEET,
    ("POST", "/media"): PNG,
    ("PUT", "/notes/{noteId}"): {"text": "Alérgica"},
    ("POST", "/notes"): {"text": "Alérgica"},
    ("POST", "/chats/{chatId}/messages"): {"content": "Bom dia!"},
    ("POST", "/chats/{chatId}/end"): {"reason": "pronto"},
    ("PUT", "/integrations/config/{integrationId}"): {"name": "Balcão", "settings": PHONES},
    ("PUT", "/integrations/budget"): {"amount": "100.00", "currency": "USD"},
    ("PUT", "/dashboard/layout"): {"widgets": [WIDGET]},
}


def _named(**more: object) -> Callable[[World, Slot], Awaitable[Request]]:
    """A body in which something must be new each time."""

    async def prepared(world: World, slot: Slot) -> Request:
        new = uuid4().hex
        named = {name: value.format(new) if isinstance(value, str) else value for name, value in more.items()}
        return evolve(await _plain(world, slot), body=named)

    return prepared


async def _with_eva(world: World, slot: Slot) -> Request:
    """By somebody who has a password, which admins of scenes don't."""
    email = f"{uuid4().hex}@isolation.example"
    eva = {"email": email, "name": "Eva", "password": PASSWORD, "role": "ADMIN"}
    assert (await world.alda.post("/users", eva)).is_success
    credentials = {"email": email, "password": PASSWORD}
    if slot.path == "/auth/login":
        return Request(by=world.office.stranger, method="POST", template=slot.path, ids={}, body=credentials)
    token = (await world.office.stranger.post("/auth/login", credentials)).json()["accessToken"]
    body = {"currentPassword": PASSWORD, "newPassword": f"outro {uuid4().hex}"}
    return evolve(await _plain(world, slot), by=world.office.with_token(token), body=body)


async def _selected(world: World, slot: Slot) -> Request:
    request = await _plain(world, slot)
    return evolve(request, body={} if slot.where == "body" else {"companyId": await world.ours.make("company")})


async def _filtered(world: World, slot: Slot) -> Request:
    request = await _plain(world, slot)
    return evolve(
        request, query={} if slot.kind in ("client", "chat") else {"clientId": await world.ours.make("client")}
    )


async def _started(world: World, slot: Slot) -> Request:
    return evolve(await _plain(world, slot), ids={"chatId": await world.ours.make("pending chat")})


async def _read(world: World, slot: Slot) -> Request:
    request = await _plain(world, slot)
    await world.ours.message_in(request.ids["chatId"])
    return evolve(request, body={"seq": 1})


async def _answered(world: World, slot: Slot) -> Request:
    request = await _plain(world, slot)
    assert isinstance(request.body, dict)
    if slot.name == "replyTo":
        return evolve(request, body={**request.body, "replyTo": await world.ours.message_in(request.ids["chatId"])})
    return request


async def _transferred(world: World, slot: Slot) -> Request:
    request = await _plain(world, slot)
    return evolve(request, body={} if slot.where == "body" else {"toDepartmentId": await world.ours.make("department")})


async def _merged(world: World, slot: Slot) -> Request:
    request = await _plain(world, slot)
    other = {"otherId": await world.ours.make("client")}
    if slot.path.endswith("unmerge"):
        assert (await world.alda.post(f"/clients/{request.ids['clientId']}/merge", other)).is_success
    return evolve(request, body=other)


async def _opened(world: World, slot: Slot) -> Request:
    body = {name: await world.ours.make(name.removesuffix("Id")) for name in ("clientId", "integrationId")}
    return evolve(await _plain(world, slot), body={**body, "content": "Oi!"})


async def _noted(world: World, slot: Slot) -> Request:
    request = await _plain(world, slot)
    assert isinstance(request.body, dict)
    return request if slot.where == "body" else request.forged(CLIENT_OF_NOTE, await world.ours.make("client"))


async def _budgeted(world: World, slot: Slot) -> Request:
    assert (await world.alda.put("/integrations/budget", BODIES["PUT", "/integrations/budget"])).is_success
    return await _plain(world, slot)


CLIENT_OF_NOTE = Slot("POST", "/notes", "body", "clientId")
PREPARED: Mapping[Operation, Callable[[World, Slot], Awaitable[Request]]] = {
    ("POST", "/auth/login"): _with_eva,
    ("POST", "/auth/company"): _selected,
    ("GET", "/notes"): _filtered,
    ("PUT", "/departments/{departmentId}"): _named(name="Setor {}"),
    ("PUT", "/auth/password"): _with_eva,
    ("POST", "/departments"): _named(name="Setor {}"),
    ("POST", "/users"): _named(email="{}@isolation.example", name="Rui", password=PASSWORD, role="OPERATOR"),
    ("POST", "/clients"): _named(name="Maria {}"),
    ("POST", "/integrations/config"): _named(
        platform="EvolutionAPI", account="{}", name="Balcão", settings=PHONES, credentials=CREDENTIALS
    ),
    ("POST", "/chats/{chatId}/start"): _started,
    ("POST", "/chats/{chatId}/read"): _read,
    ("POST", "/chats/{chatId}/messages"): _answered,
    ("POST", "/chats/{chatId}/transfer"): _transferred,
    ("POST", "/clients/{clientId}/merge"): _merged,
    ("POST", "/clients/{clientId}/unmerge"): _merged,
    ("POST", "/chats"): _opened,
    ("POST", "/notes"): _noted,
    ("GET", "/integrations/budget"): _budgeted,
    ("DELETE", "/integrations/budget"): _budgeted,
}
