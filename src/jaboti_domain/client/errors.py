"""Refusals about clients.

NotFound ── ClientNotFound
Conflict ── ClientExists
Invalid ── InvalidPhone, InvalidDocument
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
