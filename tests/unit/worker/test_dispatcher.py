"""The dispatcher over the memory storage, with a platform that is a list."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from statistics import median
from typing import Any
from uuid import UUID

import pytest
from attrs import define, evolve

from jaboti_adapters.memory.channel import MemoryChannel
from jaboti_domain.chat.queries import ChatFilter
from jaboti_domain.chat.use_cases.parcels import Delivery, Parcel
from jaboti_domain.chat.use_cases.receive import Arrived
from jaboti_domain.integration.content import Text
from jaboti_domain.integration.errors import Scope, SlowDown
from jaboti_domain.integration.messaging import Accepted, Inbound, Outbound, Peer, Platform
from jaboti_domain.integration.transfers import MediaUpload
from jaboti_domain.kernel.actor import Actor, Role
from jaboti_domain.kernel.ids import ChatId, CompanyId, IntegrationId, UserId, new_id
from jaboti_entrypoints.application import Application
from jaboti_entrypoints.container import in_memory
from jaboti_entrypoints.worker.dispatcher import Dispatcher

LONG_BEFORE_THE_NEXT_LOOK = 0.5
CREDENTIALS = {"access_token": "t", "app_secret": "s", "verify_token": "v"}


@define
class Shop:
    """A company with two chats, which Ana has taken."""

    application: Application
    phone: MemoryChannel
    ana: Actor
    chats: list[ChatId]

    async def write(self, *texts: str, to: int = 0) -> None:
        for text in texts:
            await self.application.send_message(self.ana, chat_id=self.chats[to], content=Text(body=text))

    async def has_sent(self, count: int) -> list[str]:
        async with asyncio.timeout(LONG_BEFORE_THE_NEXT_LOOK):
            while len(self.phone.sent) < count:  # noqa: ASYNC110 - a list tells nobody that it grew
                await asyncio.sleep(0.001)
        return [outbound.content.text for outbound in self.phone.sent]


@define
class Troubled:
    """Fails the first time that it is called."""

    verb: Callable[..., Awaitable[object]]
    calls: int = 0

    async def __call__(self, *args: object, **named: object) -> object:
        self.calls += 1
        if self.calls == 1:
            raise RuntimeError("nobody foresaw it")
        return await self.verb(*args, **named)


@pytest.fixture
async def shop() -> Shop:
    application, phone = in_memory()
    company, _ = await application.found_company(name="Padaria Aurora")
    ana = Actor(user_id=UserId(new_id()), company_id=company.id, role=Role.ADMIN, name="Ana")
    line = await application.connect_integration(
        ana,
        platform=Platform.CLOUD_API,
        account="1",
        name="WhatsApp",
        settings={"base_url": "memory:", "waba_id": "1"},
        credentials=CREDENTIALS,
    )
    hellos = [
        Inbound(provider_id=name, peer=Peer(phone=f"551195550010{name}"), content=Text(body="Oi"), at=None)
        for name in ("1", "2")
    ]
    await application.receive_inbound(company.id, [Arrived(integration_id=line.id, update=hello) for hello in hellos])
    page = await application.chat_reads.page(company.id, viewer=ana, where=ChatFilter(), after=None, limit=2)
    chats = [ChatId(UUID(shown["id"])) for shown in json.loads(page.items)]
    for chat_id in chats:
        await application.start_chat(ana, chat_id=chat_id)
    return Shop(application, phone, ana, chats)


@asynccontextmanager
async def dispatching(application: Application, *, lease: float = 10.0) -> AsyncIterator[None]:
    dispatcher = Dispatcher(application=application, at_once=8, lease=lease)
    task = asyncio.create_task(dispatcher.run())
    yield
    dispatcher.stop()
    await task


async def test_what_follows_in_a_lane_goes_as_soon_as_the_first_was_settled(shop: Shop) -> None:
    async with dispatching(shop.application):
        await shop.write("um", "dois", "três", "quatro")
        assert await shop.has_sent(4) == ["um", "dois", "três", "quatro"]


async def test_a_chat_that_is_told_to_wait_delays_no_other(shop: Shop) -> None:
    def slowed(outbound: Outbound) -> None:
        if outbound.content.text.startswith("cheio"):
            raise SlowDown(error_code="131056", title="pair", retry_after=60, scope=Scope.PAIR)

    shop.phone.refuse = slowed
    async with dispatching(shop.application):
        await shop.write("cheio")
        waits = []
        for n in range(30):
            began = time.monotonic()
            await shop.write(str(n), to=1)
            await shop.has_sent(n + 1)
            waits.append(time.monotonic() - began)
    assert median(waits) < 0.05, waits
    assert max(waits) < 10, waits


async def test_an_integration_that_hangs_leaves_places_for_others(shop: Shop) -> None:
    dispatcher = Dispatcher(application=shop.application, at_once=8)
    hanging, other = CompanyId(new_id()), CompanyId(new_id())
    for _ in range(4):
        dispatcher._under_way[hanging][IntegrationId(new_id())] += 1
    asked: list[int] = []

    async def claim(company_id: CompanyId, *, errands: int, passing_over: object) -> list[Parcel]:
        asked.append(errands)
        return []

    changed: dict[str, Any] = {"claim_errands": claim}
    dispatcher.application = evolve(shop.application, **changed)
    await dispatcher._claim_of(other)
    assert asked == [2]


async def test_a_parcel_that_was_claimed_too_long_ago_is_put_back(shop: Shop) -> None:
    await shop.write("um")
    async with dispatching(shop.application, lease=0.0):
        await asyncio.sleep(0.05)
    account = (await shop.application.accounts()).outbox
    assert (shop.phone.sent, account.waiting, account.sending) == ([], 1, 0)


@pytest.mark.parametrize("verb", ["claim_errands", "settle_deliveries"])
async def test_it_outlives_what_nobody_foresaw(shop: Shop, verb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jaboti_entrypoints.worker.dispatcher.AWAY", 0.0)
    troubled = Troubled(getattr(shop.application, verb))
    changed: dict[str, Any] = {verb: troubled}
    async with dispatching(evolve(shop.application, **changed)):
        await shop.write("um")
        await shop.has_sent(1)
        await shop.write("dois", to=1)
        assert await shop.has_sent(2) == ["um", "dois"]
    assert troubled.calls > 1


async def test_who_was_asleep_until_the_claim_was_too_old_lets_nothing_leave(shop: Shop) -> None:
    def asleep(outbound: Outbound) -> None:
        if not shop.phone.sent and outbound.content.text == "um":
            shop.phone.refuse = lambda outbound: None
            time.sleep(0.3)

    shop.phone.refuse = asleep
    async with dispatching(shop.application, lease=0.2):
        await shop.write("um")
        await asyncio.sleep(0.4)
        assert shop.phone.sent == []


@pytest.mark.parametrize("carries", [True, False], ids=["with its file in it", "without"])
async def test_a_message_that_takes_its_file_along_has_more_time(shop: Shop, carries: bool) -> None:
    await shop.write("um")
    (parcel,) = await shop.application.claim_errands(shop.ana.company_id, errands=1)
    assert parcel.outbound is not None
    file = MediaUpload(type="image", mime_type="image/png", size=0, read=aiter_of_nothing)
    ready = evolve(parcel, outbound=evolve(parcel.outbound, file=file if carries else None))

    async def slowly(parcel: Parcel, *, fence: Callable[[], None]) -> Delivery:
        await asyncio.sleep(0.2)
        return Delivery(parcel=parcel, accepted=Accepted(provider_id="1"))

    async def handed(parcel: Parcel) -> Parcel:
        return ready

    doing: dict[str, Any] = {"hand_over": handed, "deliver": slowly}
    dispatcher = Dispatcher(application=evolve(shop.application, **doing), at_once=1, lease=0.1, handing=10.0)
    delivery = await dispatcher._delivered(parcel, time.monotonic())
    assert (delivery.failure is None) is carries


async def aiter_of_nothing() -> AsyncIterator[bytes]:
    yield b""
