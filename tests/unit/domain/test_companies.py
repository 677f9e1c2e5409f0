"""Companies, departments and their members: what may be changed, and what may not."""

from datetime import UTC, datetime
from typing import Any

import pytest

from jaboti_adapters.contracts.builders import a_company, a_department, a_membership, a_user
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
from jaboti_domain.company.model import CompanyChange, Department, Membership
from jaboti_domain.kernel.actor import Role
from jaboti_domain.kernel.bot import BotSettings
from jaboti_domain.kernel.deeds import differences
from jaboti_domain.kernel.events import Named
from jaboti_domain.kernel.folding import folded
from jaboti_domain.kernel.ids import CompanyId, UserId, new_id

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SALES, SUPPORT = Named(new_id(), "Vendas"), Named(new_id(), "Suporte")


def a_member(role: Role = Role.OPERATOR) -> Membership:
    return a_membership(CompanyId(new_id()), a_user(), role=role)


def told(member: Membership) -> list[dict[str, Any]]:
    """What is new in each event that was recorded."""
    events = [event for event in member.collect() if isinstance(event, AttendantChanged)]
    names = ("title", "role", "departments", "enabled", "gone")
    return [{name: getattr(e, name) for name in names if getattr(e, name) not in (None, False)} for e in events]


def test_what_is_not_named_in_a_change_stays() -> None:
    company = a_company()
    company.change({"bot": BotSettings(greeting="Olá"), "currency": "EUR"})
    company.change({"name": " Padaria Nova ", "bot": None})
    assert (company.name, company.currency, company.bot) == ("Padaria Nova", "EUR", None)
    assert company.time_zone == "America/Sao_Paulo"


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"name": "  "}, InvalidName),
        ({"name": "a\nb"}, InvalidName),
        ({"time_zone": "America/Curitiba"}, InvalidTimeZone),
        ({"currency": "BRR"}, InvalidCurrency),
        ({"currency": "brl"}, InvalidCurrency),
    ],
)
def test_a_company_is_not_anything(change: CompanyChange, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        a_company().change(change)


def test_a_department_is_compared_without_case_and_space() -> None:
    names = ("Atenção", " ATENÇÃO ", "Atenc\u0327a\u0303o")
    assert len({Department.open(company_id=CompanyId(new_id()), name=name, at=NOON).key for name in names}) == 1


def test_a_department_is_described_in_so_many_words() -> None:
    department = a_department(CompanyId(new_id()))
    department.change(name="Loja", description="  Quem vende\nno balcão ")
    assert department.description == "Quem vende\nno balcão"
    with pytest.raises(InvalidDescription):
        department.change(name="Loja", description="x" * 1001)


def test_a_department_with_open_chats_can_not_be_removed() -> None:
    department = a_department(CompanyId(new_id()))
    with pytest.raises(DepartmentHasOpenChats) as refused:
        department.remove(open_chats=3, at=NOON)
    assert refused.value.details == {"open_chats": 3}
    department.remove(open_chats=0, at=NOON)
    assert department.removed_at == NOON


def test_of_a_member_only_what_is_new_is_told() -> None:
    member = a_member()
    member.change(name="Ana Lima", departments=[SUPPORT, SALES], at=NOON)
    member.change(name="Ana Lima", role=Role.SUPERVISOR, primary=True, departments=[SALES, SUPPORT], at=NOON)
    member.change(enabled=True, at=NOON)
    assert told(member) == [{"title": "Ana Lima", "departments": (SUPPORT, SALES)}, {"role": "SUPERVISOR"}]


@pytest.mark.parametrize("change", [{"role": Role.SUPERVISOR}, {"enabled": False}])
def test_the_last_admin_stays_one(change: dict[str, Any]) -> None:
    admin, other = a_member(Role.ADMIN), UserId(new_id())
    with pytest.raises(LastAdmin):
        admin.change(**change, admins=[admin.user_id], at=NOON)
    admin.change(name="Alda Reis", role=Role.ADMIN, enabled=True, admins=[admin.user_id], at=NOON)
    admin.change(**change, admins=[admin.user_id, other], at=NOON)


def test_the_last_admin_does_not_leave() -> None:
    admin = a_member(Role.ADMIN)
    with pytest.raises(LastAdmin):
        admin.leave(admins=[admin.user_id], at=NOON)


def test_who_leaves_serves_nothing_and_may_come_back_as_somebody_else() -> None:
    member = a_member()
    member.change(departments=[SALES], primary=True, at=NOON)
    member.leave(admins=[], at=NOON)
    assert (member.has_left, member.departments, member.primary) == (True, frozenset(), False)
    member.begin_again(name="Ana Reis", role=Role.SUPERVISOR, departments=[SUPPORT], primary=False, at=NOON)
    assert (member.has_left, member.name, member.role) == (False, "Ana Reis", Role.SUPERVISOR)
    assert told(member)[1:] == [
        {"gone": True},
        {"title": "Ana Reis", "role": "SUPERVISOR", "departments": (SUPPORT,), "enabled": True},
    ]


def test_who_is_there_can_not_come_back() -> None:
    with pytest.raises(MemberExists):
        a_member().begin_again(name="Ana", role=Role.OPERATOR, departments=[], primary=False, at=NOON)


def test_texts_that_people_would_call_the_same_are_folded_to_one() -> None:
    assert {folded(text) for text in ("JOSÉ", "jose", " José ", "Jose\u0301", "ＪＯＳＥ")} == {"jose"}


def test_only_what_differs_is_a_difference() -> None:
    assert differences({"a": 1, "b": 2}, {"a": 1, "b": 3, "c": None}) == ({"b": 2}, {"b": 3})
    assert differences({"a": 1}, {"a": 1}) == ({}, {})
