"""Who may see a chat, and who may act on it."""

from enum import StrEnum

from jaboti_domain.kernel.actor import Actor, Operation
from jaboti_domain.kernel.events import Audience
from jaboti_domain.kernel.ids import DepartmentId, UserId


class ChatStatus(StrEnum):
    """Where a chat stands."""

    BOT = "BOT"
    PENDING = "PENDING"
    ACTIVE = "ACTIVE"
    CLOSED = "CLOSED"


WAITING = (ChatStatus.BOT, ChatStatus.PENDING)


def audience_of(attendant_id: UserId | None, department_id: DepartmentId | None) -> Audience:
    """A taken chat is its attendant's; one that waits is its department's, and everyone's without a department."""
    if attendant_id is not None:
        return Audience(users=frozenset({attendant_id}))
    if department_id is not None:
        return Audience(departments=frozenset({department_id}))
    return Audience(everyone=True)


def may_attend(actor: Actor, attendant_id: UserId | None, department_id: DepartmentId | None) -> bool:
    """Whether it is the actor's own, waits in a queue that they serve, or they are a supervisor."""
    if actor.may(Operation.ATTEND_ANY_CHAT) or attendant_id == actor.user_id:
        return True
    return attendant_id is None and actor.serves(department_id)


def sees(actor: Actor, audience: Audience) -> bool:
    """Whether an event for this audience is shown to the actor."""
    return (
        audience.everyone
        or actor.may(Operation.ATTEND_ANY_CHAT)
        or actor.user_id in audience.users
        or not audience.departments.isdisjoint(actor.departments)
    )
