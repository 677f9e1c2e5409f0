"""What stores of users and sessions promise, and reads of who may do what."""

import asyncio
from datetime import timedelta

import pytest

from jaboti_adapters.backend import Backend
from jaboti_adapters.contracts.builders import a_company, a_membership, a_user, now
from jaboti_adapters.contracts.scene import Scene, keep, keep_people
from jaboti_adapters.contracts.suite import BackendContract
from jaboti_domain.company.model import Membership
from jaboti_domain.identity.errors import EmailTaken, InvalidToken, SessionEnded
from jaboti_domain.identity.model import CompanyOfUser, Device, Session, Standing, User
from jaboti_domain.identity.ports import Grant
from jaboti_domain.kernel.actor import Actor, Role
from jaboti_domain.kernel.errors import StaleVersion
from jaboti_domain.kernel.ids import CompanyId, SessionId, UserId, new_id


class UserRepositoryContract(BackendContract):
    """Users are kept whole; no two have the same address."""

    async def test_a_user_comes_back_equal(self, backend: Backend) -> None:
        user = a_user()
        await keep_people(backend, user)
        async with backend.identity_uow() as uow:
            assert await uow.users.get(user.id) == user
            assert await uow.users.find(user.id) == user
            assert await uow.users.find_by_email(user.email) == user

    async def test_a_user_is_saved_again_in_another_unit(self, backend: Backend) -> None:
        user = a_user()
        await keep_people(backend, user)
        user.password_hash, user.enabled = "$argon2id$new", False
        await keep_people(backend, user)
        async with backend.identity_uow() as uow:
            assert await uow.users.get(user.id) == user

    async def test_an_unknown_user_is_refused(self, backend: Backend) -> None:
        async with backend.identity_uow() as uow:
            assert await uow.users.find_by_email(a_user().email) is None
            assert await uow.users.find(UserId(new_id())) is None
            with pytest.raises(InvalidToken):
                await uow.users.get(UserId(new_id()))

    async def test_no_two_users_have_the_same_address(self, backend: Backend) -> None:
        user = a_user()
        await keep_people(backend, user)
        with pytest.raises(EmailTaken):
            await keep_people(backend, a_user(email=user.email))

    async def test_an_address_that_was_given_up_is_free(self, backend: Backend) -> None:
        user = a_user()
        await keep_people(backend, user)
        address, user.email = user.email, a_user().email
        await keep_people(backend, user)
        await keep_people(backend, a_user(email=address))


class SessionRepositoryContract(BackendContract):
    """Sessions are kept whole, and change one at a time."""

    async def test_a_session_comes_back_equal_after_each_of_its_turns(self, scene: Scene) -> None:
        session = await _signed_in(scene)
        assert await _session(scene.backend, session.id) == session
        session.rotate(0, at=now())
        session.select(scene.company_id)
        session.end(at=now())
        await keep_people(scene.backend, session)
        assert await _session(scene.backend, session.id) == session

    async def test_the_open_sessions_of_a_user_are_found_oldest_first(self, scene: Scene) -> None:
        first, ended, last = [await _signed_in(scene) for _ in range(3)]
        ended.end(at=now())
        await keep_people(scene.backend, ended)
        async with scene.backend.identity_uow() as uow:
            assert list(await uow.sessions.find_open_of(scene.ana.user_id)) == [first, last]
            assert list(await uow.sessions.find_open_of(scene.bia.user_id)) == []

    async def test_sessions_that_were_not_used_for_long_go_a_few_at_a_time(self, scene: Scene) -> None:
        sessions = [await _signed_in(scene) for _ in range(4)]
        sessions[3].rotate(0, at=now() + timedelta(hours=1))
        await keep_people(scene.backend, sessions[3])
        gone = []
        for _ in range(3):
            async with scene.backend.identity_uow() as uow:
                gone.append(await uow.sessions.forget(used_before=now() + timedelta(minutes=1), at_most=2))
                await uow.commit()
        assert gone == [2, 1, 0]
        async with scene.backend.identity_uow() as uow:
            assert [each.id for each in await uow.sessions.find_open_of(scene.ana.user_id)] == [sessions[3].id]

    async def test_users_and_sessions_change_together_with_what_is_a_companys(self, scene: Scene) -> None:
        session = await _signed_in(scene)
        async with scene.uow() as uow:
            user, mine = await uow.users.get(scene.ana.user_id), await uow.sessions.get(session.id)
            user.name = "Ana Lima"
            mine.end(at=now())
            await uow.users.save(user)
            await uow.sessions.save(mine)
            await uow.commit()
        assert (await _session(scene.backend, session.id)).ended_at is not None
        async with scene.backend.identity_uow() as identity:
            assert (await identity.users.get(scene.ana.user_id)).name == "Ana Lima"

    async def test_an_unknown_session_is_over(self, backend: Backend) -> None:
        with pytest.raises(SessionEnded):
            await _session(backend, SessionId(new_id()))

    async def test_what_was_not_committed_is_undone(self, scene: Scene) -> None:
        session = await _signed_in(scene)
        async with scene.backend.identity_uow() as uow:
            changed = await uow.sessions.get(session.id)
            changed.end(at=now())
            await uow.sessions.save(changed)
        assert await _session(scene.backend, session.id) == session

    async def test_what_another_unit_changed_since_is_not_overwritten(self, scene: Scene) -> None:
        session = await _signed_in(scene)
        stale = await _session(scene.backend, session.id)
        session.end(at=now())
        await keep_people(scene.backend, session)
        with pytest.raises(StaleVersion):
            await keep_people(scene.backend, stale)

    async def test_however_many_refresh_at_once_there_is_one_successor(self, scene: Scene) -> None:
        session = await _signed_in(scene)

        async def refresh() -> int:
            async with scene.backend.identity_uow() as uow:
                mine = await uow.sessions.get(session.id)
                successor = mine.rotate(0, at=now())
                await uow.sessions.save(mine)
                await uow.commit()
                return successor

        assert set(await asyncio.gather(*(refresh() for _ in range(8)))) == {1}
        assert (await _session(scene.backend, session.id)).counter == 1

    async def test_the_sessions_of_a_user_come_last_used_first(self, scene: Scene) -> None:
        older, newer = [await _signed_in(scene, hours_ago=hours) for hours in (2, 1)]
        ended = await _signed_in(scene, hours_ago=3)
        ended.end(at=now())
        await keep_people(scene.backend, ended)
        async with scene.backend.identity_uow() as uow:
            assert await uow.sessions.of_user(scene.ana.user_id, limit=9) == [newer, older, ended]
            assert await uow.sessions.of_user(scene.ana.user_id, limit=1) == [newer]
            assert await uow.sessions.of_user(scene.bia.user_id, limit=9) == []

    async def test_the_devices_of_a_user_come_last_used_first_and_once(self, scene: Scene) -> None:
        for hours, name in enumerate(["Firefox", "Telefone", "Firefox", "Tablet"]):
            await _signed_in(scene, name, hours_ago=hours)
        async with scene.backend.identity_uow() as uow:
            devices = await uow.sessions.devices_of(scene.ana.user_id, limit=2)
            assert [device.name for device in devices] == ["Firefox", "Telefone"]
            assert await uow.sessions.devices_of(scene.bia.user_id, limit=2) == []


class AccessReadsContract(BackendContract):
    """What somebody may do is what the store says now."""

    async def test_the_companies_of_a_user_begin_with_the_primary_one(self, backend: Backend) -> None:
        user = a_user()
        await keep_people(backend, user)
        ids = {
            name: await _enrolled(backend, user, name, primary=name == "Zinco", enabled=name != "Cobre")
            for name in ("Ouro", "Cobre", "Zinco", "Ferro")
        }
        assert list(await backend.access_reads.companies_of(user.id)) == [
            CompanyOfUser(id=ids[name], name=name, role=Role.ADMIN, primary=name == "Zinco")
            for name in ("Zinco", "Ferro", "Ouro")
        ]

    async def test_nobodys_companies_are_none(self, backend: Backend) -> None:
        assert list(await backend.access_reads.companies_of(UserId(new_id()))) == []

    async def test_a_members_standing_is_their_role_in_the_granted_company(self, scene: Scene) -> None:
        session = await _signed_in(scene)
        assert await _standing(scene, session) == Standing(
            user_id=scene.ana.user_id,
            company_id=scene.company_id,
            name="Ana",
            role=Role.OPERATOR,
            departments=frozenset({scene.sales.id}),
        )

    async def test_several_standings_are_asked_for_at_once(self, scene: Scene) -> None:
        grants = [_grant(await _signed_in(scene), scene.ana, company_id) for company_id in (scene.company_id, None)]
        at, reads = now(), scene.backend.access_reads
        assert list(await reads.standings(grants, at=at)) == [await reads.standing(grant, at=at) for grant in grants]
        assert list(await reads.standings([], at=at)) == []

    async def test_a_session_that_is_over_grants_nothing(self, scene: Scene) -> None:
        session = await _signed_in(scene)
        assert await _standing(scene, session, later=timedelta(days=8)) is None
        session.end(at=now())
        await keep_people(scene.backend, session)
        assert await _standing(scene, session) is None

    async def test_a_session_that_never_was_grants_nothing(self, scene: Scene) -> None:
        forged = Session.open(user_id=scene.ana.user_id, company_id=scene.company_id, at=now())
        assert await _standing(scene, forged) is None

    async def test_somebody_elses_session_grants_nothing(self, scene: Scene) -> None:
        session = await _signed_in(scene)
        assert await _standing(scene, session, who=scene.sofia) is None

    async def test_a_disabled_user_may_do_nothing(self, scene: Scene) -> None:
        session = await _signed_in(scene)
        async with scene.backend.identity_uow() as uow:
            user = await uow.users.get(scene.ana.user_id)
            user.enabled = False
            await uow.users.save(user)
            await uow.commit()
        assert await _standing(scene, session) is None

    async def test_a_changed_membership_counts_at_once(self, scene: Scene) -> None:
        session = await _signed_in(scene)
        member = await _member(scene)
        member.role, member.departments = Role.ADMIN, frozenset()
        await scene.keep(member)
        standing = await _standing(scene, session)
        assert standing is not None
        assert (standing.role, standing.departments) == (Role.ADMIN, frozenset())
        member.enabled = False
        await scene.keep(member)
        assert await _standing(scene, session) is None

    async def test_who_has_left_may_do_nothing_and_sees_the_company_no_longer(self, scene: Scene) -> None:
        session, member = await _signed_in(scene), await _member(scene)
        member.leave(admins=[], at=now())
        await scene.keep(member)
        assert await _standing(scene, session) is None
        assert list(await scene.backend.access_reads.companies_of(scene.ana.user_id)) == []

    async def test_everybody_is_called_what_they_are_called_in_the_company(self, scene: Scene) -> None:
        session, member = await _signed_in(scene), await _member(scene)
        member.change(name="Aninha", at=now())
        await scene.keep(member)
        standing = await _standing(scene, session)
        assert standing is not None
        assert standing.name == "Aninha"

    async def test_who_is_no_member_of_the_granted_company_may_do_nothing_there(self, scene: Scene) -> None:
        session, other = await _signed_in(scene), await Scene.set_in(scene.backend)
        assert await _standing(scene, session, company_id=other.company_id) is None
        assert await _standing(scene, session, company_id=None) is None


async def _signed_in(scene: Scene, name: str = "Firefox", *, hours_ago: int = 0) -> Session:
    device = Device(name=name, address="192.0.2.1")
    at = now() - timedelta(hours=hours_ago)
    session = Session.open(user_id=scene.ana.user_id, company_id=scene.company_id, at=at, device=device)
    await keep_people(scene.backend, session)
    return session


async def _session(backend: Backend, session_id: SessionId) -> Session:
    async with backend.identity_uow() as uow:
        return await uow.sessions.get(session_id)


async def _member(scene: Scene) -> Membership:
    async with scene.uow() as uow:
        return await uow.memberships.get(scene.ana.user_id)


async def _enrolled(backend: Backend, user: User, name: str, *, primary: bool, enabled: bool) -> CompanyId:
    company = a_company(name)
    member = a_membership(company.id, user, role=Role.ADMIN, primary=primary, enabled=enabled)
    await keep(backend, company.id, company, member)
    return company.id


_GRANTED = CompanyId(new_id())


async def _standing(
    scene: Scene,
    session: Session,
    *,
    who: Actor | None = None,
    company_id: CompanyId | None = _GRANTED,
    later: timedelta = timedelta(0),
) -> Standing | None:
    company = scene.company_id if company_id is _GRANTED else company_id
    grant = _grant(session, who or scene.ana, company)
    return await scene.backend.access_reads.standing(grant, at=now() + later)


def _grant(session: Session, who: Actor, company_id: CompanyId | None) -> Grant:
    return Grant(
        user_id=who.user_id, session_id=session.id, company_id=company_id, expires_at=now() + timedelta(days=99)
    )
