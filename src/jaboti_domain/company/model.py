"""Companies, departments and memberships."""

from datetime import date, datetime
from functools import cache
from typing import Self
from zoneinfo import ZoneInfo, available_timezones

from attrs import define, field
from attrs.setters import frozen as frozen_field

from jaboti_domain.company.errors import InvalidName, InvalidTimeZone
from jaboti_domain.kernel.actor import Role
from jaboti_domain.kernel.events import Aggregate
from jaboti_domain.kernel.ids import CompanyId, DepartmentId, UserId, new_id

_zones = cache(available_timezones)


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


@define(kw_only=True)
class Company(Aggregate):
    """A company that answers its clients here; nothing of one is ever seen by another."""

    id: CompanyId = field(on_setattr=frozen_field)
    name: str
    time_zone: str = "America/Sao_Paulo"
    currency: str = "BRL"
    created_at: datetime

    @classmethod
    def found(cls, *, name: str, at: datetime, time_zone: str = "America/Sao_Paulo") -> Self:
        """A new company. Raises InvalidName, InvalidTimeZone."""
        return cls(id=CompanyId(new_id()), name=checked_name(name), time_zone=checked_zone(time_zone), created_at=at)

    def day_of(self, moment: datetime) -> date:
        """The day that it is in the company at this moment."""
        return moment.astimezone(ZoneInfo(self.time_zone)).date()


@define(kw_only=True)
class Department(Aggregate):
    """A part of the company with a queue of its own; the name is unique in the company."""

    id: DepartmentId = field(on_setattr=frozen_field)
    company_id: CompanyId = field(on_setattr=frozen_field)
    name: str
    description: str = ""
    created_at: datetime

    @classmethod
    def open(cls, *, company_id: CompanyId, name: str, at: datetime, description: str = "") -> Self:
        """A new department. Raises InvalidName."""
        return cls(
            id=DepartmentId(new_id()),
            company_id=company_id,
            name=checked_name(name),
            description=description,
            created_at=at,
        )


@define(kw_only=True)
class Membership(Aggregate):
    """A user's part in one company: the role is the role in THIS company."""

    company_id: CompanyId = field(on_setattr=frozen_field)
    user_id: UserId = field(on_setattr=frozen_field)
    name: str
    """The user's name, for showing."""
    role: Role
    departments: frozenset[DepartmentId] = frozenset()
    primary: bool = False
    enabled: bool = True
    created_at: datetime

    def join(self, department_id: DepartmentId) -> None:
        """Serve this department's queue too."""
        self.departments |= {department_id}
