"""/auth/sessions and /auth/password: what somebody does with their own account."""

from typing import Annotated

from pydantic import Field

from jaboti_domain.identity.model import Session
from jaboti_domain.kernel.ids import SessionId
from jaboti_entrypoints.rest.answer import NO_CONTENT, Answer, shown
from jaboti_entrypoints.rest.route import Access, Call, Route
from jaboti_entrypoints.rest.wire import Given, Id, Shown, Time


class NewPassword(Given):
    """15 to 128 characters of any kind, but not what everybody would try first."""

    current_password: Annotated[str, Field(max_length=1024)]
    new_password: Annotated[str, Field(max_length=1024)]


class SessionShown(Shown):
    """Where somebody is signed in; `current` is the one that asks."""

    id: Id
    device: str
    address: str
    opened_at: Time
    used_at: Time
    current: bool

    @classmethod
    def of(cls, session: Session, *, current: SessionId) -> "SessionShown":
        """As it is shown to whom it belongs."""
        return cls(
            id=session.id,
            device=session.device,
            address=session.address,
            opened_at=session.opened_at,
            used_at=session.used_at,
            current=session.id == current,
        )


class Sessions(Shown):
    """Last used first; there is never a next page."""

    items: list[SessionShown]
    next_cursor: None = None


async def list_sessions(call: Call[None]) -> Answer:
    """GET /auth/sessions"""
    sessions = await call.application.list_sessions(call.identity)
    return shown(Sessions(items=[SessionShown.of(each, current=call.identity.session_id) for each in sessions]))


async def end_session(call: Call[None]) -> Answer:
    """DELETE /auth/sessions/{sessionId}"""
    await call.application.end_session(call.identity, session_id=SessionId(call.ids["sessionId"]))
    return NO_CONTENT


async def change_password(call: Call[NewPassword]) -> Answer:
    """PUT /auth/password"""
    given = call.given
    await call.application.change_password(call.identity, current=given.current_password, new=given.new_password)
    return NO_CONTENT


ROUTES = (
    Route(
        method="GET",
        path="/auth/sessions",
        endpoint=list_sessions,
        access=Access.SIGNED_IN,
        answers={200: Sessions},
        tag="auth",
        summary="Where I am signed in",
    ),
    Route(
        method="DELETE",
        path="/auth/sessions/{sessionId}",
        endpoint=end_session,
        access=Access.SIGNED_IN,
        answers={204: None},
        tag="auth",
        summary="End one of my sessions",
    ),
    Route(
        method="PUT",
        path="/auth/password",
        endpoint=change_password,
        access=Access.SIGNED_IN,
        request=NewPassword,
        answers={204: None},
        problems=(429,),
        tag="auth",
        summary="Take another password",
        description="Every other session ends.",
    ),
)
