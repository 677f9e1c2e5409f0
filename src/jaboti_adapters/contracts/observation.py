"""All that anybody can see of a company, to be compared between two storages."""

import json
from collections.abc import Collection, Mapping
from datetime import timedelta

from jaboti_adapters.contracts.scene import Scene
from jaboti_domain.chat.ports import Errand
from jaboti_domain.chat.queries import Category, ChatFilter
from jaboti_domain.dashboard.queries import Board, Metrics, View
from jaboti_domain.kernel.actor import Actor
from jaboti_domain.kernel.events import Recorded
from jaboti_domain.kernel.ids import ChatId, ClientId
from jaboti_domain.kernel.paging import Cursor

Seen = Mapping[str, object]
LIMIT = 1000
LONG = timedelta(days=40)


async def events_seen(scene: Scene, *, after: int) -> list[Seen]:
    """What was recorded."""
    return [_event(event) for event in await scene.recorded(after=after)]


async def lists_seen(scene: Scene, viewer: Actor) -> Seen:
    """The viewer's counts, and the pages of their lists."""
    reads = scene.backend.chat_reads
    filters = {category.value: ChatFilter(category=category) for category in Category}
    filters |= {"all": ChatFilter(), "mine": ChatFilter(mine=True), "sales": ChatFilter(department_id=scene.sales.id)}
    pages = {name: await _pages(scene, viewer, where) for name, where in filters.items()}
    return {"counts": dict(await reads.counts(scene.company_id, viewer=viewer)), **pages}


async def figures_seen(scene: Scene) -> tuple[Board, list[Metrics]]:
    """What is open and what counted, for everybody who sees other figures."""
    reads, company_id, today = scene.backend.dashboard_reads, scene.company_id, scene.now().date()
    views = [View.of(who, only=only) for who in (scene.sofia, scene.ana) for only in (None, scene.support.id)]
    return await reads.board(company_id, day=today), [
        await reads.metrics(company_id, view=view, first=today - LONG, last=today + LONG, today=today) for view in views
    ]


async def chat_seen(scene: Scene, chat_id: ChatId) -> Seen:
    """A chat, its messages and its timeline; and the chat itself, as the next unit would get it."""
    reads, company_id = scene.backend.chat_reads, scene.company_id
    messages = await reads.messages(company_id, chat_id, before=None, after=None, limit=LIMIT)
    return {
        "aggregate": await scene.chat(chat_id),
        "document": json.loads(await reads.one(company_id, chat_id)),
        "messages": json.loads(messages),
        "timeline": json.loads(await reads.timeline(company_id, chat_id, limit=LIMIT)),
    }


async def clients_seen(scene: Scene, client_ids: Collection[ClientId]) -> Seen:
    """The clients, and their chats."""
    async with scene.uow() as uow:
        chats = await uow.chats.find_of_client(client_ids)
        return {"clients": dict(await uow.clients.find(client_ids)), "chats": [chat.id for chat in chats]}


async def errands_seen(scene: Scene) -> list[tuple[object, ...]]:
    """What a dispatcher would get, by chat."""
    async with scene.uow() as uow:
        due = await uow.outbound.claim(errands=LIMIT, unsure_after=timedelta(0))
    return [errand_seen(errand) for errand in sorted(due, key=lambda errand: errand.chat_id)]


async def entries_seen(scene: Scene) -> list[tuple[str, str, int]]:
    """What a worker would get."""
    async with scene.uow() as uow:
        due = await uow.lanes.claim(lanes=LIMIT, entries=LIMIT)
    return [(entry.event_key, entry.lane, entry.attempts) for entry in due]


def errand_seen(errand: Errand) -> tuple[object, ...]:
    """An errand, without the number that its storage gave it."""
    return (
        errand.chat_id,
        errand.client_id,
        errand.integration_id,
        errand.kind,
        errand.message_id,
        errand.attempt,
        errand.unsure,
    )


async def _pages(scene: Scene, viewer: Actor, where: ChatFilter) -> list[object]:
    pages: list[object] = []
    after: Cursor | None = None
    while after or not pages:
        page = await scene.backend.chat_reads.page(scene.company_id, viewer=viewer, where=where, after=after, limit=2)
        pages.append(json.loads(page.items))
        after = page.next
    return pages


def _event(event: Recorded) -> Seen:
    return {
        "seq": event.seq,
        "at": event.at,
        "name": event.name,
        "audience": event.audience,
        "data": json.loads(event.data),
    }
