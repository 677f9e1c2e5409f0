"""/clients/{clientId}/export and /anonymize: what people may ask for about their own data."""

from uuid import UUID

from pydantic import Field

from jaboti_domain.kernel.actor import Operation
from jaboti_domain.kernel.ids import ClientId
from jaboti_entrypoints.rest.answer import Answer, Streamed, shown
from jaboti_entrypoints.rest.audit import AuditEntry
from jaboti_entrypoints.rest.calls import CallShown
from jaboti_entrypoints.rest.chats import ChatShown, Milestone, NoteShown, TimelineMessage, TimelineNote
from jaboti_entrypoints.rest.clients import PATH, ClientShown, ContactShown, IdentityShown, client_id
from jaboti_entrypoints.rest.costs import MoneyShown
from jaboti_entrypoints.rest.route import Call, Header, Route
from jaboti_entrypoints.rest.wire import Id, Shown, Time


class ExportedCharge(Shown):
    """What a message cost; null where there was no rate card."""

    message_id: Id
    at: Time
    category: str
    kind: str
    country: str | None
    cost: MoneyShown | None


class ExportedChat(Shown):
    """A chat, all that happened in it, oldest first, and what its messages cost."""

    chat: ChatShown
    timeline: list[TimelineMessage | TimelineNote | Milestone]
    charges: list[ExportedCharge]


class Portrait(Shown):
    """A client as they were."""

    name: str
    phone: str | None
    document: str | None
    email: str | None
    contacts: list[ContactShown]
    attributes: dict[str, str]
    identities: list[IdentityShown]


class ExportedMerge(Shown):
    """Two clients were taken for one; `absorbed` is null where it is somebody else again."""

    id: Id
    at: Time
    undone_at: Time | None
    client_id: Id
    absorbed_id: Id
    absorbed: Portrait | None


class ExportedPerson(Shown):
    """All that is held on a person."""

    client: ClientShown
    notes: list[NoteShown]
    chats: list[ExportedChat]
    merges: list[ExportedMerge]
    calls: list[CallShown] = Field(
        description="The log holds only the ends of phones: calls of somebody whose phone ends alike may be among them."
    )
    audit_entries: list[AuditEntry]


async def export_person(call: Call[None]) -> Streamed:
    """GET /clients/{clientId}/export"""
    whom = client_id(call)
    pieces = await call.application.export_person(call.actor, client_id=whom)
    disposition = f'attachment; filename="client-{whom}.json"'.encode()
    return Streamed(pieces, b"application/json", ((b"content-disposition", disposition),))


class Eraser(Shown):
    """Who had it done."""

    id: Id
    name: str


class ReceiptShown(Shown):
    """What proves that a person was forgotten, without saying who they were."""

    client_id: Id
    at: Time
    by: Eraser
    erased: dict[str, int] = Field(description="How many of each kind.")
    digest: str = Field(description="SHA-256; it stands in the sealed audit log, too.")


async def anonymize_person(call: Call[None]) -> Answer:
    """POST /clients/{clientId}/anonymize"""
    return await _receipt(call, client_id(call))


async def _forgotten(call: Call[None], subject: UUID) -> Answer:
    return await _receipt(call, client_id(call))


async def _receipt(call: Call[None], whom: ClientId) -> Answer:
    """The same receipt, however often it is asked for."""
    receipt = await call.application.anonymize_person(call.actor, client_id=whom)
    document = ReceiptShown(
        client_id=receipt.client_id,
        at=receipt.at,
        by=Eraser(id=receipt.by.id, name=receipt.by.name),
        erased=dict(receipt.erased),
        digest=receipt.digest,
    )
    return shown(document)


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
        description="For the person who asks for it (LGPD, art. 18): the client, also one who was removed; notes; "
        "chats with their timelines and costs; merges; calls to and from platforms; and what the audit log says of "
        "them. That it was handed out is in the audit log too.",
    ),
    Route(
        method="POST",
        path=f"{PATH}/anonymize",
        endpoint=anonymize_person,
        recover=_forgotten,
        access=Operation.MANAGE_PRIVACY,
        answers={200: ReceiptShown},
        problems=(409,),
        headers=(Header.IDEMPOTENCY_KEY,),
        tag="privacy",
        summary="Forget who a person is",
        description="What identifies them is erased, also of whoever was merged into them; what is counted stays. It "
        "can't be undone. A second time answers the same receipt. Whoever writes from their number is a new client. "
        "Refused with 409 `client.has_open_chats` while a chat is open, and `client.being_written_to` while a message "
        "is on its way.",
    ),
)
