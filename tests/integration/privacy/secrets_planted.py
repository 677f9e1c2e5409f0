"""Fifty secrets on every way in, and everything that is kept, written or told afterwards."""

import sys
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from itertools import count
from secrets import token_hex
from typing import TYPE_CHECKING, Any

import httpx
import structlog
from attrs import define, field

from jaboti_entrypoints import logs
from jaboti_entrypoints.rest.app import create_app
from jaboti_entrypoints.webhooks import Webhooks
from tests.unit.rest.office import Desk, Office

if TYPE_CHECKING:
    import asyncpg

    Connection = asyncpg.Connection[asyncpg.Record]

CONFIG = "/integrations/config"
META = "https://graph.facebook.com/v25.0"
CLOUD = {"platform": "CloudAPI", "account": "1", "name": "x", "settings": {"baseUrl": META, "wabaId": "77"}}
EVOLUTION = {"platform": "EvolutionAPI", "account": "l", "name": "y", "settings": {"baseUrl": "https://evo.example"}}
READ = ("/audit", "/integrations/logs", CONFIG, "/integrations/dead-letters", "/users", "/auth/sessions", "/metrics")


@define(eq=False)
class Planter:
    """Makes secrets up, and brings them where they belong and where they don't."""

    office: Office
    http: httpx.AsyncClient
    desk: Desk
    planted: list[str] = field(factory=list)
    told: list[str] = field(factory=list)
    """All answers, but for those that are there to hand out a token."""
    _numbers: "count[int]" = field(factory=count)
    _run: str = field(factory=lambda: token_hex(4))
    """What other tests planted stays in the server's write-ahead log."""

    def new(self) -> str:
        """One that nobody would guess, and that passes as a password."""
        self.planted.append(secret := f"qzx{self._run}Planted{next(self._numbers):03}Geheimnis")
        return secret

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """What is answered is looked through at the end."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = await self.http.request(method, path, json=body, headers=self.desk.headers | named)
        self.told.append(answer.text + repr(answer.headers))
        return answer

    async def plant(self) -> None:
        """Everything."""
        await self.accounts()
        await self.credentials()
        await self.strangers()
        await self.webhooks()
        for path in READ:
            await self.ask("GET", path)

    async def accounts(self) -> None:
        for n in range(3):
            email, first, second = f"p{n}@example.com", self.new(), self.new()
            hired = await self.ask("POST", "/users", _person(email, first))
            assert hired.status_code == 201, hired.text
            answer = await self.http.post("/auth/login", json={"email": email, "password": first})
            given = answer.json()
            self.planted += [given["accessToken"], given["refreshToken"]]
            bearer = {"authorization": f"Bearer {given['accessToken']}"}
            passwords = {"currentPassword": first, "newPassword": second}
            changed = await self.ask("PUT", "/auth/password", passwords, **bearer)
            assert changed.status_code == 204, changed.text
            await self.ask("POST", "/auth/login", {"email": email, "password": self.new()})
            await self.ask("PUT", "/auth/password", {"currentPassword": self.new(), "newPassword": "x"}, **bearer)
        await self.ask("POST", "/users", _person("no mail", self.new()))
        await self.ask("POST", "/auth/login", {"email": "p0@example.com", "password": [self.new()]})
        await self.ask("POST", "/auth/refresh", {"refreshToken": self.new()})

    async def credentials(self) -> None:
        new = self.new
        cloud = {"accessToken": new(), "appSecret": new(), "verifyToken": new()}
        made = await self.ask("POST", CONFIG, {**CLOUD, "credentials": cloud})
        assert made.status_code == 201, made.text
        own = f"{CONFIG}/{made.json()['id']}"
        await self.ask("PUT", own, {**CLOUD, "credentials": {"previousAppSecret": new()}})
        await self.ask("PUT", own, {**CLOUD, "credentials": {"accessToken": new(), "nonsense": new()}})
        await self.ask("PUT", own, {**CLOUD, "credentials": {"accessToken": [new()]}})
        await self.ask("PUT", own, {**CLOUD, "credentials": new()})
        evolution = {"apiKey": new(), "webhookSecret": new(), "previousWebhookSecret": new()}
        made = await self.ask("POST", CONFIG, {**EVOLUTION, "credentials": evolution})
        assert made.status_code == 201, made.text
        await self.ask("POST", f"{own}/test")

    async def strangers(self) -> None:
        for scheme in ("Bearer", "Basic", "Token"):
            await self.ask("GET", "/chats", authorization=f"{scheme} {self.new()}")
        for path in ("/chats?access_token=", "/auth/me?token=", "/clients/", f"{CONFIG}/"):
            await self.ask("GET", path + self.new())
        await self.ask("POST", "/clients", {"name": "x", "password": self.new()})
        await self.ask("POST", "/chats", {"token": self.new(), "content": self.new()})

    async def webhooks(self) -> None:
        lines = (await self.http.get(CONFIG, headers=self.desk.headers)).json()["items"]
        for line in lines:
            cloud = line["platform"] == "CloudAPI"
            path = f"/webhooks/{'cloudapi' if cloud else 'evolution'}/{line['id']}"
            await self.ask("GET", f"{path}?hub.mode=subscribe&hub.challenge=1&hub.verify_token={self.new()}")
            await self.ask("POST", path, {"apikey": self.new()}, authorization=f"Bearer {self.new()}")
            await self.ask("POST", path, {}, x_hub_signature_256=f"sha256={self.new()}", apikey=self.new())


def _person(email: str, password: str) -> dict[str, str]:
    return {"email": email, "name": "P", "password": password, "role": "OPERATOR"}


async def a_planter(office: Office) -> Planter:
    """With the whole application, webhooks and all."""
    app = create_app(office.application, extra_routes=Webhooks(application=office.application).routes())
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    http = httpx.AsyncClient(transport=transport, base_url="http://jaboti.test", trust_env=False)
    return Planter(office, http, await office.desk(office.scene.alda))


@contextmanager
def everything_logged() -> Iterator[StringIO]:
    """All lines from DEBUG on, also of those who have logged before."""
    lines = StringIO()
    logs.configure("debug")
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(lines))
    _begin_anew()
    yield lines
    logs.configure("error")
    _begin_anew()


def _begin_anew() -> None:
    for name, module in list(sys.modules.items()):
        if name.startswith("jaboti") and hasattr(module, "log"):
            vars(module.log).pop("bind", None)


async def kept(superuser: "Connection") -> str:
    """All that a dump would show: every column of every table, bytes as text and as digits."""
    found = []
    for (table,) in await superuser.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
        for row in await superuser.fetch(f'SELECT * FROM "{table}"'):
            found += [said for value in row.values() for said in _said(value)]
    return "\n".join(found)


_AHEAD = """
    SELECT pg_read_binary_file('pg_wal/' || name) AS content FROM pg_ls_waldir()
    WHERE name >= $1 AND length(name) = 24
"""


async def place_in_wal(superuser: "Connection") -> str:
    """Where the server writes ahead at this moment: the name of a file."""
    return str(await superuser.fetchval("SELECT pg_walfile_name(pg_current_wal_lsn())"))


async def written_ahead(superuser: "Connection", since: str) -> str:
    """What the server wrote ahead from this file on."""
    files = await superuser.fetch(_AHEAD, since)
    return "".join(row["content"].decode("latin-1") for row in files)


def _said(value: object) -> Iterator[str]:
    yield value.decode("latin-1") if isinstance(value, bytes) else str(value)


def found_in(text: str, planted: list[str]) -> list[str]:
    """Those that stand there, also as hexadecimal or base64 digits."""
    return [secret for secret in planted if any(digits in text for digits in _spellings(secret))]


def _spellings(secret: str) -> tuple[str, ...]:
    raw = secret.encode()
    return secret, raw.hex(), b64encode(raw).decode().rstrip("=")
