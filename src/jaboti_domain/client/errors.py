"""Refusals about clients.

NotFound ── ClientNotFound
Conflict ── ClientExists
Invalid ── InvalidPhone, InvalidDocument
"""

from jaboti_domain.kernel.errors import Conflict, Invalid, NotFound


class ClientNotFound(NotFound):
    """There is no such client."""

    code = "client.not_found"


class ClientExists(Conflict):
    """Another client has this phone or channel identity."""

    code = "client.exists"


class InvalidPhone(Invalid):
    """The phone number is not one that can be called from abroad."""

    code = "client.invalid_phone"


class InvalidDocument(Invalid):
    """The document is neither a CPF nor a CNPJ with right check digits."""

    code = "client.invalid_document"
