"""A person whose every trace has a word in it that stands nowhere else, on a real PostgreSQL."""

import hmac
import json
import time
from base64 import b64decode
from collections.abc import AsyncIterator, Collection, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from re import findall
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg
from attrs import frozen

from jaboti_adapters.backend import Backend
from jaboti_adapters.channels import HttpPool
from jaboti_adapters.channels.cloudapi import CloudApiChannel
from jaboti_adapters.media.disk import DiskMediaFiles
from jaboti_adapters.postgres.engine import Database
from jaboti_domain.client.model import Client
from jaboti_domain.integration.content import MediaFile
from jaboti_domain.integration.messaging import Accepted, Outbound, Platform
from jaboti_domain.integration.model import Integration
from jaboti_domain.integration.ports.channels import MessagingChannel
from jaboti_domain.integration.transfers import MediaUpload, RemoteMedia
from jaboti_domain.kernel.ids import ChatId, ClientId, MessageId
from jaboti_entrypoints.application import Application
from jaboti_entrypoints.sandbox.cloudapi.wamid import business_wamid, client_wamid
from tests.integration.postgres.on_postgres import postgres_backend
from tests.unit.media.samples import PDF, PNG
from tests.unit.rest.office import Desk, Office, open_office

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]

PHONE, DOCUMENT = "5541987651234", "11144477735"
MARK = "qzxvorpal"
"""Begins every planted word; so long that it is not found by chance in what is sealed at random."""
SECRETS = (MARK, PHONE, "4187651234", DOCUMENT, "111.444.777", "…1234")


SENT, RECEIVED = PNG + MARK.encode() + b" sent", PDF + MARK.encode() + b" received"
"""What is in the files."""


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    yield content


class Postbox(CloudApiChannel):
    """The real channel, but that what goes out is taken at once."""

    async def send(self, integration: Integration, outbound: Outbound) -> Accepted:
        return Accepted(provider_id=business_wamid(PHONE))

    async def upload(self, integration: Integration, file: MediaUpload) -> str:
        return f"{MARK}-file"

    @asynccontextmanager
    async def open(self, integration: Integration, file: MediaFile) -> AsyncIterator[RemoteMedia]:
        yield RemoteMedia(chunks=_pieces(RECEIVED), filename=file.filename)


def channels() -> Mapping[Platform, MessagingChannel]:
    return {Platform.CLOUD_API: Postbox(HttpPool())}


def message(**content: Any) -> dict[str, Any]:
    """Something that the person writes."""
    return {"from": PHONE, "id": client_wamid(PHONE), "timestamp": str(int(time.time())), **content}


def words(name: str) -> dict[str, Any]:
    return message(type="text", text={"body": MARK + name})


@frozen(kw_only=True)
class Site:
    """The office, an account on the platform, and an administrator."""

    office: Office
    desk: Desk
    line: Integration
    media: Path
    """Where files are."""

    @property
    def jaboti(self) -> Application:
        return self.office.application

    @property
    def backend(self) -> Backend:
        return self.office.scene.backend

    async def told(self, **value: Any) -> bytes:
        """The platform tells something, and it takes effect; returns what it sent."""
        contacts = [{"profile": {"name": f"{MARK}profile"}, "wa_id": PHONE}]
        metadata = {"display_phone_number": "554130000000", "phone_number_id": self.line.account}
        whole = {"messaging_product": "whatsapp", "metadata": metadata, "contacts": contacts, **value}
        entry = {"id": "800000000000001", "changes": [{"value": whole, "field": "messages"}]}
        body = json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
        await self.post(body)
        return body

    async def post(self, body: bytes) -> None:
        secret = self.line.credentials["app_secret"].reveal().encode()
        signature = "sha256=" + hmac.new(secret, body, "sha256").hexdigest()
        await self.jaboti.accept_webhook(
            integration_id=self.line.id, headers={"x-hub-signature-256": signature}, body=body
        )
        while await self.jaboti.drain_journal(self.line.company_id):
            pass

    async def dispatch(self) -> None:
        """What waits is sent."""
        while parcels := await self.jaboti.claim_errands(self.line.company_id, errands=9):
            done = [await self.jaboti.deliver(each) for each in parcels]
            await self.jaboti.settle_deliveries(self.line.company_id, done)

    async def fetch(self) -> None:
        """Files that came are fetched."""
        for expected in await self.jaboti.claim_files(self.line.company_id, at_most=9):
            await self.jaboti.fetch_file(expected)

    async def client(self) -> Client:
        """Whoever writes from the number."""
        shown = (await self.desk.get("/clients", phone=PHONE)).json()["items"]
        async with self.office.scene.uow() as uow:
            found = await uow.clients.find([ClientId(UUID(shown[0]["id"]))])
        return next(iter(found.values()))


@asynccontextmanager
async def open_site(database: Database, directory: Path) -> AsyncIterator[Site]:
    """The office over PostgreSQL, with files in a directory."""
    office = await open_office(postgres_backend(database), channels=channels(), files=DiskMediaFiles(directory))
    line = await office.scene.an_integration(platform=Platform.CLOUD_API)
    yield Site(office=office, desk=await office.desk(office.scene.alda), line=line, media=directory)
    await office.http.aclose()


async def plant(site: Site) -> tuple[ClientId, list[bytes]]:
    """A person with a word in everything; returns who it is, and what the platform told."""
    desk, ana = site.desk, site.office.scene.ana
    first = await site.told(messages=[words("inbound")])
    client = await site.client()
    path = f"/clients/{client.id}"
    details = {
        "name": f"{MARK}name Silva",
        "document": DOCUMENT,
        "phone": f"+{PHONE}",
        "email": f"{MARK}mail@example.com",
        "contacts": [{"kind": "other", "value": f"{MARK}contact", "label": f"{MARK}label"}],
        "attributes": {f"{MARK}key": f"{MARK}value"},
    }
    await _ok(desk.put(path, details))
    await _ok(desk.post("/notes", {"clientId": str(client.id), "text": f"{MARK}note"}, headers=_key("note")))
    (shown,) = (await desk.get("/chats", clientId=str(client.id))).json()["items"]
    chat = f"/chats/{shown['id']}"
    await _ok(desk.post(f"{chat}/start"))
    await _ok(desk.post("/notes", {"chatId": shown["id"], "text": f"{MARK}aside"}))
    sent = {"content": f"{MARK}answer", "metadata": {"order": f"{MARK}order"}}
    said = (await _ok(desk.post(f"{chat}/messages", sent, headers=_key(f"{MARK}-{PHONE}")))).json()
    picture = {"file": (f"{MARK}.png", SENT, "image/png")}
    file = await _ok(desk.http.post("/media", files=picture, headers=desk.headers | _key("picture")))
    await _ok(desk.post(f"{chat}/messages", {"mediaId": file.json()["id"]}))
    await site.dispatch()
    name = await _wamid_of(site, ChatId(UUID(shown["id"])), said["id"])
    pricing = {"billable": True, "pricing_model": "PMP", "category": "utility", "type": "regular"}
    status = {
        "id": name,
        "status": "delivered",
        "timestamp": str(int(time.time())),
        "recipient_id": PHONE,
        "pricing": pricing,
    }
    told = await site.told(statuses=[status])
    reaction = message(type="reaction", reaction={"message_id": name, "emoji": "👍"})
    document = {
        "id": "1",
        "mime_type": "application/pdf",
        "sha256": "x",
        "filename": f"{MARK}.pdf",
        "caption": f"{MARK}cap",
    }
    more = await site.told(messages=[reaction, message(type="document", document=document)])
    await site.fetch()
    await _ok(desk.post(f"{chat}/transfer", {"toAttendantId": str(ana.user_id), "reason": f"{MARK}transfer"}))
    await _ok(desk.post(f"{chat}/end", {"reason": f"{MARK}end"}))
    await _ok(desk.post(f"{path}/block", {"reason": f"{MARK}block"}))
    other = (await _ok(desk.post("/clients", {"name": f"{MARK}other"}, headers=_key("other")))).json()
    await _ok(desk.post(f"{path}/merge", {"otherId": other["id"]}))
    await site.post(f'{{"odd": "{MARK} {PHONE}"}}'.encode())
    await site.backend.call_log.flush()
    return client.id, [first, told, more]


async def _wamid_of(site: Site, chat_id: ChatId, message_id: str) -> str:
    async with site.office.scene.uow() as uow:
        found = await uow.messages.get_in_chat(chat_id, MessageId(UUID(message_id)))
    assert found.provider_id is not None
    return found.provider_id


async def _ok(answering: Any) -> Any:
    answer = await answering
    assert answer.is_success, answer.text
    return answer


def _key(name: str) -> dict[str, str]:
    return {"idempotency-key": name}


async def leaks(superuser: "Connection") -> Collection[str]:
    """Where any of it still stands: every column of every table, bytes and what is inside of wamids, too."""
    found = set()
    for table in await superuser.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
        for row in await superuser.fetch(f'SELECT * FROM "{table[0]}"'):
            for column, value in row.items():
                if any(secret in said for said in _said(value) for secret in SECRETS):
                    found.add(f"{table[0]}.{column}")
    return found


def files_that_tell(directory: Path) -> list[str]:
    """The files in which any of it stands, or that are called so."""
    files = [each for each in directory.rglob("*") if each.is_file()]
    return sorted(each.name for each in files if MARK.encode() in each.read_bytes() + each.name.encode())


def _said(value: object) -> Iterator[str]:
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    yield text.lower()
    for inside in findall(r"wamid\.([A-Za-z0-9+/=]+)", text):
        yield b64decode(inside + "==").decode("latin-1")
