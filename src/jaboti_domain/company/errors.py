"""Refusals about companies.

NotFound ── CompanyNotFound, DepartmentNotFound, MemberNotFound
Conflict ── DepartmentExists, MemberExists
Invalid ── InvalidTimeZone, InvalidName
"""

from jaboti_domain.kernel.errors import Conflict, Invalid, NotFound


class CompanyNotFound(NotFound):
    """There is no such company."""

    code = "company.not_found"


class DepartmentNotFound(NotFound):
    """There is no such department."""

    code = "department.not_found"


class MemberNotFound(NotFound):
    """There is no such attendant in this company."""

    code = "member.not_found"


class DepartmentExists(Conflict):
    """The company already has a department of this name."""

    code = "department.exists"


class MemberExists(Conflict):
    """They are already a member of this company."""

    code = "member.exists"


class InvalidTimeZone(Invalid):
    """The time zone is not in the IANA database."""

    code = "company.invalid_time_zone"


class InvalidName(Invalid):
    """A name has between 1 and 200 visible characters."""

    code = "company.invalid_name"
