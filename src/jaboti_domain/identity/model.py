"""Users and sessions."""

import unicodedata
from datetime import datetime, timedelta
from typing import Self

from attrs import define, field, frozen
from attrs.setters import frozen as frozen_field

from jaboti_domain.identity.errors import InvalidEmail, RefreshReused, SessionEnded, WeakPassword
from jaboti_domain.kernel.actor import Role
from jaboti_domain.kernel.emails import read_email
from jaboti_domain.kernel.events import Aggregate
from jaboti_domain.kernel.ids import CompanyId, DepartmentId, SessionId, UserId, new_id

PASSWORD_LENGTH = range(15, 129)
IDLE_LIMIT = timedelta(days=7)
ABSOLUTE_LIMIT = timedelta(days=30)
MOST_SESSIONS = 100
LOST_ANSWER = timedelta(seconds=30)
"""How long the successor of a refresh token may be asked for again by who did not get it."""


def normal_email(text: str) -> str:
    """The address in the form in which it is compared: ASCII, lower case. Raises InvalidEmail."""
    email = read_email(text)
    if email is None:
        raise InvalidEmail()
    return email


def normal_password(text: str, *, field: str = "password") -> str:
    """The password as it is hashed (NFC, as NIST SP 800-63B advises). Raises WeakPassword by length alone."""
    password = unicodedata.normalize("NFC", text)
    if len(password) not in PASSWORD_LENGTH:
        raise WeakPassword(field=field)
    return password


@define(kw_only=True)
class User(Aggregate):
    """A person who signs in."""

    id: UserId = field(on_setattr=frozen_field)
    email: str
    name: str
    password_hash: str = field(repr=False)
    enabled: bool = True
    created_at: datetime

    @classmethod
    def register(cls, *, email: str, name: str, password_hash: str, at: datetime) -> Self:
        """A new account. Raises InvalidEmail."""
        return cls(
            id=UserId(new_id()),
            email=normal_email(email),
            name=name.strip(),
            password_hash=password_hash,
            created_at=at,
        )


@frozen(kw_only=True)
class Device:
    """What somebody signs in with: what the client calls itself, and where it is."""

    name: str
    address: str

    @classmethod
    def of(cls, name: str, address: str) -> Self:
        """As it is kept: not longer than anybody needs to tell two of them apart."""
        return cls(name=name[:200], address=address[:64])


SOMETHING = Device(name="", address="")
"""A device of which nothing is known."""


@define(kw_only=True)
class Session(Aggregate):
    """One signing-in: a family of refresh tokens, of which only the newest, number `counter`, may be used."""

    id: SessionId = field(on_setattr=frozen_field)
    user_id: UserId = field(on_setattr=frozen_field)
    company_id: CompanyId | None
    device: str = ""
    address: str = ""
    counter: int = 0
    opened_at: datetime
    used_at: datetime
    ended_at: datetime | None = None

    @classmethod
    def open(cls, *, user_id: UserId, company_id: CompanyId | None, at: datetime, device: Device = SOMETHING) -> Self:
        """Sign in."""
        return cls(
            id=SessionId(new_id()),
            user_id=user_id,
            company_id=company_id,
            device=device.name,
            address=device.address,
            opened_at=at,
            used_at=at,
        )

    def rotate(self, presented: int, *, at: datetime) -> int:
        """Use refresh token number `presented`; returns the number of the one that replaces it.

        The predecessor of the newest is answered once more with the newest within 30 s, for an answer that was lost.
        Raises SessionEnded; RefreshReused for any other used one, and then the session is over (RFC 9700, 4.14.2).
        """
        if self.is_over(at):
            raise SessionEnded()
        if presented == self.counter:
            self.counter, self.used_at = self.counter + 1, at
        elif presented != self.counter - 1 or at - self.used_at > LOST_ANSWER:
            self.end(at=at)
            raise RefreshReused()
        return self.counter

    def is_over(self, at: datetime) -> bool:
        """Whether it was ended, or left alone for 7 days, or is 30 days old."""
        return self.ended_at is not None or at - self.used_at > IDLE_LIMIT or at - self.opened_at > ABSOLUTE_LIMIT

    def select(self, company_id: CompanyId) -> None:
        """Work for another company from now on."""
        self.company_id = company_id

    def end(self, *, at: datetime) -> None:
        """Sign out; an ended session stays ended."""
        self.ended_at = self.ended_at or at


@frozen(kw_only=True)
class Standing:
    """What somebody may do right now in the company of their session."""

    user_id: UserId
    company_id: CompanyId
    name: str
    role: Role
    departments: frozenset[DepartmentId]


@frozen(kw_only=True)
class CompanyOfUser:
    """A company that a user may select."""

    id: CompanyId
    name: str
    role: Role
    primary: bool
