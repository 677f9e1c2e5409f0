"""Files from clients to attendants and back, through the whole system and both platforms, over real HTTP."""

import asyncio
from base64 import b64decode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from attrs import define, frozen
from msgspec.structs import replace
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from jaboti_entrypoints.rehearsal.desk import Desk, at_desk
from jaboti_entrypoints.rehearsal.people import CLIENTS, DEMO
from jaboti_entrypoints.rehearsal.script import eventually
from jaboti_entrypoints.rehearsal.stage import HERE, Stage, on_stage
from jaboti_entrypoints.sandbox.cloudapi import contents as clouds
from jaboti_entrypoints.sandbox.evolutionapi import Person
from jaboti_entrypoints.sandbox.evolutionapi import contents as evolutions
from jaboti_entrypoints.sandbox.loopback import serving
from jaboti_entrypoints.settings import Settings
from tests.unit.media.samples import PNG

PHONE = "5511955500101"
PICTURE = PNG + bytes(range(256)) * 2000
KINDS = ("image", "video", "audio", "document", "sticker")
PLATFORMS = ("CloudAPI", "EvolutionAPI")


@define(eq=False)
class Scene:
    """The system at work, and Bruno, who sees everything, at his desk."""

    stage: Stage
    bruno: Desk

    def knobs(self, platform: str) -> Any:
        return self.stage.sandbox.knobs if platform == "CloudAPI" else self.stage.evolution.knobs

    def sends(self, platform: str, content: Mapping[str, Any] | str) -> None:
        """Marina sends something."""
        house = self.stage.houses[0]
        if platform == "CloudAPI":
            self.stage.sandbox.client_writes(house.account.phone_number_id, self.stage.peer(PHONE), content)
        else:
            person = Person(phone=PHONE, name=CLIENTS[PHONE])
            self.stage.evolution.client_writes(house.telephones[0].instance, person, content)

    def sends_file(self, platform: str, kind: str, data: bytes, **facts: Any) -> None:
        """Marina sends a file."""
        file = clouds.file if platform == "CloudAPI" else evolutions.file
        self.sends(platform, file(kind, data, **facts))

    async def shown(self, kind: str = "image", *, of: str, state: str | None) -> dict[str, Any]:
        """The message with a file of this kind on this platform, once it stands so with it."""
        found = dict[str, Any]()

        async def is_so() -> bool:
            for message in await self.messages(of):
                if message["mediaType"] == kind and message["metadata"].get("mediaState") == state:
                    found.update(message)
            return bool(found)

        assert await eventually(is_so, within=30), await self.messages(of)
        return found

    async def messages(self, platform: str) -> list[dict[str, Any]]:
        """Of the chat there, if there is one."""
        chats = (await self.bruno.get("/chats", limit="200"))["items"]
        ids = [chat["id"] for chat in chats if chat["platform"] == platform]
        return [m for i in ids for m in (await self.bruno.get(f"/chats/{i}/messages", limit="200"))["items"]]

    async def had(self, path: str, **headers: str) -> httpx.Response:
        """GET of a file."""
        bearer = {"authorization": f"Bearer {self.bruno.token}"}
        return await self.bruno.http.get(path, headers=bearer | headers)


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    settings = Settings(
        data_dir=tmp_path, port=0, retry_first=0.02, password_memory_kib=1024, allowed_hosts=(HERE,)
    ).with_keys()
    async with on_stage(settings, DEMO) as stage:
        await stage.tie(stage.houses[0].telephones[0])
        stage.evolution.served_at(stage.evolution_url)
        company_id = str(stage.houses[0].company.id)
        async with at_desk(stage.base_url, "bruno@aurora.example", company_id=company_id) as bruno:
            yield Scene(stage, bruno)


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_a_picture_comes_in_and_another_goes_out(scene: Scene, platform: str) -> None:
    scene.sends_file(platform, "image", PICTURE, caption="Olha o bolo")
    message = await scene.shown(of=platform, state=None)
    assert (message["content"], message["media"]["size"]) == ("Olha o bolo", len(PICTURE))
    whole, part = await scene.had(message["media"]["url"]), await scene.had(message["media"]["url"], range="bytes=5-9")
    assert (whole.content, part.content) == (PICTURE, PICTURE[5:10])
    told = [e["data"] for e in scene.bruno.events if e["event"] == "message.updated" and "media" in e["data"]]
    assert [(each["id"], each["media"], each["metadata"]) for each in told] == [
        (message["id"], message["media"], {"mediaState": None})
    ]
    await _answer(scene, message["chatId"], platform)


async def _answer(scene: Scene, chat_id: str, platform: str) -> None:
    """Bruno sends the file back, twice; CloudAPI is given it once."""
    bruno = scene.bruno
    (await bruno.post(f"/chats/{chat_id}/start")).raise_for_status()
    bearer = {"authorization": f"Bearer {bruno.token}"}
    file = (await bruno.http.post("/media", files={"file": ("bolo.png", PICTURE)}, headers=bearer)).json()
    sent = [
        (await bruno.post(f"/chats/{chat_id}/messages", {"mediaId": file["id"], "content": f"{n}"})).json()["id"]
        for n in range(2)
    ]

    async def is_read() -> bool:
        read = {m["id"] for m in await scene.messages(platform) if m["status"] == "READ"}
        return read >= set(sent)

    assert await eventually(is_read), await scene.messages(platform)
    assert _taken(scene, platform) == [PICTURE, PICTURE]


def _taken(scene: Scene, platform: str) -> list[bytes]:
    """What the platform was given for Marina."""
    if platform == "EvolutionAPI":
        bodies = [send.body for send in scene.stage.evolution.ledger.sends]
        return [b64decode(body["media"]) for body in bodies if "media" in body]
    shelf, waba = scene.stage.sandbox.platform.media, {scene.stage.houses[0].account.waba_id}
    names = [send.body["image"]["id"] for send in scene.stage.sandbox.ledger.sends if "image" in send.body]
    assert len(set(names)) == 1
    return [shelf.get(name, waba).data for name in names]


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_a_server_without_files_holds_up_no_words(scene: Scene, platform: str) -> None:
    """It is away, answers nothing for ever, and comes back."""
    scene.knobs(platform).turn(media_status=503)
    scene.sends_file(platform, "image", PICTURE, caption="Olha o bolo")
    scene.sends(platform, "Chegou?")
    message = await scene.shown(of=platform, state="PENDING")

    async def has_words() -> bool:
        return any(m["content"] == "Chegou?" for m in await scene.messages(platform))

    assert await eventually(has_words, within=5)
    later = await scene.had(message["media"]["url"])
    assert (later.status_code, later.json()["code"]) == (409, "media.pending")
    assert int(later.headers["retry-after"]) >= 1
    scene.knobs(platform).turn(media_status=0)
    there = await scene.shown(of=platform, state=None)
    assert (await scene.had(there["media"]["url"])).content == PICTURE


@frozen
class FileServer:
    """A place for files that can be killed and revived at the same address."""

    port: int
    content: bytes

    @asynccontextmanager
    async def alive(self) -> AsyncIterator[None]:
        async def give(request: Request) -> Response:
            return Response(self.content, media_type="image/png")

        async with serving(Starlette(routes=[Route("/{path:path}", give)]), port=self.port):
            yield


async def test_a_file_server_that_dies_and_comes_back_loses_nothing(scene: Scene, unused_tcp_port: int) -> None:
    server = FileServer(unused_tcp_port, PICTURE)
    scene.stage.sandbox.knobs.turn(media_elsewhere=f"http://{HERE}:{server.port}")
    async with server.alive():
        scene.sends_file("CloudAPI", "image", PICTURE)
        await scene.shown(of="CloudAPI", state=None)
    scene.sends_file("CloudAPI", "document", PICTURE)
    message = await scene.shown("document", of="CloudAPI", state="PENDING")
    await asyncio.sleep(2)
    assert (await scene.had(message["media"]["url"])).status_code == 409
    async with server.alive():
        there = await scene.shown("document", of="CloudAPI", state=None)
    assert (await scene.had(there["media"]["url"])).content == PICTURE


TROUBLES: Mapping[str, dict[str, Any]] = {
    "image": {"media_manner": "altered"},
    "video": {"media_manner": "endless"},
    "document": {"media_manner": "whole", "media_status": 418},
}
"""Another file than was promised, ten gigabytes, and a server that never will."""


async def test_what_can_not_be_had_is_told_and_nothing_of_it_stays(scene: Scene, tmp_path: Path) -> None:
    for kind, trouble in TROUBLES.items():
        scene.stage.sandbox.knobs.turn(**trouble)
        scene.sends_file("CloudAPI", kind, PICTURE)
        message = await scene.shown(kind, of="CloudAPI", state="FAILED")
        answer = await scene.had(message["media"]["url"])
        assert (answer.status_code, answer.json()["code"]) == (404, "media.lost")
    assert await asyncio.to_thread(_files_in, tmp_path / "media") == []


def _files_in(directory: Path) -> list[Path]:
    return [each for each in directory.rglob("*") if each.is_file()]


async def test_each_kind_of_file_comes_in_though_its_address_may_have_ended(scene: Scene) -> None:
    knobs = scene.stage.sandbox.knobs
    knobs.turn(media_url_seconds=0)
    for kind in KINDS:
        scene.sends_file("CloudAPI", kind, PICTURE)
    await scene.shown(of="CloudAPI", state="PENDING")
    knobs.turn(media_url_seconds=300)
    for kind in KINDS:
        await scene.shown(kind, of="CloudAPI", state=None)


@pytest.mark.parametrize("brings", [True, False], ids=["with its file", "without it"])
async def test_a_webhook_that_brings_the_file_spares_the_server_the_question(scene: Scene, brings: bool) -> None:
    """The server has kept nothing of it, so that it could not answer."""
    telephone, evolution = scene.stage.houses[0].telephones[0], scene.stage.evolution
    instance = evolution.platform.instances.get(telephone.instance)
    instance.webhook = replace(instance.webhook, base64=brings)
    evolution.knobs.turn(media_kept=False)
    scene.sends_file("EvolutionAPI", "image", PICTURE)
    message = await scene.shown(of="EvolutionAPI", state=None if brings else "FAILED")
    answer = await scene.had(message["media"]["url"])
    assert (answer.content == PICTURE) is brings
