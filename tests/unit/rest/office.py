"""A company at work behind the HTTP application, in memory."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx
from attrs import field, frozen

from jaboti_adapters.backend import Backend
from jaboti_adapters.contracts.scene import Scene, keep_people
from jaboti_adapters.memory.channel import MemoryChannel
from jaboti_adapters.memory.media import MemoryMediaFiles
from jaboti_domain.identity.model import Session
from jaboti_domain.identity.ports import TokenIssuer
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.integration.ports.channels import MessagingChannel
from jaboti_domain.kernel.actor import Actor
from jaboti_domain.kernel.ids import CompanyId, UserId
from jaboti_domain.media.ports import MediaFiles
from jaboti_entrypoints.application import Accounts, Application
from jaboti_entrypoints.container import Container
from jaboti_entrypoints.container.neighbours import Neighbours, alone
from jaboti_entrypoints.container.stores import Store
from jaboti_entrypoints.rest.app import create_app
from jaboti_entrypoints.settings import Settings
from tests.unit.rest.document import must_conform

KEYS = {"test": b"0123456789abcdef0123456789abcdef"}
SETTINGS = Settings(
    token_keys=KEYS, vault_keys=KEYS, password_memory_kib=64, requests_per_minute=10**6, sign_ins_per_minute=10**6
)
PASSWORD = "cavalo bateria grampo correto"


@frozen(kw_only=True)
class Desk:
    """Somebody's way in: requests with their token. Every answer is held against the document."""

    http: httpx.AsyncClient
    headers: dict[str, str] = field(factory=dict)

    async def get(self, path: str, *, headers: dict[str, str] | None = None, **query: Any) -> httpx.Response:
        """GET with a query."""
        return await self.http.get(path, params=query or None, headers=self.headers | (headers or {}))

    async def post(self, path: str, body: Any = None, *, headers: dict[str, str] | None = None) -> httpx.Response:
        """POST with a JSON body, or with bytes as they are."""
        named = self.headers | (headers or {})
        if isinstance(body, bytes):
            return await self.http.post(path, content=body, headers={"content-type": "application/json"} | named)
        return (
            await self.http.post(path, json=body, headers=named) if body is not None else await self._bare(path, named)
        )

    async def send(
        self, method: str, path: str, body: Any = None, *, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """Any method, with a JSON body if there is one."""
        given = {} if body is None else {"json": body}
        return await self.http.request(method, path, headers=self.headers | (headers or {}), **given)

    async def put(self, path: str, body: Any = None, *, headers: dict[str, str] | None = None) -> httpx.Response:
        """PUT with a JSON body, or without one."""
        return await self.send("PUT", path, body, headers=headers)

    async def patch(self, path: str, body: Any, *, headers: dict[str, str] | None = None) -> httpx.Response:
        """PATCH with a JSON body."""
        return await self.send("PATCH", path, body, headers=headers)

    async def delete(self, path: str, *, headers: dict[str, str] | None = None) -> httpx.Response:
        """DELETE."""
        return await self.send("DELETE", path, headers=headers)

    async def _bare(self, path: str, headers: dict[str, str]) -> httpx.Response:
        return await self.http.post(path, headers=headers)


@frozen(kw_only=True)
class Office:
    """The scene, the application over it, and the doors."""

    scene: Scene
    application: Application
    channels: Mapping[Platform, MemoryChannel]
    tokens: TokenIssuer
    http: httpx.AsyncClient

    @property
    def stranger(self) -> Desk:
        """Somebody without a token."""
        return Desk(http=self.http)

    async def session(self, user_id: UserId, company_id: CompanyId | None) -> tuple[Session, str]:
        """A new session, and an access token for it."""
        at = self.scene.now()
        session = Session.open(user_id=user_id, company_id=company_id, at=at)
        await keep_people(self.scene.backend, session)
        return session, self.tokens.access_token(session, at=at)[0]

    async def desk(self, actor: Actor) -> Desk:
        """This person, signed in."""
        _, token = await self.session(actor.user_id, actor.company_id)
        return self.with_token(token)

    def with_token(self, token: str) -> Desk:
        """Whoever has this token."""
        return Desk(http=self.http, headers={"authorization": f"Bearer {token}"})


def application_over(
    backend: Backend,
    *,
    settings: Settings = SETTINGS,
    channels: Mapping[Platform, MessagingChannel] | None = None,
    files: MediaFiles | None = None,
    around: Neighbours | None = None,
) -> Container:
    """The composition root, over this storage and channels that go nowhere."""

    async def nothing() -> None:
        """All is well."""

    async def no_accounts() -> Accounts:
        raise NotImplementedError

    return Container(
        settings=settings,
        around=around or alone(grace=timedelta(seconds=settings.presence_grace)),
        store=Store(backend=backend, files=files or MemoryMediaFiles(), accounts=no_accounts, ping=nothing),
        channels=channels or {platform: MemoryChannel(platform=platform) for platform in Platform},
    )


async def open_office(
    backend: Backend,
    *,
    settings: Settings = SETTINGS,
    channels: Mapping[Platform, MessagingChannel] | None = None,
    files: MediaFiles | None = None,
    around: Neighbours | None = None,
) -> Office:
    """A fresh company, and the HTTP application in this process."""
    container = application_over(backend, settings=settings, channels=channels, files=files, around=around)
    application = container.application()
    transport = httpx.ASGITransport(app=create_app(application), raise_app_exceptions=False)
    http = httpx.AsyncClient(
        transport=transport, base_url="http://jaboti.test", trust_env=False, event_hooks={"response": [must_conform]}
    )
    return Office(
        scene=await Scene.set_in(backend),
        application=application,
        channels={p: each for p, each in container.channels().items() if isinstance(each, MemoryChannel)},
        tokens=container.tokens(),
        http=http,
    )
