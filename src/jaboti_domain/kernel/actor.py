"""Who acts, for which company, in which role, and what that role may do."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from attrs import frozen

from jaboti_domain.kernel.deeds import Deed, Facts
from jaboti_domain.kernel.errors import Forbidden
from jaboti_domain.kernel.ids import CompanyId, DepartmentId, SessionId, UserId


class Role(StrEnum):
    """A member's role in one company; each may do all that those before it may."""

    OPERATOR = "OPERATOR"
    SUPERVISOR = "SUPERVISOR"
    ADMIN = "ADMIN"

    def covers(self, other: "Role") -> bool:
        """Whether this role may do what `other` may."""
        return _RANK[self] >= _RANK[other]


_RANK = {role: rank for rank, role in enumerate(Role)}


class Operation(StrEnum):
    """Everything that a role is asked for."""

    READ_CHATS = "chats.read"
    OPEN_CHAT = "chats.open"
    START_CHAT = "chats.start"
    SEND_MESSAGE = "chats.send"
    READ_MESSAGES = "chats.mark_read"
    TRANSFER_CHAT = "chats.transfer"
    END_CHAT = "chats.end"
    ATTEND_ANY_CHAT = "chats.attend_any"
    UPLOAD_MEDIA = "media.upload"
    READ_MEDIA = "media.read"
    READ_INTEGRATIONS = "integrations.read"
    READ_CLIENTS = "clients.read"
    EDIT_CLIENTS = "clients.edit"
    MANAGE_CLIENTS = "clients.manage"
    MANAGE_PRIVACY = "privacy.manage"
    WRITE_NOTES = "notes.write"
    EDIT_ANY_NOTE = "notes.edit_any"
    MANAGE_INTEGRATIONS = "integrations.manage"
    READ_CALLS = "integrations.read_calls"
    READ_TEMPLATES = "integrations.read_templates"
    MANAGE_DEAD_LETTERS = "integrations.manage_dead_letters"
    READ_COSTS = "costs.read"
    MANAGE_BUDGET = "costs.manage_budget"
    MANAGE_COMPANY = "company.manage"
    READ_MEMBERS = "members.read"
    MANAGE_MEMBERS = "members.manage"
    READ_DEPARTMENTS = "departments.read"
    MANAGE_DEPARTMENTS = "departments.manage"
    READ_USERS = "users.read"
    MANAGE_USERS = "users.manage"
    SET_PRESENCE = "presence.set"
    READ_AUDIT = "audit.read"
    READ_DASHBOARD = "dashboard.read"
    ARRANGE_DASHBOARD = "dashboard.arrange"


LEAST_ROLE: Mapping[Operation, Role] = MappingProxyType(
    {
        Operation.READ_CHATS: Role.OPERATOR,
        Operation.OPEN_CHAT: Role.OPERATOR,
        Operation.START_CHAT: Role.OPERATOR,
        Operation.SEND_MESSAGE: Role.OPERATOR,
        Operation.READ_MESSAGES: Role.OPERATOR,
        Operation.TRANSFER_CHAT: Role.OPERATOR,
        Operation.END_CHAT: Role.OPERATOR,
        Operation.ATTEND_ANY_CHAT: Role.SUPERVISOR,
        Operation.UPLOAD_MEDIA: Role.OPERATOR,
        Operation.READ_MEDIA: Role.OPERATOR,
        Operation.READ_INTEGRATIONS: Role.SUPERVISOR,
        Operation.READ_CLIENTS: Role.OPERATOR,
        Operation.EDIT_CLIENTS: Role.OPERATOR,
        Operation.MANAGE_CLIENTS: Role.SUPERVISOR,
        Operation.MANAGE_PRIVACY: Role.ADMIN,
        Operation.WRITE_NOTES: Role.OPERATOR,
        Operation.EDIT_ANY_NOTE: Role.SUPERVISOR,
        Operation.MANAGE_INTEGRATIONS: Role.ADMIN,
        Operation.READ_CALLS: Role.SUPERVISOR,
        Operation.READ_TEMPLATES: Role.OPERATOR,
        Operation.MANAGE_DEAD_LETTERS: Role.ADMIN,
        Operation.READ_COSTS: Role.SUPERVISOR,
        Operation.MANAGE_BUDGET: Role.ADMIN,
        Operation.MANAGE_COMPANY: Role.ADMIN,
        Operation.READ_MEMBERS: Role.SUPERVISOR,
        Operation.MANAGE_MEMBERS: Role.ADMIN,
        Operation.READ_DEPARTMENTS: Role.OPERATOR,
        Operation.MANAGE_DEPARTMENTS: Role.SUPERVISOR,
        Operation.READ_USERS: Role.OPERATOR,
        Operation.MANAGE_USERS: Role.ADMIN,
        Operation.SET_PRESENCE: Role.OPERATOR,
        Operation.READ_AUDIT: Role.ADMIN,
        Operation.READ_DASHBOARD: Role.OPERATOR,
        Operation.ARRANGE_DASHBOARD: Role.OPERATOR,
    }
)
"""The one table of operation and least role: checks, documentation and tests read it."""


@frozen(kw_only=True)
class Actor:
    """A signed-in person in the company that they selected."""

    user_id: UserId
    company_id: CompanyId
    role: Role
    name: str
    departments: frozenset[DepartmentId] = frozenset()
    session_id: SessionId | None = None
    address: str = ""
    """Where the request comes from."""

    def did(
        self,
        action: str,
        *,
        subject: str,
        subject_id: UUID,
        at: datetime,
        before: Facts | None = None,
        after: Facts | None = None,
    ) -> Deed:
        """A deed of the actor's, for the audit log."""
        return Deed(
            at=at,
            action=action,
            actor_id=self.user_id,
            actor_name=self.name,
            address=self.address,
            subject=subject,
            subject_id=subject_id,
            before=before,
            after=after,
        )

    def may(self, operation: Operation) -> bool:
        """Whether the actor's role is enough for the operation."""
        return self.role.covers(LEAST_ROLE[operation])

    def must(self, operation: Operation) -> None:
        """Raise Forbidden unless the actor's role is enough for the operation."""
        if not self.may(operation):
            raise Forbidden(operation=operation.value, least_role=LEAST_ROLE[operation].value)

    def serves(self, department_id: DepartmentId | None) -> bool:
        """Whether the queue of this department is the actor's to serve; a chat without a department is everyone's."""
        return department_id is None or department_id in self.departments or self.may(Operation.ATTEND_ANY_CHAT)
