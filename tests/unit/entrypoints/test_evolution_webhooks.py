"""EvolutionAPI's webhooks through the real endpoint: what is kept, what it does, and who is refused."""

import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jaboti_domain.integration.errors import UnreadableWebhook
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.integration.ports.journal import Outcome
from jaboti_domain.kernel.errors import Unavailable
from jaboti_domain.kernel.ids import new_id
from jaboti_entrypoints.container import channel_alone
from jaboti_entrypoints.webhooks import EVOLUTION_API_LIMIT
from tests.unit.channels.evolution import CORPUS, PAYLOADS, body
from tests.unit.entrypoints.evolution_site import HEADERS, EvolutionSite, account_in
from tests.unit.entrypoints.site import bodies

CHANNEL = channel_alone(Platform.EVOLUTION_API)


@pytest.fixture
async def site() -> AsyncIterator[EvolutionSite]:
    async with EvolutionSite.opened() as opened:
        yield opened


def keys_in(paths: list[Path]) -> set[tuple[str, str]]:
    """What is to be accounted for: each thing once, however often it is told; a body that can't be read is one."""
    found = set[tuple[str, str]]()
    for path in paths:
        content = path.read_bytes()
        try:
            found |= {(account_in(content), item.event_key) for item in CHANNEL.split(content)}
        except UnreadableWebhook:
            found.add((account_in(content), path.name))
    return found


@pytest.mark.parametrize("folder", [PAYLOADS, CORPUS / "evolution"], ids=["ours", "recorded"])
async def test_every_item_is_accounted_for_once_though_all_come_three_times_in_any_order(
    site: EvolutionSite, folder: Path
) -> None:
    paths = list(bodies(folder))
    if not paths:
        print("no recorded payloads beside the repository: none was posted")
        return
    posted = paths * 3
    random.Random(7).shuffle(posted)
    answers = {(await site.post(path.read_bytes())).status_code for path in posted}
    counts = await site.drain()
    assert answers == {200}
    assert counts[Outcome.PENDING] == 0
    assert sum(counts.values()) == len(keys_in(paths))
    assert all(counts[outcome] for outcome in (Outcome.APPLIED, Outcome.IGNORED, Outcome.DEAD))


async def test_each_versions_names_for_one_person_are_one_client(site: EvolutionSite) -> None:
    for name in (
        "v2_2_3__text",
        "v2_2_3__text_ninth_digit",
        "v2_3_0__text_by_hidden_id_and_phone",
        "v2_3_6__text_by_hidden_id_and_phone",
        "v2_3_7__text_hidden_id_lost",
        "v2_3_7__text_from_ad_by_hidden_id",
    ):
        await site.post(body(name))
    await site.drain()
    (chat,) = await site.chats()
    assert (chat["client"]["name"], chat["unreadCount"]) == ("Marina Prado", 6)


async def test_a_webhook_by_events_is_the_same(site: EvolutionSite) -> None:
    answers = [
        await site.post(body("v2_2_3__text")),
        await site.post(body("v2_2_3__text"), event="messages-upsert"),
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert (await site.drain()).total() == 1


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer another", "bearer secret-of-the-webhook", "Bearer ção"])
async def test_a_stranger_is_refused_and_leaves_nothing(site: EvolutionSite, given: str) -> None:
    answer = await site.post(body("v2_2_3__text"), authorization=given.encode("latin-1"))
    assert (answer.status_code, answer.json()["code"]) == (401, "webhook.bad_signature")
    assert (await site.drain()).total() == 0


async def test_what_a_stranger_sends_is_not_even_read(site: EvolutionSite) -> None:
    line = await site.line("loja-aurora")
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(100):
            read += 1
            yield b" " * 65536

    answer = await site.http.post(f"/webhooks/evolution/{line.id}", content=endless())
    assert (answer.status_code, read) == (401, 0)


async def test_of_another_instance_nothing_takes_effect(site: EvolutionSite) -> None:
    mine = await site.line("loja-outra")
    answer = await site.http.post(f"/webhooks/evolution/{mine.id}", content=body("v2_2_3__text"), headers=HEADERS)
    assert answer.status_code == 200
    assert await site.drain() == {Outcome.IGNORED: 1}


@pytest.mark.parametrize("path", ["/webhooks/evolution/{}", "/webhooks/evolution/{}/messages-upsert"])
async def test_of_an_integration_that_is_not_there_nothing_is_kept(site: EvolutionSite, path: str) -> None:
    answer = await site.http.post(path.format(new_id()), content=body("v2_2_3__text"), headers=HEADERS)
    assert (answer.status_code, answer.json()["code"]) == (404, "integration.not_found")


async def test_a_file_may_come_inside_but_there_is_a_limit(site: EvolutionSite) -> None:
    large = body("v2_2_3__image_with_base64").replace(b'"base64":"', b'"base64":"' + b"A" * (4 * 1024 * 1024))
    assert (await site.post(large)).status_code == 200
    line = await site.line("loja-aurora")
    announced = {"content-length": str(EVOLUTION_API_LIMIT + 1)}
    answer = await site.http.post(f"/webhooks/evolution/{line.id}", content=b"{}", headers=HEADERS | announced)
    assert answer.status_code == 413


async def test_our_own_trouble_is_said_so_that_the_server_tries_again(
    site: EvolutionSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> int:
        raise Unavailable()

    await site.line("loja-aurora")
    monkeypatch.setattr(type(site.jaboti.journal), "append", away)
    answer = await site.post(body("v2_2_3__text"))
    assert (answer.status_code, "retry-after" in answer.headers) == (503, True)


async def test_a_session_that_is_closed_shows_on_the_integration(site: EvolutionSite) -> None:
    await site.post(body("v2_3_7__status_instance"))
    await site.drain()
    line = await site.jaboti.directory.by_id((await site.line("loja-aurora")).id)
    assert line is not None
    assert line.trouble == "the session is closed (401)"
