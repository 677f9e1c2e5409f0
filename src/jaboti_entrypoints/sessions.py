"""Phones' sessions, as the command line works them."""

from enum import StrEnum

from attrs import frozen

from jaboti_domain.integration.errors import IntegrationNotFound, MissingChannel
from jaboti_domain.integration.messaging import Connection, Pairing
from jaboti_domain.integration.model import Integration
from jaboti_domain.integration.ports.channels import InstanceManager
from jaboti_domain.kernel.errors import Invalid
from jaboti_domain.kernel.ids import IntegrationId
from jaboti_entrypoints.application import Application
from jaboti_entrypoints.webhooks import webhook_path


class Verb(StrEnum):
    """What is to be done with a session."""

    CREATE = "create"
    CONNECT = "connect"
    STATE = "state"
    RESTART = "restart"
    LOGOUT = "logout"
    DELETE = "delete"
    WEBHOOK = "webhook"


class MissingPublicUrl(Invalid):
    """JABOTI_PUBLIC_URL is not set: the platform has to be told where it reaches us."""

    code = "settings.missing_public_url"
    portuguese = "Falta JABOTI_PUBLIC_URL: a plataforma precisa saber onde nos alcança."


@frozen(kw_only=True)
class Sessions:
    """The sessions of integrations whose channels have some."""

    application: Application
    public_url: str | None

    async def do(self, verb: Verb, integration_id: IntegrationId) -> dict[str, str | None]:
        """What came of it, to be shown. Raises IntegrationNotFound, MissingChannel, MissingPublicUrl, SendingFailed."""
        integration = await self.application.directory.by_id(integration_id)
        if integration is None:
            raise IntegrationNotFound(integration_id=str(integration_id))
        manager = self.application.instance_managers.get(integration.platform)
        if manager is None:
            raise MissingChannel(platform=integration.platform.value)
        return await self._done(verb, manager, integration)

    async def _done(self, verb: Verb, manager: InstanceManager, integration: Integration) -> dict[str, str | None]:
        match verb:
            case Verb.CREATE:
                return _pairing(await manager.create(integration, webhook_url=self._url(integration)))
            case Verb.CONNECT:
                return _pairing(await manager.connect(integration))
            case Verb.STATE:
                return _state(await manager.state(integration))
            case Verb.RESTART:
                return _state(await manager.restart(integration))
            case Verb.LOGOUT:
                await manager.log_out(integration)
                return _state(Connection.CLOSED)
            case Verb.DELETE:
                await manager.delete(integration)
                return _state(Connection.CLOSED)
            case Verb.WEBHOOK:
                await manager.set_webhook(integration, url := self._url(integration))
                return {"webhook": url}

    def _url(self, integration: Integration) -> str:
        if not self.public_url:
            raise MissingPublicUrl()
        return self.public_url.rstrip("/") + webhook_path(integration.platform, integration.id)


def _pairing(pairing: Pairing) -> dict[str, str | None]:
    return {"connection": pairing.connection.value, "code": pairing.code, "qrImage": pairing.qr_image}


def _state(connection: Connection) -> dict[str, str | None]:
    return {"connection": connection.value}
