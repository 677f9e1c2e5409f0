"""Those who listen to changes of presence: each has a queue of what it has not yet heard."""

import asyncio
from collections.abc import AsyncIterator

from jaboti_domain.identity.ports import PresenceChange
from jaboti_domain.kernel.ids import CompanyId, UserId

Person = tuple[CompanyId, UserId]
Changes = asyncio.Queue[PresenceChange]


async def each_of(heard: Changes) -> AsyncIterator[PresenceChange]:
    """One after another, for good."""
    while True:
        yield await heard.get()
