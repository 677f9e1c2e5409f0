"""Identifiers: UUIDv7, so that they sort by the time at which they were made (RFC 9562, section 5.7)."""

from typing import NewType
from uuid import UUID

from uuid_utils.compat import uuid7

CompanyId = NewType("CompanyId", UUID)
UserId = NewType("UserId", UUID)
SessionId = NewType("SessionId", UUID)
DepartmentId = NewType("DepartmentId", UUID)
ClientId = NewType("ClientId", UUID)
IntegrationId = NewType("IntegrationId", UUID)
ChatId = NewType("ChatId", UUID)
MessageId = NewType("MessageId", UUID)
MergeId = NewType("MergeId", UUID)
NoteId = NewType("NoteId", UUID)
MediaId = NewType("MediaId", UUID)


def new_id() -> UUID:
    """A fresh UUIDv7."""
    return uuid7()
