"""What platforms tell us is kept before it is answered."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from attrs import frozen

from jaboti_domain.integration.errors import IntegrationNotFound, NothingToAsk, UnreadableWebhook
from jaboti_domain.integration.letters import body_key
from jaboti_domain.integration.messaging import Headers, Platform, WebhookItem
from jaboti_domain.integration.model import Integration
from jaboti_domain.integration.ports.channels import Channels, Reconciling
from jaboti_domain.integration.ports.journal import Arrival, Journal, Outcome
from jaboti_domain.integration.ports.stores import IntegrationDirectory
from jaboti_domain.kernel.ids import IntegrationId


@frozen(kw_only=True)
class Intake:
    """What was kept of a webhook for one integration: how many items it had, and how many of them were new."""

    integration: Integration
    items: int
    new: int


@frozen(kw_only=True)
class SharedIntake:
    """What was kept of a webhook that may concern several integrations, and how many items nobody wanted."""

    items: Sequence[tuple[Integration, int]]
    """How many items each integration got."""
    unwanted: int


@frozen(kw_only=True)
class AcceptWebhook:
    """A platform tells us something: checked, split, and kept before it is answered."""

    directory: IntegrationDirectory
    channels: Channels
    journal: Journal

    async def __call__(self, *, integration_id: IntegrationId, headers: Headers, body: bytes) -> Intake:
        """Keep what concerns this integration.

        A body that is rightly signed and can't be read is kept whole, as a dead letter. Raises IntegrationNotFound,
        BadSignature, Unavailable.
        """
        integration = await self.directory.by_id(integration_id)
        if integration is None:
            raise IntegrationNotFound(integration_id=str(integration_id))
        channel = self.channels[integration.platform]
        channel.verify(integration, headers, body)
        try:
            arrivals = [arrival_of(item, integration) for item in channel.split(body)]
        except UnreadableWebhook as error:
            arrivals = [dead_letter(body, integration, reason=str(error))]
        return Intake(integration=integration, items=len(arrivals), new=await self.journal.append(arrivals))


@frozen(kw_only=True)
class CatchUp:
    """A platform that told us nothing for a while is asked what it has, and it is kept as if it had been told."""

    directory: IntegrationDirectory
    channels: Channels
    journal: Journal

    async def __call__(self, integration_id: IntegrationId, *, since: datetime) -> int:
        """Returns how many items were new; what was told before is not told twice, nor by a webhook that comes late.

        Raises IntegrationNotFound, NothingToAsk, SendingFailed, Unavailable.
        """
        integration = await self.directory.by_id(integration_id)
        if integration is None:
            raise IntegrationNotFound(integration_id=str(integration_id))
        channel = self.channels[integration.platform]
        if not isinstance(channel, Reconciling):
            raise NothingToAsk(platform=integration.platform.value)
        items = await channel.find_messages(integration, since=since)
        return await self.journal.append([arrival_of(item, integration) for item in items])


def arrival_of(item: WebhookItem, integration: Integration) -> Arrival:
    """The journal's entry for an item that came to an integration's own address.

    Whoever signs for one account does not speak for others: an item of another account is kept, and has no effect.
    """
    foreign = item.account not in (None, integration.account)
    return Arrival(
        company_id=integration.company_id,
        integration_id=integration.id,
        event_key=item.event_key,
        lane=item.lane,
        raw=item.raw,
        outcome=Outcome.IGNORED if foreign else Outcome.PENDING,
        reason="it belongs to another account" if foreign else None,
    )


def dead_letter(body: bytes, integration: Integration, *, reason: str) -> Arrival:
    """The journal's entry for a body that can't be read."""
    return Arrival(
        company_id=integration.company_id,
        integration_id=integration.id,
        event_key=body_key(body),
        lane=f"a:{integration.account}",
        raw=body,
        outcome=Outcome.DEAD,
        reason=reason,
    )


@frozen(kw_only=True)
class AcceptSharedWebhook:
    """A platform's app that several companies share tells us something.

    The caller has verified the app's own signature. Each item goes to the integration that has its account; items of
    accounts that nobody connected are counted and left alone.
    """

    directory: IntegrationDirectory
    channels: Channels
    journal: Journal

    async def __call__(self, *, platform: Platform, body: bytes) -> SharedIntake:
        """Keep what concerns any integration. Raises UnreadableWebhook, Unavailable."""
        items = self.channels[platform].split(body)
        owners = [await self._owner(platform, item) for item in items]
        await self.journal.append([arrival_of(i, o) for i, o in zip(items, owners, strict=True) if o is not None])
        known = [owner for owner in owners if owner is not None]
        counts = Counter(owner.id for owner in known)
        return SharedIntake(
            items=[(owner, counts[owner.id]) for owner in {owner.id: owner for owner in known}.values()],
            unwanted=len(owners) - len(known),
        )

    async def _owner(self, platform: Platform, item: WebhookItem) -> Integration | None:
        if item.account is not None:
            return await self.directory.by_account(platform, item.account)
        return await self.directory.by_owner(platform, item.owner) if item.owner is not None else None
