"""/clients/{clientId}/export: what people may ask for about their own data."""

from jaboti_domain.kernel.actor import Operation
from jaboti_entrypoints.rest.answer import Streamed
from jaboti_entrypoints.rest.audit import AuditEntry
from jaboti_entrypoints.rest.chats import ChatShown, Milestone, NoteShown, TimelineMessage, TimelineNote
from jaboti_entrypoints.rest.clients import PATH, ClientShown, client_id
from jaboti_entrypoints.rest.route import Call, Route
from jaboti_entrypoints.rest.wire import Shown


class ExportedChat(Shown):
    """A chat, and all that happened in it, oldest first."""

    chat: ChatShown
    timeline: list[TimelineMessage | TimelineNote | Milestone]


class ExportedPerson(Shown):
    """All that is held on a person."""

    client: ClientShown
    notes: list[NoteShown]
    chats: list[ExportedChat]
    audit_entries: list[AuditEntry]


async def export_person(call: Call[None]) -> Streamed:
    """GET /clients/{clientId}/export"""
    whom = client_id(call)
    pieces = await call.application.export_person(call.actor, client_id=whom)
    disposition = f'attachment; filename="client-{whom}.json"'.encode()
    return Streamed(pieces, b"application/json", ((b"content-disposition", disposition),))


ROUTES = (
    Route(
        method="GET",
        path=f"{PATH}/export",
        endpoint=export_person,
        access=Operation.MANAGE_PRIVACY,
        answers={200: ExportedPerson},
        answer_headers=("Content-Disposition",),
        tag="privacy",
        summary="All that is held on a person, as one document",
        description="For the person who asks for it (LGPD, art. 18): the client, notes, chats with their timelines, "
        "and what the audit log says of them. That it was handed out is in the audit log too.",
    ),
)
