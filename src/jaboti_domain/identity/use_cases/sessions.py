"""Where somebody is signed in, and whether they are there."""

from collections.abc import Callable, Sequence

from attrs import frozen

from jaboti_domain.identity.errors import SessionNotFound
from jaboti_domain.identity.model import MOST_SESSIONS, Session
from jaboti_domain.identity.ports import IdentityUnitOfWork, PresenceBoard
from jaboti_domain.identity.use_cases.access import Identity
from jaboti_domain.identity.use_cases.signing import LogOut
from jaboti_domain.kernel.actor import Actor, Operation
from jaboti_domain.kernel.ids import SessionId
from jaboti_domain.kernel.ports import Clock


@frozen(kw_only=True)
class ListSessions:
    """Where somebody is signed in."""

    new_identity_uow: Callable[[], IdentityUnitOfWork]
    clock: Clock

    async def __call__(self, identity: Identity) -> Sequence[Session]:
        """Their sessions that are not over, last used first; at most 100."""
        now = self.clock()
        async with self.new_identity_uow() as uow:
            sessions = await uow.sessions.of_user(identity.user.id, limit=MOST_SESSIONS)
        return [session for session in sessions if not session.is_over(now)]


@frozen(kw_only=True)
class EndSession:
    """Somebody ends one of their own sessions, on a device that they lost perhaps."""

    new_identity_uow: Callable[[], IdentityUnitOfWork]
    log_out: LogOut

    async def __call__(self, identity: Identity, *, session_id: SessionId) -> None:
        """Raises SessionNotFound, also when it is somebody else's or over."""
        async with self.new_identity_uow() as uow:
            mine = await uow.sessions.of_user(identity.user.id, limit=MOST_SESSIONS)
        now = self.log_out.clock()
        if not any(session.id == session_id and not session.is_over(now) for session in mine):
            raise SessionNotFound()
        await self.log_out(session_id)


@frozen(kw_only=True)
class SetPresence:
    """An attendant says whether they are there, in the company that they work for."""

    presence: PresenceBoard

    async def __call__(self, actor: Actor, *, online: bool) -> None:
        """Raises Forbidden."""
        actor.must(Operation.SET_PRESENCE)
        await self.presence.say(actor.company_id, actor.user_id, online=online)
