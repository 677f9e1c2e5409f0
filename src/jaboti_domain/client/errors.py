"""Refusals about clients.

NotFound ── ClientNotFound
Conflict ── ClientExists, DocumentTaken, ClientHasOpenChats, ClientBlocked, SameClient, ClientGone, NotMerged
Invalid ── InvalidPhone, InvalidDocument, InvalidEmail, InvalidClientName, InvalidContact, TooManyContacts,
           InvalidAttributes, InvalidSheet ── TooManyRows
"""

from jaboti_domain.kernel.errors import Conflict, Invalid, NotFound


class ClientNotFound(NotFound):
    """There is no such client."""

    code = "client.not_found"
    portuguese = "Este cliente não existe."


class ClientExists(Conflict):
    """Another client has this phone or channel identity."""

    code = "client.exists"
    portuguese = "Outro cliente tem este telefone ou esta identidade no canal."


class DocumentTaken(Conflict):
    """Another client has this document."""

    code = "client.document_taken"
    portuguese = "Outro cliente tem este documento."


class ClientHasOpenChats(Conflict):
    """The client has an open chat: end it first."""

    code = "client.has_open_chats"
    portuguese = "O cliente tem um atendimento aberto: encerre-o primeiro."


class ClientBlocked(Conflict):
    """The client is blocked."""

    code = "client.blocked"
    portuguese = "O cliente está bloqueado."


class SameClient(Conflict):
    """A client can't be merged with itself."""

    code = "client.same"
    portuguese = "Um cliente não pode ser unido a si mesmo."


class ClientGone(Conflict):
    """The other client is not there to be merged."""

    code = "client.gone"
    portuguese = "O outro cliente não está aí para ser unido."


class NotMerged(Conflict):
    """The other client is not merged into this one."""

    code = "client.not_merged"
    portuguese = "O outro cliente não está unido a este."


class InvalidPhone(Invalid):
    """The phone number is not one that can be called from abroad."""

    code = "client.invalid_phone"
    portuguese = "O número de telefone não é um que se possa chamar do exterior."
    field = "phone"


class InvalidDocument(Invalid):
    """The document is neither a CPF nor a CNPJ with right check digits."""

    code = "client.invalid_document"
    portuguese = "O documento não é um CPF nem um CNPJ com dígitos verificadores corretos."
    field = "document"


class InvalidEmail(Invalid):
    """This is not an e-mail address."""

    code = "client.invalid_email"
    portuguese = "Isto não é um endereço de e-mail."
    field = "email"


class InvalidClientName(Invalid):
    """A name has 1 to 200 characters, on one line."""

    code = "client.invalid_name"
    portuguese = "Um nome tem de 1 a 200 caracteres, em uma linha."
    field = "name"


class InvalidContact(Invalid):
    """A contact has 1 to 200 characters, and its label at most 50."""

    code = "client.invalid_contact"
    portuguese = "Um contato tem de 1 a 200 caracteres, e seu rótulo no máximo 50."
    field = "contacts"


class TooManyContacts(Invalid):
    """A client has at most 20 more contacts."""

    code = "client.too_many_contacts"
    portuguese = "Um cliente tem no máximo 20 contatos adicionais."
    field = "contacts"


class InvalidAttributes(Invalid):
    """There are at most 50 attributes: names of 1 to 50 characters, each once, and values of at most 500."""

    code = "client.invalid_attributes"
    portuguese = "São no máximo 50 atributos: nomes de 1 a 50 caracteres, cada um uma vez, e valores de no máximo 500."
    field = "attributes"


class InvalidSheet(Invalid):
    """This is not CSV in UTF-8 whose first row names its columns, each once."""

    code = "client.invalid_sheet"
    portuguese = "Isto não é CSV em UTF-8 cuja primeira linha nomeia as colunas, cada uma uma vez."


class TooManyRows(InvalidSheet):
    """A sheet has at most 20,000 rows."""

    code = "client.too_many_rows"
    portuguese = "Uma planilha tem no máximo 20.000 linhas."
