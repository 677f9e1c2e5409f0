"""What one holds of a platform that runs in this process, whichever it is."""

from types import TracebackType
from typing import Generic, Protocol, Self, TypeVar

from attrs import define, field
from starlette.applications import Starlette

from jaboti_entrypoints.sandbox.agenda import Agenda


class Running(Protocol):
    """A platform's state."""

    agenda: Agenda

    async def stop(self) -> None: ...

    async def reset(self) -> None: ...


P = TypeVar("P", bound=Running)


@define(eq=False)
class Handle(Generic[P]):
    """Its methods belong to the event loop that serves `app`.

    Serving `app` ends what is under way when its lifespan ends; without a server, `async with` does.
    """

    platform: P
    app: Starlette = field(init=False)

    @property
    def under_way(self) -> int:
        """How many webhooks and statuses are yet to come to an end."""
        return len(self.platform.agenda)

    async def settled(self, *, within: float = 5.0) -> bool:
        """Whether every status and webhook was delivered, or given up, in the next so many seconds."""
        return await self.platform.agenda.quiet(within=within)

    async def reset(self) -> None:
        """Begins anew with the accounts it has; requests left hanging are cut."""
        await self.platform.reset()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.platform.stop()
