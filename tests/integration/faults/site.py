"""An installation to break: a database with two companies in it, and the processes that work on it."""

import asyncio
import base64
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import asyncpg
from attrs import asdict, evolve, field, frozen

from jaboti_adapters.channels.evolutionapi.secret import header
from jaboti_domain.kernel.actor import Role
from jaboti_entrypoints.container import open_application
from jaboti_entrypoints.rehearsal.people import Attendant, House, Plan, settle_in
from jaboti_entrypoints.rehearsal.stage import GRAPH_VERSION
from jaboti_entrypoints.sandbox.cloudapi import CloudApiSandbox, SandboxNumber, create_cloudapi_sandbox
from jaboti_entrypoints.sandbox.evolutionapi import (
    EvolutionApiSandbox,
    Instance,
    Webhook,
    create_evolutionapi_sandbox,
)
from jaboti_entrypoints.sandbox.loopback import serving
from jaboti_entrypoints.settings import Settings
from tests.integration.faults.books import Books
from tests.integration.faults.patience import eventually
from tests.integration.faults.processes import Process, free_port

KEYS = "faults:" + base64.b64encode(bytes(range(32))).decode()
ANA, BRUNO, CARLA = (f"{name}@aurora.example" for name in ("ana", "bruno", "carla"))
AURORA, HORIZONTE = "Padaria Aurora", "Oficina Horizonte"
PEOPLE = Plan(
    companies={AURORA: (), HORIZONTE: ()},
    attendants=(
        Attendant(name="Ana Lemos", email=ANA, roles={AURORA: Role.OPERATOR}),
        Attendant(name="Bruno Teles", email=BRUNO, roles={AURORA: Role.OPERATOR}),
        Attendant(name="Carla Nunes", email=CARLA, roles={AURORA: Role.SUPERVISOR, HORIZONTE: Role.SUPERVISOR}),
    ),
)


@frozen(kw_only=True)
class Site:
    """Where a test takes place. `program` is what runs as `jaboti`: a mutant of it, in the tests of these tests."""

    database_url: str
    superuser_url: str
    directory: Path
    settings: Mapping[str, str] = field(repr=False)
    platform_port: int
    evolution_port: int
    houses: Sequence[House] = ()
    program: tuple[str, ...] = ("jaboti_entrypoints",)

    def mutated(self, mutant: str) -> "Site":
        """The same place with other programs."""
        return evolve(self, program=("tests.integration.faults.mutants", mutant))

    def server(self, *options: str, **settings: float) -> Process:
        """A server that is yet to be started."""
        return self._process("serve", *options, settings=settings, port=free_port())

    def worker(self, **settings: float) -> Process:
        """A process of workers alone, yet to be started."""
        return self._process("worker", settings=settings)

    @asynccontextmanager
    async def serving(self, *, nodes: int = 1) -> AsyncIterator[list[Process]]:
        """So many servers with workers inside."""
        servers = [self.server() for _ in range(nodes)]
        async with running(*servers):
            yield servers

    @asynccontextmanager
    async def platform(self, server: Process, *, seed: int) -> AsyncIterator[CloudApiSandbox]:
        """The platform, which brings its webhooks to this server."""
        sandbox = create_cloudapi_sandbox(seed=seed)
        for house in self.houses:
            url = f"{server.url}/webhooks/cloudapi/{house.integration.id}"
            sandbox.connect(SandboxNumber(**asdict(house.account), webhook_url=url))
        async with serving(sandbox.app, port=self.platform_port) as url:
            sandbox.served_at(url)
            yield sandbox

    @asynccontextmanager
    async def phones(self, server: Process, *, seed: int) -> AsyncIterator[EvolutionApiSandbox]:
        """The server of the companies' own phones, which brings its webhooks to this server."""
        sandbox = create_evolutionapi_sandbox(seed=seed)
        for phone in (phone for house in self.houses for phone in house.telephones):
            url = f"{server.url}/webhooks/evolution/{phone.integration.id}"
            webhook = Webhook(url=url, headers=dict(header(phone.integration)))
            sandbox.connect(Instance(name=phone.instance, own=phone.number, webhook=webhook))
        async with serving(sandbox.app, port=self.evolution_port):
            yield sandbox

    async def books(self) -> Books:
        """What the database says now."""
        return await Books.read(self.superuser_url)

    async def drained(self, *, within: float = 60.0) -> None:
        """Wait until the journal has nothing pending."""
        await self._none("journal WHERE outcome = 'PENDING'", within)

    async def sent(self, *, within: float = 60.0) -> None:
        """Wait until there is nothing to send."""
        await self._none("errand", within)

    async def execute(self, sql: str) -> None:
        """Do it as somebody whom nothing binds."""
        async with _connected(self.superuser_url) as connection:
            await connection.execute(sql)

    async def _none(self, rows: str, within: float) -> None:
        async with _connected(self.superuser_url) as connection:

            async def none() -> bool:
                return not await connection.fetchval(f"SELECT EXISTS (SELECT FROM {rows})")

            await eventually(none, within=within, what=f"no rows in {rows}")

    def _process(self, *command: str, settings: Mapping[str, float], port: int | None = None) -> Process:
        own = {f"JABOTI_{name.upper()}": str(value) for name, value in settings.items()}
        return Process(
            command=(*self.program, *command),
            settings={**self.settings, **own, **({"JABOTI_PORT": str(port)} if port else {})},
            log=self.directory / f"{'-'.join(command)}-{port or free_port()}.log",
            port=port,
        )


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def running(*processes: Process) -> AsyncIterator[None]:
    """They have started, and at the end nothing is left of them."""
    async with AsyncExitStack() as stack:
        for process in processes:
            stack.push_async_callback(process.end)
        await asyncio.gather(*(process.start() for process in processes))
        yield


async def settled_site(
    database_url: str, superuser_url: str, directory: Path, *, redis_url: str = "", plan: Plan = PEOPLE
) -> Site:
    """A place on a migrated, empty database; the companies move in."""
    environment = {
        "JABOTI_DATABASE_URL": database_url,
        "JABOTI_TOKEN_KEYS": KEYS,
        "JABOTI_VAULT_KEYS": KEYS,
        "JABOTI_DATA_DIR": str(directory),
        "JABOTI_PASSWORD_MEMORY_KIB": "1024",
        "JABOTI_RETRY_FIRST": "0.05",
        "JABOTI_REQUESTS_PER_MINUTE": "1000000",
        "JABOTI_ALLOWED_HOSTS": "127.0.0.1",
    }
    if redis_url:
        environment["JABOTI_REDIS_URL"] = redis_url
    site = Site(
        database_url=database_url,
        superuser_url=superuser_url,
        directory=directory,
        settings=environment,
        platform_port=free_port(),
        evolution_port=free_port(),
    )
    known = {name.removeprefix("JABOTI_").lower(): value for name, value in environment.items()}
    async with open_application(Settings.model_validate(known)) as application:
        graph_url = f"http://127.0.0.1:{site.platform_port}/{GRAPH_VERSION}"
        phones_url = f"http://127.0.0.1:{site.evolution_port}"
        houses = await settle_in(application, plan, graph_url=graph_url, evolution_url=phones_url)
        return evolve(site, houses=houses)
