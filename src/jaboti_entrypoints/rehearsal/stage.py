"""The whole system on loopback: a database of its own, the server with its workers, and the platforms' sandboxes."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from attrs import asdict, frozen

from jaboti_domain.integration.messaging import Platform
from jaboti_domain.integration.ports.journal import Outcome
from jaboti_domain.kernel.ids import IntegrationId
from jaboti_entrypoints.application import Application
from jaboti_entrypoints.container import open_application
from jaboti_entrypoints.rehearsal.people import CLIENTS, Account, House, Plan, Telephone, settle_in
from jaboti_entrypoints.sandbox.cloudapi import CloudApiSandbox, Peer, SandboxNumber, create_cloudapi_sandbox
from jaboti_entrypoints.sandbox.evolutionapi import EvolutionApiSandbox, create_evolutionapi_sandbox
from jaboti_entrypoints.sandbox.loopback import serving
from jaboti_entrypoints.server import serving_application
from jaboti_entrypoints.settings import Settings
from jaboti_entrypoints.webhooks import webhook_path

GRAPH_VERSION = "v25.0"
SEED = 20261123
HERE = "127.0.0.1"
"""Where the sandboxes are: an address that the settings of whoever plays here have to allow."""


@frozen(kw_only=True)
class Stage:
    """What is running, and who lives there."""

    application: Application
    base_url: str
    sandbox: CloudApiSandbox
    sandbox_url: str
    evolution: EvolutionApiSandbox
    evolution_url: str
    houses: list[House]

    @property
    def graph_url(self) -> str:
        """Where the sandbox plays Meta's Graph API."""
        return f"{self.sandbox_url}/{GRAPH_VERSION}"

    def peer(self, phone: str) -> Peer:
        """One of the made-up clients."""
        return Peer(wa_id=phone, name=CLIENTS[phone])

    def connect(self, account: Account, integration_id: IntegrationId) -> None:
        """The platform knows the account, and where its webhooks go."""
        url = self.base_url + webhook_path(Platform.CLOUD_API, integration_id)
        self.sandbox.connect(SandboxNumber(**asdict(account), webhook_url=url))

    async def tie(self, telephone: Telephone) -> bool:
        """A phone scans the QR code of an instance that our channel opens; whether there was one to scan."""
        manager, integration = self.application.instance_managers[Platform.EVOLUTION_API], telephone.integration
        url = self.base_url + webhook_path(Platform.EVOLUTION_API, integration.id)
        pairing = await manager.create(integration, webhook_url=url)
        self.evolution.scan(telephone.instance, telephone.number)
        return pairing.qr_image is not None

    async def settled(self) -> bool:
        """Whether nothing is on its way: no webhook, nothing in the journal, nothing to send; files may."""
        if not (await self.sandbox.settled(within=1.0) and await self.evolution.settled(within=1.0)):
            return False
        accounts = await self.application.accounts()
        waiting = accounts.outbox.waiting + accounts.outbox.sending
        return not waiting and not accounts.journal.counts.get(Outcome.PENDING, 0)


@asynccontextmanager
async def on_stage(
    settings: Settings, plan: Plan, *, sandbox_port: int = 0, evolution_port: int = 0
) -> AsyncIterator[Stage]:
    """Everything runs inside; at the end all of it stops."""
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        sandbox, evolution = create_cloudapi_sandbox(seed=SEED), create_evolutionapi_sandbox(seed=SEED)
        sandbox_url = await enter(serving(sandbox.app, port=sandbox_port))
        evolution_url = await enter(serving(evolution.app, port=evolution_port))
        sandbox.served_at(sandbox_url)
        application = await enter(open_application(settings))
        setting = partial(
            Stage,
            application=application,
            base_url=await enter(serving_application(application, settings)),
            sandbox=sandbox,
            sandbox_url=sandbox_url,
            evolution=evolution,
            evolution_url=evolution_url,
        )
        graph_url = setting(houses=[]).graph_url
        houses = await settle_in(application, plan, graph_url=graph_url, evolution_url=evolution_url)
        stage = setting(houses=houses)
        for house in houses:
            stage.connect(house.account, house.integration.id)
        yield stage
