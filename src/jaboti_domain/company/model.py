"""Companies, departments and memberships."""

import unicodedata
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Self, TypedDict, cast
from zoneinfo import ZoneInfo, available_timezones

from attrs import define, field
from attrs.setters import frozen as frozen_field

from jaboti_domain.company.currencies import CURRENCIES
from jaboti_domain.company.errors import (
    DepartmentHasOpenChats,
    InvalidCurrency,
    InvalidDescription,
    InvalidName,
    InvalidTimeZone,
    LastAdmin,
    MemberExists,
)
from jaboti_domain.company.events import AttendantChanged
from jaboti_domain.company.hours import BusinessHours
from jaboti_domain.company.retention import Held, Retention
from jaboti_domain.kernel.actor import Role
from jaboti_domain.kernel.bot import BotSettings
from jaboti_domain.kernel.deeds import Facts
from jaboti_domain.kernel.events import Aggregate, Audience, Named
from jaboti_domain.kernel.folding import folded
from jaboti_domain.kernel.ids import CompanyId, DepartmentId, UserId, new_id

_zones = cache(available_timezones)
_DESCRIPTION = 1000
_EVERYONE = Audience(everyone=True)


def checked_name(name: str) -> str:
    """The name without surrounding space. Raises InvalidName."""
    name = name.strip()
    if not 1 <= len(name) <= 200 or not name.isprintable():
        raise InvalidName()
    return name


def checked_zone(zone: str) -> str:
    """Raises InvalidTimeZone unless the IANA database has the zone."""
    if zone not in _zones():
        raise InvalidTimeZone(time_zone=zone)
    return zone


def checked_currency(currency: str) -> str:
    """Raises InvalidCurrency unless ISO 4217 has it."""
    if currency not in CURRENCIES:
        raise InvalidCurrency()
    return currency


def checked_description(description: str) -> str:
    """The description without surrounding space. Raises InvalidDescription."""
    description = description.strip()
    if len(description) > _DESCRIPTION:
        raise InvalidDescription()
    return description


class CompanyChange(TypedDict, total=False):
    """What is to be different; what is not named stays. Without hours a company is always open."""

    name: str
    time_zone: str
    currency: str
    hours: BusinessHours | None
    bot: BotSettings | None
    retention: Mapping[Held, int | None]
    """Days; None: for ever."""


@define(kw_only=True)
class Company(Aggregate):
    """A company that answers its clients here; nothing of one is ever seen by another."""

    id: CompanyId = field(on_setattr=frozen_field)
    name: str
    time_zone: str = "America/Sao_Paulo"
    currency: str = "BRL"
    hours: BusinessHours | None = None
    bot: BotSettings | None = None
    """For integrations that have none of their own."""
    retention: Retention = field(factory=Retention)
    created_at: datetime

    @classmethod
    def found(cls, *, name: str, at: datetime, time_zone: str = "America/Sao_Paulo") -> Self:
        """A new company. Raises InvalidName, InvalidTimeZone."""
        return cls(id=CompanyId(new_id()), name=checked_name(name), time_zone=checked_zone(time_zone), created_at=at)

    def change(self, to: CompanyChange) -> None:
        """Raises InvalidName, InvalidTimeZone, InvalidCurrency, InvalidRetention."""
        self.name = checked_name(to.get("name", self.name))
        self.time_zone = checked_zone(to.get("time_zone", self.time_zone))
        self.currency = checked_currency(to.get("currency", self.currency))
        self.hours, self.bot = to.get("hours", self.hours), to.get("bot", self.bot)
        self.retention = self.retention.changed(to.get("retention", {}))

    @property
    def facts(self) -> Facts:
        """What it is like, for the audit log."""
        return {
            "name": self.name,
            "timeZone": self.time_zone,
            "currency": self.currency,
            "businessHours": self.hours.record() if self.hours else None,
            "bot": {"greeting": self.bot.greeting, "farewell": self.bot.farewell} if self.bot else None,
            "retention": self.retention.record(),
        }

    def day_of(self, moment: datetime) -> date:
        """The day that it is in the company at this moment."""
        return moment.astimezone(ZoneInfo(self.time_zone)).date()

    def is_open(self, at: datetime) -> bool:
        """Whether its business hours say so; without any it always is."""
        return self.hours is None or self.hours.is_open(at, self.time_zone)

    def seconds_open(self, start: datetime, end: datetime) -> float:
        """How many seconds of [start, end) lie inside its business hours."""
        if self.hours is None:
            return max((end - start).total_seconds(), 0.0)
        return self.hours.seconds_between(start, end, self.time_zone)


@define(kw_only=True)
class Department(Aggregate):
    """A part of the company with a queue of its own; the name is unique among those that exist."""

    id: DepartmentId = field(on_setattr=frozen_field)
    company_id: CompanyId = field(on_setattr=frozen_field)
    name: str
    description: str = ""
    created_at: datetime
    removed_at: datetime | None = None
    """Since then nothing can be queued here, and old chats only show its name."""

    @classmethod
    def open(cls, *, company_id: CompanyId, name: str, at: datetime, description: str = "") -> Self:
        """A new department. Raises InvalidName, InvalidDescription."""
        return cls(
            id=DepartmentId(new_id()),
            company_id=company_id,
            name=checked_name(name),
            description=checked_description(description),
            created_at=at,
        )

    @property
    def named(self) -> Named:
        """With its name."""
        return Named(self.id, self.name)

    @property
    def key(self) -> str:
        """The name as it is compared: two departments that exist never have the same."""
        return unicodedata.normalize("NFC", self.name).casefold()

    @property
    def facts(self) -> Facts:
        """What it is like, for the audit log."""
        return {"name": self.name, "description": self.description}

    def change(self, *, name: str, description: str) -> None:
        """Raises InvalidName, InvalidDescription."""
        self.name, self.description = checked_name(name), checked_description(description)

    def remove(self, *, open_chats: int, at: datetime) -> None:
        """It is no more. Raises DepartmentHasOpenChats unless all its chats have ended."""
        if open_chats:
            raise DepartmentHasOpenChats(open_chats=open_chats)
        self.removed_at = at


@define(kw_only=True)
class Membership(Aggregate):
    """A user's part in one company: name and role are those in THIS company."""

    company_id: CompanyId = field(on_setattr=frozen_field)
    user_id: UserId = field(on_setattr=frozen_field)
    name: str
    """What colleagues and clients call them here; chats go on to show it after they have left."""
    role: Role
    departments: frozenset[DepartmentId] = frozenset()
    primary: bool = False
    """Where they begin when they sign in. Of a user's companies one is: making it this one takes it from another."""
    enabled: bool = True
    created_at: datetime
    left_at: datetime | None = None

    @classmethod
    def begin(
        cls,
        *,
        company_id: CompanyId,
        user_id: UserId,
        name: str,
        role: Role,
        departments: Collection[Named],
        primary: bool,
        at: datetime,
    ) -> Self:
        """They join the company. Raises InvalidName."""
        member = cls(
            company_id=company_id, user_id=user_id, name=checked_name(name), role=role, primary=primary, created_at=at
        )
        member._arrive(departments, at)
        return member

    def begin_again(
        self, *, name: str, role: Role, departments: Collection[Named], primary: bool, at: datetime
    ) -> None:
        """They come back. Raises MemberExists unless they had left, InvalidName."""
        if self.left_at is None:
            raise MemberExists()
        self.name, self.role, self.primary = checked_name(name), role, primary
        self.enabled, self.created_at, self.left_at = True, at, None
        self._arrive(departments, at)

    def change(
        self,
        *,
        at: datetime,
        name: str | None = None,
        role: Role | None = None,
        departments: Collection[Named] | None = None,
        primary: bool | None = None,
        enabled: bool | None = None,
        admins: Collection[UserId] = (),
    ) -> None:
        """Be otherwise in what is given; `admins` are the company's enabled ones, needed for `role` and `enabled`.

        Raises InvalidName; LastAdmin when nobody would be left who can administer the company.
        """
        before = self._seen
        self.name = self.name if name is None else checked_name(name)
        self.primary = self.primary if primary is None else primary
        if (role or self.role) is not Role.ADMIN or enabled is False:
            self._must_not_be_needed(admins)
        self.role = role or self.role
        self.enabled = self.enabled if enabled is None else enabled
        self.departments = self.departments if departments is None else _ids(departments)
        if self._seen != before:
            self._tell(before, departments, at)

    def leave(self, *, admins: Collection[UserId], at: datetime) -> None:
        """They work here no longer. Raises LastAdmin."""
        self._must_not_be_needed(admins)
        self.left_at, self.departments, self.primary = at, frozenset(), False
        self.record(
            AttendantChanged(company_id=self.company_id, at=at, audience=_EVERYONE, user_id=self.user_id, gone=True)
        )

    @property
    def has_left(self) -> bool:
        """Whether they are a member no longer."""
        return self.left_at is not None

    @property
    def facts(self) -> Facts:
        """What they are here, for the audit log."""
        return {
            "name": self.name,
            "role": self.role.value,
            "departments": sorted(map(str, self.departments)),
            "primary": self.primary,
            "enabled": self.enabled,
        }

    @property
    def _seen(self) -> tuple[str, Role, frozenset[DepartmentId], bool]:
        return self.name, self.role, self.departments, self.enabled

    def _must_not_be_needed(self, admins: Collection[UserId]) -> None:
        if self.user_id in admins and len(admins) == 1:
            raise LastAdmin()

    def _arrive(self, departments: Collection[Named], at: datetime) -> None:
        self.departments = _ids(departments)
        self.record(
            AttendantChanged(
                company_id=self.company_id,
                at=at,
                audience=_EVERYONE,
                user_id=self.user_id,
                title=self.name,
                role=self.role.value,
                departments=_in_order(departments),
                enabled=True,
            )
        )

    def _tell(
        self,
        before: tuple[str, Role, frozenset[DepartmentId], bool],
        departments: Collection[Named] | None,
        at: datetime,
    ) -> None:
        name, role, served, enabled = before
        self.record(
            AttendantChanged(
                company_id=self.company_id,
                at=at,
                audience=_EVERYONE,
                user_id=self.user_id,
                title=self.name if self.name != name else None,
                role=self.role.value if self.role is not role else None,
                departments=_in_order(departments or ()) if self.departments != served else None,
                enabled=self.enabled if self.enabled != enabled else None,
            )
        )


def _ids(departments: Iterable[Named]) -> frozenset[DepartmentId]:
    return frozenset(cast(DepartmentId, department.id) for department in departments)


def _in_order(departments: Iterable[Named]) -> tuple[Named, ...]:
    return tuple(sorted(departments, key=lambda department: (folded(department.name), department.id)))
