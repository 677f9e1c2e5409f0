"""Refusals about companies.

NotFound ── CompanyNotFound, DepartmentNotFound, MemberNotFound
Conflict ── DepartmentExists, DepartmentHasOpenChats, MemberExists, LastAdmin
Invalid ── InvalidTimeZone, InvalidCurrency, InvalidBusinessHours, InvalidName, InvalidDescription
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


class DepartmentHasOpenChats(Conflict):
    """The department has open chats: end them, or transfer them to another one first."""

    code = "department.has_open_chats"
    portuguese = "O setor tem atendimentos abertos: encerre-os ou transfira-os para outro antes."

    def __init__(self, *, open_chats: int) -> None:
        super().__init__(open_chats=open_chats)


class MemberExists(Conflict):
    """They are already a member of this company."""

    code = "member.exists"
    portuguese = "Esta pessoa já é membro da empresa."


class LastAdmin(Conflict):
    """They are the last one who can administer the company: make somebody else an administrator first."""

    code = "member.last_admin"
    portuguese = "Esta pessoa é a última que pode administrar a empresa: torne outra administradora antes."


class InvalidTimeZone(Invalid):
    """The time zone is not in the IANA database."""

    code = "company.invalid_time_zone"
    portuguese = "O fuso horário não está na base da IANA."
    field = "timeZone"


class InvalidCurrency(Invalid):
    """The currency is not one of ISO 4217."""

    code = "company.invalid_currency"
    portuguese = "A moeda não está na ISO 4217."
    field = "currency"


class InvalidBusinessHours(Invalid):
    """Business hours are times from 00:00 to 24:00 that go forward and do not overlap, at most 12 stretches a day."""

    code = "company.invalid_business_hours"
    portuguese = "Horários de funcionamento vão de 00:00 a 24:00, para a frente, sem se sobrepor, até 12 por dia."
    field = "businessHours"


class InvalidRetention(Invalid):
    """How long something is kept is a number of days within its bounds, or for ever."""

    code = "company.invalid_retention"
    portuguese = "O tempo de guarda é um número de dias dentro dos limites, ou para sempre."
    field = "retention"


class InvalidName(Invalid):
    """A name has between 1 and 200 visible characters."""

    code = "company.invalid_name"
    portuguese = "Um nome tem de 1 a 200 caracteres visíveis."
    field = "name"


class InvalidDescription(Invalid):
    """A description has at most 1,000 characters."""

    code = "department.invalid_description"
    portuguese = "Uma descrição tem no máximo 1.000 caracteres."
    field = "description"
