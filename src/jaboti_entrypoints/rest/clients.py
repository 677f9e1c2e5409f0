"""/clients: who writes, and what is known of them."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any, Literal
from uuid import UUID

from attrs import evolve
from pydantic import AfterValidator, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from jaboti_domain.client.details import (
    ATTRIBUTE_NAME,
    ATTRIBUTE_VALUE,
    LABEL_LENGTH,
    MOST_ATTRIBUTES,
    MOST_CONTACTS,
    NAME_LENGTH,
    VALUE_LENGTH,
    Contact,
    ContactKind,
    Details,
    checked_attributes,
    checked_contacts,
    checked_email,
    checked_name,
)
from jaboti_domain.client.document import LONGEST, Document, DocumentKind
from jaboti_domain.client.identity import IdentityKind
from jaboti_domain.client.phone import Phone
from jaboti_domain.client.queries import ClientFilter
from jaboti_domain.kernel.actor import Operation
from jaboti_domain.kernel.emails import LONGEST as LONGEST_EMAIL
from jaboti_domain.kernel.errors import Invalid
from jaboti_domain.kernel.ids import ClientId
from jaboti_entrypoints.rest import headers
from jaboti_entrypoints.rest.answer import NO_CONTENT, Answer
from jaboti_entrypoints.rest.chats import ChatShown, TimelineMessage
from jaboti_entrypoints.rest.cursor import page_answer, place_after
from jaboti_entrypoints.rest.route import Call, Header, Route
from jaboti_entrypoints.rest.versions import versioned
from jaboti_entrypoints.rest.wire import Given, Id, PagedQuery, Shown, Time, read_by

LIST = "clients"
HISTORY = "client history"
PATH = "/clients/{clientId}"

Sought = Annotated[str, Field(max_length=200)] | None
Name = Annotated[str, Field(max_length=NAME_LENGTH), read_by(checked_name)]
DocumentGiven = Annotated[str, Field(max_length=LONGEST), read_by(Document.parse)]
PhoneGiven = Annotated[str, Field(max_length=32), read_by(Phone.parse)]
EmailGiven = Annotated[str, Field(max_length=LONGEST_EMAIL), read_by(checked_email)]
Attributes = Annotated[
    dict[Annotated[str, Field(max_length=ATTRIBUTE_NAME)], Annotated[str, Field(max_length=ATTRIBUTE_VALUE)]],
    Field(max_length=MOST_ATTRIBUTES),
    read_by(checked_attributes),
]


class ClientList(PagedQuery):
    """Which clients; every given condition holds, and of several words each."""

    search: Sought = Field(None, description="Parts of words, or runs of 4 digits or more, anywhere; contacts too.")
    name: Sought = Field(None, description="Parts of words of the name.")
    document: Sought = Field(None, description="A run of 4 digits or more.")
    phone: Sought = Field(None, description="A run of 4 digits or more, also of further phones.")
    email: Sought = Field(None, description="Parts of the address, also of further ones.")


class ContactGiven(Given):
    """One more way to reach the client. Phones are kept in E.164."""

    kind: ContactKind
    value: Annotated[str, Field(min_length=1, max_length=VALUE_LENGTH)]
    label: Annotated[str, Field(max_length=LABEL_LENGTH)] = ""

    @field_validator("value")
    @classmethod
    def _of_its_kind(cls, value: str, info: ValidationInfo) -> str:
        if kind := info.data.get("kind"):
            try:
                Contact.of(kind, value)
            except Invalid as refusal:
                raise PydanticCustomError(refusal.code, "refused") from None
        return value

    def as_contact(self) -> Contact:
        """In the words of the domain."""
        return Contact.of(self.kind, self.value, self.label)


Contacts = Annotated[list[ContactGiven], Field(max_length=MOST_CONTACTS)]


class ClientGiven(Given):
    """A client. Whoever writes from this phone is this client; national numbers are read as Brazilian ones."""

    name: Name
    document: DocumentGiven | None = Field(None, description="A CPF or CNPJ, with or without punctuation.")
    phone: PhoneGiven | None = None
    email: EmailGiven | None = None
    contacts: Contacts = Field(default_factory=list)
    attributes: Attributes = Field(default_factory=dict, description="Yours to use: short texts by name.")

    def details(self) -> Details:
        """In the words of the domain."""
        return Details(**_read(self))


def _present(value: object) -> object:
    if value is None:
        raise PydanticCustomError("required", "null")
    return value


class ClientChange(Given):
    """What is to change; null takes away what there was."""

    name: Annotated[Name | None, AfterValidator(_present)] = None
    document: DocumentGiven | None = None
    phone: PhoneGiven | None = None
    email: EmailGiven | None = None
    contacts: Contacts | None = None
    attributes: Attributes | None = Field(None, description="All of them, in the place of those there were.")


class DocumentShown(Shown):
    """A registration, bare and as people write it."""

    kind: DocumentKind
    number: str
    masked: str


class ContactShown(Shown):
    """One more way to reach the client."""

    kind: ContactKind
    value: str
    label: str


class IdentityShown(Shown):
    """A name by which a channel knows the client."""

    kind: IdentityKind
    address: str


class ClientShown(Shown):
    """A client."""

    id: Id
    company_id: Id
    name: str
    document: DocumentShown | None
    phone: str | None
    email: str | None
    contacts: list[ContactShown]
    attributes: dict[str, str]
    identities: list[IdentityShown]
    blocked: bool
    created_at: Time
    updated_at: Time
    version: int


class ClientPage(Shown):
    """First those whose name begins with what was searched, then the others; each by name, without accents and case."""

    items: list[ClientShown]
    next_cursor: str | None


class HistoryQuery(PagedQuery):
    """How much of it."""


class HistoryChat(Shown):
    """A chat, where it began."""

    type: Literal["chat"]
    at: Time
    chat: ChatShown


class ClientHistory(Shown):
    """The newest first."""

    items: list[HistoryChat | TimelineMessage]
    next_cursor: str | None


async def clients(call: Call[ClientList]) -> Answer:
    """GET /clients"""
    given, company_id = call.given, call.actor.company_id
    where = ClientFilter(
        search=_asked(given.search),
        name=_asked(given.name),
        document=_asked(given.document),
        phone=_asked(given.phone),
        email=_asked(given.email),
    )
    after = place_after(given.cursor, of=LIST, company_id=company_id)
    found = await call.application.client_reads.page(company_id, where=where, after=after, limit=given.limit)
    return page_answer(found, of=LIST, company_id=company_id)


async def create_client(call: Call[ClientGiven]) -> Answer:
    """POST /clients"""
    client = await call.application.enter_client(call.actor, details=call.given.details())
    return await entered(call, client.id)


async def entered(call: Call[ClientGiven], subject: UUID) -> Answer:
    """The client as it is now, as the answer to what entered it."""
    answer = await client_answer(call, ClientId(subject))
    return answer._replace(status=201, headers=(*answer.headers, call.location(f"/clients/{subject}")))


async def client(call: Call[None]) -> Answer:
    """GET /clients/{clientId}"""
    return await client_answer(call, client_id(call))


async def replace_client(call: Call[ClientGiven]) -> Answer:
    """PUT /clients/{clientId}"""
    details = call.given.details()
    await call.application.change_client(
        call.actor,
        client_id=client_id(call),
        change=lambda _: details,
        versions=headers.expected_versions(call.scope),
    )
    return await client_answer(call, client_id(call))


async def change_client(call: Call[ClientChange]) -> Answer:
    """PATCH /clients/{clientId}"""
    await call.application.change_client(
        call.actor,
        client_id=client_id(call),
        change=partial(evolve, **_read(call.given, call.given.model_fields_set)),
        versions=headers.expected_versions(call.scope),
    )
    return await client_answer(call, client_id(call))


async def remove_client(call: Call[None]) -> Answer:
    """DELETE /clients/{clientId}"""
    await call.application.remove_client(
        call.actor, client_id=client_id(call), versions=headers.expected_versions(call.scope)
    )
    return NO_CONTENT


async def client_history(call: Call[HistoryQuery]) -> Answer:
    """GET /clients/{clientId}/history"""
    company_id, of = call.actor.company_id, f"{HISTORY}:{client_id(call).hex}"
    after = place_after(call.given.cursor, of=of, company_id=company_id)
    found = await call.application.chat_reads.history(company_id, client_id(call), after=after, limit=call.given.limit)
    return page_answer(found, of=of, company_id=company_id)


def client_id(call: Call[Any]) -> ClientId:
    """The client in the path."""
    return ClientId(call.ids["clientId"])


async def client_answer(call: Call[Any], id: ClientId) -> Answer:
    """The client as it is now, with its ETag. Raises ClientNotFound."""
    document = await call.application.client_reads.one(call.actor.company_id, id)
    return versioned(document)


def _asked(text: str | None) -> str | None:
    return (text or "").strip() or None


def _read(given: ClientGiven | ClientChange, names: set[str] | None = None) -> Mapping[str, Any]:
    """What was given, in the words of the domain; of a change only these."""
    read = {
        "name": given.name and checked_name(given.name),
        "document": given.document and Document.parse(given.document),
        "phone": given.phone and Phone.parse(given.phone),
        "email": given.email and checked_email(given.email),
        "contacts": checked_contacts([each.as_contact() for each in given.contacts or ()]),
        "attributes": checked_attributes(given.attributes or {}),
    }
    return read if names is None else {name: read[name] for name in names}


ROUTES = (
    Route(
        method="GET",
        path="/clients",
        endpoint=clients,
        access=Operation.READ_CLIENTS,
        request=ClientList,
        answers={200: ClientPage},
        tag="clients",
        summary="Clients",
        description="Accents, case and punctuation do not matter.",
    ),
    Route(
        method="POST",
        path="/clients",
        endpoint=create_client,
        recover=entered,
        access=Operation.EDIT_CLIENTS,
        request=ClientGiven,
        answers={201: ClientShown},
        problems=(409,),
        headers=(Header.IDEMPOTENCY_KEY,),
        answer_headers=("Location", "ETag"),
        tag="clients",
        summary="Enter a client",
        description="Two clients never share a phone (409 `client.exists`) or a document (409 "
        "`client.document_taken`); `clientId` in the problem is the other client.",
    ),
    Route(
        method="GET",
        path=PATH,
        endpoint=client,
        access=Operation.READ_CLIENTS,
        answers={200: ClientShown},
        answer_headers=("ETag",),
        tag="clients",
        summary="A client",
    ),
    Route(
        method="PUT",
        path=PATH,
        endpoint=replace_client,
        access=Operation.EDIT_CLIENTS,
        request=ClientGiven,
        answers={200: ClientShown},
        problems=(409,),
        headers=(Header.IF_MATCH,),
        answer_headers=("ETag",),
        tag="clients",
        summary="Say anew what is known of a client",
    ),
    Route(
        method="PATCH",
        path=PATH,
        endpoint=change_client,
        access=Operation.EDIT_CLIENTS,
        request=ClientChange,
        answers={200: ClientShown},
        problems=(409,),
        headers=(Header.IF_MATCH,),
        answer_headers=("ETag",),
        tag="clients",
        summary="Change what is given",
    ),
    Route(
        method="DELETE",
        path=PATH,
        endpoint=remove_client,
        access=Operation.MANAGE_CLIENTS,
        answers={204: None},
        problems=(409,),
        headers=(Header.IF_MATCH,),
        tag="clients",
        summary="Take a client out of the lists",
        description="Chats and their history stay, with the name. Whoever writes from the client's phone is a new "
        "client. Refused with 409 `client.has_open_chats` while a chat is open.",
    ),
    Route(
        method="GET",
        path=f"{PATH}/history",
        endpoint=client_history,
        access=Operation.READ_CLIENTS,
        request=HistoryQuery,
        answers={200: ClientHistory},
        tag="clients",
        summary="Chats and messages of a client as one list",
    ),
)
