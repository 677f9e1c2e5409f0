"""Whoever may not listen any more is closed, and rights are kept true."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from attrs import define, evolve, field

from jaboti_domain.identity.model import CompanyOfUser, Standing
from jaboti_domain.identity.ports import AccessReads, Grant
from jaboti_domain.kernel.actor import Actor, Role
from jaboti_domain.kernel.errors import Unavailable
from jaboti_domain.kernel.ids import DepartmentId, SessionId, UserId, new_id
from jaboti_entrypoints.realtime.closing import CloseCode
from jaboti_entrypoints.realtime.watch import Watch
from tests.unit.realtime.listeners import NOON, Listener, a_grant, an_actor


@define
class Register(AccessReads):
    """Says of each session what the test wants."""

    standing_of: dict[SessionId, Standing | None] = field(factory=dict)
    asked: list[SessionId] = field(factory=list)
    is_away: bool = False

    async def companies_of(self, user_id: UserId) -> Sequence[CompanyOfUser]:
        return []

    async def standing(self, grant: Grant, *, at: datetime) -> Standing | None:
        self.asked.append(grant.session_id)
        if self.is_away:
            raise Unavailable()
        return self.standing_of[grant.session_id]


def enter(register: Register, *listeners: Listener) -> None:
    for listener in listeners:
        register.standing_of[listener.grant.session_id] = a_standing(listener.actor)


def a_standing(actor: Actor) -> Standing:
    return Standing(
        user_id=actor.user_id,
        company_id=actor.company_id,
        name=actor.name,
        role=actor.role,
        departments=actor.departments,
    )


async def look(register: Register, *listeners: Listener, at: datetime = NOON) -> Sequence[object]:
    return await Watch(register, lambda: at).look(listeners)


async def test_whoever_still_may_listen_goes_on() -> None:
    register, listener = Register(), Listener()
    enter(register, listener)
    assert await look(register, listener) == []
    assert listener.closed is None


async def test_a_session_that_is_over_closes_its_connections_only() -> None:
    register, over, other = Register(), Listener(), Listener()
    enter(register, over, other)
    register.standing_of[over.grant.session_id] = None
    await look(register, over, other)
    assert (over.closed, other.closed) == (CloseCode.SESSION_OVER, None)


async def test_a_token_that_expired_closes_its_connection_unless_it_was_prolonged() -> None:
    register, expired, prolonged = Register(), Listener(), Listener()
    enter(register, expired, prolonged)
    later = NOON + timedelta(minutes=10)
    prolonged.grant = evolve(prolonged.grant, expires_at=later + timedelta(seconds=1))
    await look(register, expired, prolonged, at=later)
    assert (expired.closed, prolonged.closed) == (CloseCode.UNAUTHENTICATED, None)


async def test_whoever_gives_no_sign_of_life_is_closed() -> None:
    register, listener = Register(), Listener(is_silent=True)
    enter(register, listener)
    await look(register, listener)
    assert listener.closed is CloseCode.SILENT


async def test_a_change_of_rights_is_taken_over_and_told() -> None:
    register, changed, other = Register(), Listener(), Listener()
    enter(register, changed, other)
    department = DepartmentId(new_id())
    rights = evolve(a_standing(changed.actor), role=Role.SUPERVISOR, departments=frozenset({department}))
    register.standing_of[changed.grant.session_id] = rights
    assert await look(register, changed, other) == [changed]
    assert (changed.actor.role, changed.actor.departments) == (Role.SUPERVISOR, rights.departments)
    assert await look(register, changed, other) == []


async def test_a_session_is_asked_about_once_however_many_connections_it_has() -> None:
    register, actor = Register(), an_actor()
    tabs = [Listener(actor) for _ in range(5)]
    for tab in tabs:
        tab.grant = tabs[0].grant
    enter(register, *tabs)
    await look(register, *tabs)
    assert register.asked == [tabs[0].grant.session_id]


async def test_while_nobody_can_say_who_may_listen_all_go_on_until_their_tokens_expire() -> None:
    register, listener = Register(is_away=True), Listener()
    assert await look(register, listener) == []
    assert listener.closed is None
    await look(register, listener, at=NOON + timedelta(minutes=10))
    assert listener.closed is CloseCode.UNAUTHENTICATED


async def test_nobody_there_means_nothing_to_ask() -> None:
    register = Register()
    assert await look(register) == []
    assert a_grant(an_actor()).expires_at > NOON
