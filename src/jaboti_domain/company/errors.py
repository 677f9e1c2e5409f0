"""Refusals about companies.

NotFound ── CompanyNotFound, DepartmentNotFound, MemberNotFound
Conflict ── DepartmentExists, MemberExists
Invalid ── InvalidTimeZone, InvalidName
"""

from jaboti_domain.kernel.errors import Conflict, Invalid, NotFound


class CompanyNotFound(NotFound):
    """There is no such company."""

    code = "company.not_found"
    portuguese = "Esta empresa não existe."


class DepartmentNotFound(NotFound):
    """There is no such department."""

    code = "department.not_found"
    portuguese = "Este setor não existe."


class MemberNotFound(NotFound):
    """There is no such attendant in this company."""

    code = "member.not_found"
    portuguese = "Este atendente não existe nesta empresa."


class DepartmentExists(Conflict):
    """The company already has a department of this name."""

    code = "department.exists"
    portuguese = "A empresa já tem um setor com este nome."


class MemberExists(Conflict):
    """They are already a member of this company."""

    code = "member.exists"
    portuguese = "Esta pessoa já é membro da empresa."


class InvalidTimeZone(Invalid):
    """The time zone is not in the IANA database."""

    code = "company.invalid_time_zone"
    portuguese = "O fuso horário não está na base da IANA."
    field = "timeZone"


class InvalidName(Invalid):
    """A name has between 1 and 200 visible characters."""

    code = "company.invalid_name"
    portuguese = "Um nome tem de 1 a 200 caracteres visíveis."
    field = "name"
