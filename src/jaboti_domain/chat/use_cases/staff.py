"""Who attends: people come to a company, change what they are there, and leave."""

from collections.abc import Callable, Collection, Sequence

from attrs import frozen

from jaboti_domain.chat.ports import StaffUnitOfWork
from jaboti_domain.company.errors import MemberNotFound
from jaboti_domain.company.model import Membership
from jaboti_domain.company.use_cases.enroll import Newcomer, named
from jaboti_domain.identity.errors import BelongsElsewhere, EmailTaken
from jaboti_domain.identity.model import Session, User, normal_email
from jaboti_domain.identity.ports import AccessReads
from jaboti_domain.identity.use_cases.access import Authenticate
from jaboti_domain.identity.use_cases.accounts import ChoosePassword
from jaboti_domain.kernel.actor import Actor, Operation, Role
from jaboti_domain.kernel.deeds import Facts, differences
from jaboti_domain.kernel.errors import StaleVersion
from jaboti_domain.kernel.ids import CompanyId, DepartmentId, UserId
from jaboti_domain.kernel.ports import Clock


@frozen(kw_only=True)
class _OnStaff:
    new_uow: Callable[[CompanyId], StaffUnitOfWork]
    clock: Clock

    async def _did(
        self,
        uow: StaffUnitOfWork,
        actor: Actor,
        action: str,
        user_id: UserId,
        *,
        before: Facts | None = None,
        after: Facts | None = None,
    ) -> None:
        kind, at = action.partition(".")[0], self.clock()
        await uow.audit.add(actor.did(action, subject=kind, subject_id=user_id, at=at, before=before, after=after))

    async def _release_chats(self, uow: StaffUnitOfWork, actor: Actor, user_id: UserId) -> None:
        """Their open chats go back to their queues. The member is locked, and their chats were before."""
        chats = await uow.chats.find_attended_by(user_id)
        for chat in chats:
            chat.release(actor, at=self.clock())
        await uow.chats.save(*chats)


@frozen(kw_only=True)
class HireAttendant(_OnStaff):
    """An administrator lets a person work for the company.

    Whoever has an account, because they work for another company, keeps it as it is: their name and password there are
    nobody's business here. The account and the membership are kept together or not at all.
    """

    choose_password: ChoosePassword

    async def __call__(
        self,
        actor: Actor,
        *,
        email: str,
        name: str,
        password: str,
        role: Role,
        departments: Collection[DepartmentId] = (),
    ) -> Membership:
        """Takes as long whether or not there is an account.

        Raises Forbidden, InvalidEmail, WeakPassword, CommonPassword, InvalidName, DepartmentNotFound, MemberExists.
        """
        actor.must(Operation.MANAGE_USERS)
        hashed = await self.choose_password(password, email=normal_email(email), name=name)
        person = User.register(email=email, name=name, password_hash=hashed, at=self.clock())
        try:
            return await self._hired(actor, person, role, departments)
        except EmailTaken:
            return await self._hired(actor, person, role, departments)

    async def _hired(self, actor: Actor, person: User, role: Role, departments: Collection[DepartmentId]) -> Membership:
        async with self.new_uow(actor.company_id) as uow:
            served = await named(uow, departments)
            known = await uow.users.find_by_email(person.email)
            if known is None:
                await uow.users.save(person)
            newcomer = Newcomer(
                company_id=actor.company_id,
                user_id=(known or person).id,
                name=person.name,
                role=role,
                departments=served,
            )
            member = await newcomer.join(uow, self.clock)
            after = {**member.facts, "email": person.email}
            await self._did(uow, actor, "user.created", member.user_id, after=after)
            await uow.commit()
        return member


@frozen(kw_only=True)
class AppointMember(_OnStaff):
    """An administrator decides which role somebody has, who becomes a member by that if they are not one yet.

    Somebody new is a colleague of the administrator's in another company: of who is with others only, or with nobody,
    nothing is to be learned here, not even that there is such a user.
    """

    access_reads: AccessReads

    async def __call__(
        self,
        actor: Actor,
        *,
        user_id: UserId,
        role: Role,
        primary: bool | None = None,
        versions: Collection[int] | None = None,
    ) -> Membership:
        """`primary` None: as it is. Raises Forbidden, MemberNotFound (no such colleague), StaleVersion, LastAdmin."""
        actor.must(Operation.MANAGE_MEMBERS)
        async with self.new_uow(actor.company_id) as uow:
            admins = await uow.memberships.admins()
            member = await uow.memberships.find(user_id)
            if member is None or member.has_left:
                if member is None and not await self._are_colleagues(actor.user_id, user_id):
                    raise MemberNotFound()
                if versions is not None:
                    raise StaleVersion()
                member = await self._joined(uow, actor, user_id, role, primary=bool(primary))
            else:
                member.must_be_in(versions)
                was = member.facts
                member.change(role=role, primary=primary, admins=admins, at=self.clock())
                before, after = differences(was, member.facts)
                if not after:
                    return member
                await uow.memberships.save(member)
                action = "member.role_changed" if "role" in after else "member.primary_changed"
                await self._did(uow, actor, action, user_id, before=before, after=after)
            await uow.commit()
        return member

    async def _are_colleagues(self, one: UserId, other: UserId) -> bool:
        ours, theirs = [await self.access_reads.companies_of(each) for each in (one, other)]
        return not {company.id for company in ours}.isdisjoint(company.id for company in theirs)

    async def _joined(
        self, uow: StaffUnitOfWork, actor: Actor, user_id: UserId, role: Role, *, primary: bool
    ) -> Membership:
        user = await uow.users.find(user_id)
        if user is None:
            raise MemberNotFound()
        newcomer = Newcomer(company_id=actor.company_id, user_id=user_id, name=user.name, role=role, primary=primary)
        member = await newcomer.join(uow, self.clock)
        await self._did(uow, actor, "member.added", user_id, after=member.facts)
        return member


@frozen(kw_only=True)
class ChangeAttendant(_OnStaff):
    """An administrator changes what an attendant is here; and how they sign in, if they work nowhere else.

    Whoever is disabled has no open chats any more: they go back to their queues.
    """

    choose_password: ChoosePassword
    authenticate: Authenticate

    async def __call__(
        self,
        actor: Actor,
        *,
        user_id: UserId,
        name: str,
        role: Role,
        departments: Collection[DepartmentId],
        enabled: bool | None = None,
        email: str | None = None,
        password: str | None = None,
        versions: Collection[int] | None = None,
    ) -> Membership:
        """What is None stays. Who gets another password is signed out everywhere.

        Raises Forbidden, MemberNotFound, DepartmentNotFound, StaleVersion, LastAdmin, BelongsElsewhere, EmailTaken,
        InvalidName, InvalidEmail, WeakPassword, CommonPassword.
        """
        actor.must(Operation.MANAGE_USERS)
        hashed = None
        if password is not None:
            known = email or await self._email_of(actor.company_id, user_id)
            hashed = await self.choose_password(password, email=known, name=name)
        async with self.new_uow(actor.company_id) as uow:
            admins = await uow.memberships.admins()
            if enabled is False:
                # Chats are locked before departments and members.
                await uow.chats.find_attended_by(user_id)
            served = await named(uow, departments)
            member = await uow.memberships.get(user_id)
            member.must_be_in(versions)
            user = await uow.users.get(user_id)
            was = {**member.facts, "email": user.email}
            member.change(name=name, role=role, departments=served, enabled=enabled, admins=admins, at=self.clock())
            ended = await self._change_account(uow, user, member.name, email, hashed)
            before, after = differences(was, {**member.facts, "email": user.email})
            if after or hashed:
                await uow.memberships.save(member)
                if after.get("enabled") is False:
                    await self._release_chats(uow, actor, user_id)
                secret = {"passwordChanged": True} if hashed else {}
                await self._did(uow, actor, "user.updated", user_id, before=before, after={**after, **secret})
                await uow.commit()
        for session in ended:
            self.authenticate.revoke(session.id)
        return member

    async def _email_of(self, company_id: CompanyId, user_id: UserId) -> str:
        async with self.new_uow(company_id) as uow:
            await uow.memberships.get(user_id)
            return (await uow.users.get(user_id)).email

    async def _change_account(
        self, uow: StaffUnitOfWork, user: User, name: str, email: str | None, hashed: str | None
    ) -> Sequence[Session]:
        """The sessions that it ends."""
        address = user.email if email is None else normal_email(email)
        signs_in_otherwise = address != user.email or hashed is not None
        if not signs_in_otherwise and name == user.name:
            return ()
        if await uow.memberships.is_elsewhere(user.id):
            if signs_in_otherwise:
                raise BelongsElsewhere()
            return ()
        user.name, user.email, user.password_hash = name, address, hashed or user.password_hash
        await uow.users.save(user)
        ended = await uow.sessions.find_open_of(user.id) if hashed else ()
        for session in ended:
            session.end(at=self.clock())
        await uow.sessions.save(*ended)
        return ended


@frozen(kw_only=True)
class _Dismissal(_OnStaff):
    async def _dismiss(self, actor: Actor, user_id: UserId, versions: Collection[int] | None, *, action: str) -> None:
        async with self.new_uow(actor.company_id) as uow:
            admins = await uow.memberships.admins()
            # Chats are locked before members; what came to this one meanwhile is found by the second look.
            await uow.chats.find_attended_by(user_id)
            member = await uow.memberships.get(user_id)
            member.must_be_in(versions)
            before = member.facts
            member.leave(admins=admins, at=self.clock())
            await uow.memberships.save(member)
            await self._release_chats(uow, actor, user_id)
            await self._did(uow, actor, action, user_id, before=before)
            await uow.commit()


@frozen(kw_only=True)
class RemoveMember(_Dismissal):
    """An administrator takes somebody's membership; their open chats go back to their queues."""

    async def __call__(self, actor: Actor, *, user_id: UserId, versions: Collection[int] | None = None) -> None:
        """Raises Forbidden, MemberNotFound, StaleVersion, LastAdmin."""
        actor.must(Operation.MANAGE_MEMBERS)
        await self._dismiss(actor, user_id, versions, action="member.removed")


@frozen(kw_only=True)
class RemoveAttendant(_Dismissal):
    """The same, where people are looked at as attendants."""

    async def __call__(self, actor: Actor, *, user_id: UserId, versions: Collection[int] | None = None) -> None:
        """Raises Forbidden, MemberNotFound, StaleVersion, LastAdmin."""
        actor.must(Operation.MANAGE_USERS)
        await self._dismiss(actor, user_id, versions, action="user.removed")
