"""People's accounts and passwords."""

from collections.abc import Callable

from attrs import frozen

from jaboti_domain.identity.errors import CommonPassword, WrongPassword
from jaboti_domain.identity.guard import SignInGuard
from jaboti_domain.identity.model import MOST_SESSIONS, User, normal_email, normal_password
from jaboti_domain.identity.ports import IdentityUnitOfWork, PasswordGuesser, PasswordHasher
from jaboti_domain.identity.use_cases.access import Authenticate, Identity
from jaboti_domain.kernel.ports import Clock


@frozen(kw_only=True)
class ChoosePassword:
    """A password is checked and hashed."""

    hasher: PasswordHasher
    guesser: PasswordGuesser

    async def __call__(self, password: str, *, email: str, name: str, field: str = "password") -> str:
        """The hash. Raises WeakPassword and CommonPassword, of this field."""
        chosen = normal_password(password, field=field)
        if self.guesser.would_guess(chosen, about=[email, email.partition("@")[0], *name.split(), "jaboti"]):
            raise CommonPassword(field=field)
        return await self.hasher.hash(chosen)


@frozen(kw_only=True)
class RegisterUser:
    """A person gets an account."""

    new_identity_uow: Callable[[], IdentityUnitOfWork]
    choose_password: ChoosePassword
    clock: Clock

    async def __call__(self, *, email: str, name: str, password: str) -> User:
        """Raises InvalidEmail, WeakPassword, CommonPassword, EmailTaken."""
        hashed = await self.choose_password(password, email=normal_email(email), name=name)
        user = User.register(email=email, name=name, password_hash=hashed, at=self.clock())
        async with self.new_identity_uow() as uow:
            await uow.users.save(user)
            await uow.commit()
        return user

    async def or_find(self, *, email: str, name: str, password: str) -> User:
        """The account of this address as it is, or a new one where there is none.

        Raises InvalidEmail, WeakPassword, CommonPassword.
        """
        async with self.new_identity_uow() as uow:
            known = await uow.users.find_by_email(normal_email(email))
        return known or await self(email=email, name=name, password=password)


@frozen(kw_only=True)
class ChangePassword:
    """Somebody takes another password; every other session of theirs ends."""

    new_identity_uow: Callable[[], IdentityUnitOfWork]
    hasher: PasswordHasher
    choose_password: ChoosePassword
    guard: SignInGuard
    authenticate: Authenticate
    clock: Clock

    async def __call__(self, identity: Identity, *, current: str, new: str) -> None:
        """Raises WrongPassword, WeakPassword, CommonPassword, TooManyAttempts."""
        person = identity.user
        attempt = await self.guard.admit_change(person)
        if not await self.hasher.verify(current, person.password_hash):
            raise WrongPassword()
        await self.guard.succeeded(attempt)
        chosen = await self.choose_password(new, email=person.email, name=person.name, field="newPassword")
        async with self.new_identity_uow() as uow:
            user = await uow.users.get(person.id)
            user.password_hash = chosen
            await uow.users.save(user)
            ended = [s for s in await uow.sessions.of_user(user.id, limit=MOST_SESSIONS) if s.id != identity.session_id]
            for session in ended:
                session.end(at=self.clock())
            await uow.sessions.save(*ended)
            await uow.commit()
        for session in ended:
            self.authenticate.revoke(session.id)
