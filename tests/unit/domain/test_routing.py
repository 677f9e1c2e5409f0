"""Who may act on a chat sees it, and the other way round."""

from hypothesis import given
from hypothesis import strategies as st

from jaboti_domain.chat.routing import audience_of, may_attend, sees
from jaboti_domain.kernel.actor import LEAST_ROLE, Actor, Operation, Role
from jaboti_domain.kernel.ids import CompanyId, DepartmentId, UserId, new_id

USERS = [UserId(new_id()) for _ in range(3)]
DEPARTMENTS = [DepartmentId(new_id()) for _ in range(3)]
actors = st.builds(
    Actor,
    user_id=st.sampled_from(USERS),
    company_id=st.just(CompanyId(new_id())),
    role=st.sampled_from(Role),
    name=st.just("Ana"),
    departments=st.frozensets(st.sampled_from(DEPARTMENTS)),
)
attendants = st.none() | st.sampled_from(USERS)
departments = st.none() | st.sampled_from(DEPARTMENTS)


@given(actors, attendants, departments)
def test_who_may_attend_a_chat_is_whom_its_events_are_for(
    actor: Actor, attendant: UserId | None, department: DepartmentId | None
) -> None:
    assert sees(actor, audience_of(attendant, department)) == may_attend(actor, attendant, department)


@given(actors, attendants, departments, attendants, departments)
def test_an_event_for_two_audiences_is_for_whoever_is_in_one_of_them(
    actor: Actor, a: UserId | None, d: DepartmentId | None, b: UserId | None, e: DepartmentId | None
) -> None:
    one, other = audience_of(a, d), audience_of(b, e)
    assert sees(actor, one | other) == (sees(actor, one) or sees(actor, other))


@given(st.sampled_from(Role), st.sampled_from(Role), st.sampled_from(Operation))
def test_each_role_may_do_what_those_before_it_may(one: Role, other: Role, operation: Operation) -> None:
    assert one.covers(other) or other.covers(one)
    if one.covers(other) and other.covers(LEAST_ROLE[operation]):
        assert one.covers(LEAST_ROLE[operation])


def test_every_operation_has_a_least_role() -> None:
    assert LEAST_ROLE.keys() == set(Operation)
