"""Who was silent for long is asked, once; what an operator does with a phone's session."""

from datetime import timedelta

import pytest

from jaboti_adapters.contracts.builders import a_call
from jaboti_domain.integration.calls import Direction
from jaboti_domain.integration.errors import IntegrationNotFound
from jaboti_domain.integration.model import Integration
from jaboti_domain.kernel.ids import IntegrationId, new_id
from jaboti_domain.kernel.ports import Rate
from jaboti_entrypoints.application import Application
from jaboti_entrypoints.sessions import MissingPublicUrl, Sessions, Verb
from tests.unit.channels.evolution import INSTANCE, OWN, PHONE
from tests.unit.channels.evolution_shop import Shop, a_shop
from tests.unit.channels.test_evolution_catching_up import connected


def told(jaboti: Application, line: Integration, *, minutes_ago: float) -> None:
    """The platform's last webhook came so long ago."""
    at = jaboti.clock() - timedelta(minutes=minutes_ago)
    jaboti.call_log.note(a_call(line, at=at, direction=Direction.IN))


async def missed(shop: Shop, *, minutes_ago: float | None) -> list[int]:
    """How many items were new, each time that was looked after a message of which nobody was told."""
    jaboti, _, line = await connected(shop)
    if minutes_ago is not None:
        told(jaboti, line, minutes_ago=minutes_ago)
        await jaboti.call_log.flush()
    shop.server.client_writes(INSTANCE, PHONE, "Oi, tem alguém?")
    return [await jaboti.break_silence() for _ in range(2)]


async def test_after_a_quarter_of_an_hour_of_silence_the_platform_is_asked() -> None:
    async with a_shop() as shop:
        assert await missed(shop, minutes_ago=16) == [1, 0]


@pytest.mark.parametrize("minutes_ago", [14, None], ids=["heard of lately", "never heard of"])
async def test_who_spoke_lately_or_never_is_not_asked(minutes_ago: float | None) -> None:
    async with a_shop() as shop:
        assert await missed(shop, minutes_ago=minutes_ago) == [0, 0]


async def test_who_could_not_be_asked_is_asked_again_at_the_next_look() -> None:
    async with a_shop() as shop:
        jaboti, _, line = await connected(shop, key="another-key")
        told(jaboti, line, minutes_ago=20)
        await jaboti.call_log.flush()
        assert await jaboti.break_silence() == 0
        turn = Rate(name="catch-up", times=1, per=jaboti.break_silence.silence)
        assert (await jaboti.limiter.use(turn, str(line.id))).is_allowed


async def test_what_is_wrong_with_one_keeps_no_other_from_being_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_shop() as shop:
        jaboti, _, line = await connected(shop)
        told(jaboti, line, minutes_ago=16)
        await jaboti.call_log.flush()
        shop.server.client_writes(INSTANCE, PHONE, "Oi, tem alguém?")
        odd, directory, find = IntegrationId(new_id()), type(jaboti.directory), jaboti.directory.by_id

        async def with_an_odd_one(*_: object) -> list[IntegrationId]:
            return [odd, line.id]

        async def find_others(_: object, integration_id: IntegrationId) -> Integration | None:
            if integration_id == odd:
                raise LookupError(odd)
            return await find(integration_id)

        monkeypatch.setattr(directory, "active_on", with_an_odd_one)
        monkeypatch.setattr(directory, "by_id", find_others)
        with pytest.raises(LookupError):
            await jaboti.break_silence()
        assert sum((await jaboti.journal.account()).counts.values()) == 1


async def test_a_session_is_made_tied_and_ended_by_an_operator() -> None:
    async with a_shop(tied=False) as shop:
        jaboti, _, line = await connected(shop)
        sessions = Sessions(application=jaboti, public_url="https://jaboti.example/")
        made = await sessions.do(Verb.CREATE, line.id)
        assert (made["connection"], (made["qrImage"] or "")[:10]) == ("pairing", "data:image")
        assert (await sessions.do(Verb.CONNECT, line.id))["connection"] == "pairing"
        shop.server.scan(INSTANCE, OWN)
        webhook = await sessions.do(Verb.WEBHOOK, line.id)
        assert webhook == {"webhook": f"https://jaboti.example/webhooks/evolution/{line.id}"}
        assert shop.server.platform.instances.get(INSTANCE).webhook.url == webhook["webhook"]
        states = [await sessions.do(verb, line.id) for verb in (Verb.STATE, Verb.RESTART, Verb.LOGOUT, Verb.DELETE)]
        assert [state["connection"] for state in states][::2] == ["open", "closed"]


async def test_a_session_that_cannot_be_worked_is_said() -> None:
    async with a_shop() as shop:
        jaboti, _, line = await connected(shop)
        sessions = Sessions(application=jaboti, public_url=None)
        with pytest.raises(MissingPublicUrl):
            await sessions.do(Verb.WEBHOOK, line.id)
        with pytest.raises(IntegrationNotFound):
            await sessions.do(Verb.STATE, IntegrationId(new_id()))
