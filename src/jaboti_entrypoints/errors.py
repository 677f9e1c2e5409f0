"""How refusals are told: a table from family to status and close code.

The edge adds to the domain's tree what only protocols know:

Refusal ── Unreadable, MethodNotAllowed, TooLarge, UnsupportedMediaType, UnsatisfiableRange, Unexpected
NotFound ── NoSuchRoute          Forbidden ── OtherCompany          Invalid ── InvalidFields
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum

from attrs import asdict, frozen
from pydantic.alias_generators import to_camel

from jaboti_domain.client.errors import (
    InvalidAttributes,
    InvalidClientName,
    InvalidContact,
    InvalidDocument,
    InvalidEmail,
    InvalidPhone,
)
from jaboti_domain.identity.errors import SessionEnded
from jaboti_domain.integration.errors import SendingFailed
from jaboti_domain.integration.templates import TemplateInfo
from jaboti_domain.kernel.errors import (
    Conflict,
    Forbidden,
    Invalid,
    InvalidCursor,
    NotFound,
    Refusal,
    StaleVersion,
    TooMany,
    Unauthenticated,
    Unavailable,
)
from jaboti_domain.kernel.times import rfc3339


class Language(StrEnum):
    """The languages in which problems are told."""

    PORTUGUESE = "pt-BR"
    ENGLISH = "en"


@frozen
class FieldError:
    """One thing that is wrong with what was given.

    `pointer` says where: `/email` in the body (RFC 6901), `?limit` in the query, or a header's name.
    """

    pointer: str
    code: str
    limit: object = None


class Unreadable(Refusal):
    """The request can't be read."""

    code = "request.unreadable"
    portuguese = "Não foi possível ler a requisição."


class MethodNotAllowed(Refusal):
    """This address does not know the method."""

    code = "request.method_not_allowed"
    portuguese = "Este endereço não conhece o método."


class TooLarge(Refusal):
    """The request's body is too large."""

    code = "request.too_large"
    portuguese = "O corpo da requisição é grande demais."


class UnsupportedMediaType(Refusal):
    """The request's body must be of the type that this address takes, in UTF-8, not compressed."""

    code = "request.unsupported_media_type"
    portuguese = "O corpo da requisição deve ser do tipo que este endereço aceita, em UTF-8, sem compressão."


class UnsatisfiableRange(Refusal):
    """There is nothing in this range."""

    code = "request.unsatisfiable_range"
    portuguese = "Não há nada neste intervalo."


class NoSuchRoute(NotFound):
    """There is nothing at this address."""

    code = "request.no_such_route"
    portuguese = "Não há nada neste endereço."


class InvalidFields(Invalid):
    """What was given is not valid: `errors` says what, and where."""

    code = "request.invalid_fields"
    portuguese = "O que foi enviado não é válido: `errors` diz o quê, e onde."

    def __init__(self, *errors: FieldError) -> None:
        super().__init__(errors=errors)


class OtherCompany(Forbidden):
    """Another company is active: select this one first."""

    code = "auth.other_company"
    portuguese = "Outra empresa está ativa: selecione esta primeiro."


class Unexpected(Refusal):
    """Something went wrong on our side."""

    code = "internal"
    portuguese = "Algo deu errado do nosso lado."


@frozen
class Family:
    """How a family of refusals is told by each protocol."""

    status: int
    portuguese: str
    english: str
    close: int = 1008
    """The WebSocket close code, where a refusal ends the connection."""

    def title(self, language: Language) -> str:
        """The family in a few words."""
        return self.english if language is Language.ENGLISH else self.portuguese


FAMILIES: Mapping[type[Refusal], Family] = {
    NotFound: Family(404, "Não encontrado", "Not found"),
    Conflict: Family(409, "Conflito com o estado atual", "Conflict with the current state"),
    StaleVersion: Family(412, "A versão é outra", "The version is another"),
    Invalid: Family(422, "Dados inválidos", "Invalid data"),
    Forbidden: Family(403, "Sem permissão", "Not allowed", close=4403),
    Unauthenticated: Family(401, "Não autenticado", "Not authenticated", close=4401),
    SessionEnded: Family(401, "Não autenticado", "Not authenticated", close=4409),
    Unavailable: Family(503, "Indisponível no momento", "Unavailable for the moment", close=1013),
    TooMany: Family(429, "Requisições demais", "Too many requests", close=4429),
    SendingFailed: Family(502, "A plataforma não aceitou", "The platform did not accept"),
    Unreadable: Family(400, "Requisição ilegível", "Unreadable request"),
    MethodNotAllowed: Family(405, "Método não permitido", "Method not allowed"),
    TooLarge: Family(413, "Grande demais", "Too large"),
    UnsupportedMediaType: Family(415, "Formato não suportado", "Unsupported media type"),
    UnsatisfiableRange: Family(416, "Intervalo impossível", "Range not satisfiable"),
    Unexpected: Family(500, "Erro interno", "Internal error", close=1011),
    Refusal: Family(400, "Recusado", "Refused"),
}
"""A refusal belongs to the nearest of its classes that stands here."""

FIELDS: Mapping[str, tuple[str, str]] = {
    "required": ("É obrigatório.", "It is required."),
    "unknown": ("Não é conhecido.", "It is not known."),
    "type": ("É de outro tipo.", "It is of another type."),
    "format": ("Não tem o formato certo.", "It does not have the right form."),
    "choice": ("Deve ser um destes: {limit}.", "It must be one of these: {limit}."),
    "too_short": ("Deve ter pelo menos {limit}.", "It must have at least {limit}."),
    "too_long": ("Deve ter no máximo {limit}.", "It must have at most {limit}."),
    "too_small": ("Deve ser pelo menos {limit}.", "It must be at least {limit}."),
    "too_large": ("Deve ser no máximo {limit}.", "It must be at most {limit}."),
    "repeated": ("Foi dado mais de uma vez.", "It was given more than once."),
    "exactly_one": ("Dê exatamente um destes: {limit}.", "Give exactly one of these: {limit}."),
    "needs": ("Só faz sentido com {limit}.", "It only makes sense with {limit}."),
    "json": ("Não é JSON em UTF-8.", "It is not JSON in UTF-8."),
    "form": ("Não é um formulário legível.", "It is not a form that can be read."),
    "characters": ("Tem caracteres que não são texto.", "It has characters that are not text."),
    "backwards": ("`from` vem depois de `to`.", "`from` is after `to`."),
    "too_deep": ("Tem mais de {limit} níveis.", "It has more than {limit} levels."),
    "number": ("Um número não é aceitável.", "A number is not acceptable."),
    **{
        kind.code: (kind.portuguese, kind().message)
        for kind in (
            InvalidAttributes,
            InvalidClientName,
            InvalidContact,
            InvalidDocument,
            InvalidEmail,
            InvalidPhone,
        )
    },
}
"""Code of a field's error to its sentence, in Portuguese and English."""

_SHOWN = {
    "operation": "operation",
    "least_role": "leastRole",
    "limit": "limit",
    "missing": "missing",
    "expected": "expected",
    "given": "given",
    "closes_at": "closesAt",
    "templates": "templates",
    "open_chats": "openChats",
    "client_id": "clientId",
}


def family_of(kind: type[Refusal]) -> Family:
    """How refusals of this class are told."""
    return next(FAMILIES[cls] for cls in kind.__mro__ if cls in FAMILIES)


def all_refusals() -> list[type[Refusal]]:
    """Every class of ours that a refusal may be of."""
    return [kind for kind in _kinds(Refusal) if "portuguese" in vars(kind) and kind.__module__.startswith("jaboti_")]


def _kinds(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    yield kind
    for each in kind.__subclasses__():
        yield from _kinds(each)


def problem(refusal: Refusal, language: Language, request_id: str) -> dict[str, object]:
    """The refusal as RFC 9457 has it, ready for JSON; of its details only those that anybody may see."""
    family, detail = family_of(type(refusal)), sentence(refusal, language)
    told: dict[str, object] = {
        "type": f"urn:jaboti:problem:{refusal.code}",
        "title": family.title(language),
        "status": family.status,
        "code": refusal.code,
        "detail": detail,
        "requestId": request_id,
    }
    told |= {_SHOWN[name]: _plain(value) for name, value in refusal.details.items() if name in _SHOWN}
    errors = refusal.details.get("errors")
    if isinstance(errors, tuple):
        told["errors"] = [_field(error, language) for error in errors]
    elif pointers := _pointers(refusal):
        told["errors"] = [{"pointer": each, "code": refusal.code, "message": detail} for each in pointers]
    return told


def sentence(refusal: Refusal, language: Language) -> str:
    """What a person is told."""
    return refusal.message if language is Language.ENGLISH else refusal.portuguese


def language_of(accept_language: str) -> Language:
    """English where it is preferred (RFC 9110, 12.5.4), else Portuguese."""
    best, chosen = 0.0, Language.PORTUGUESE
    for wanted in accept_language[:1000].split(","):
        tag, _, weight = wanted.partition(";")
        language = _LANGUAGES.get(tag.strip().lower().partition("-")[0])
        quality = _quality(weight)
        if language is not None and quality > best:
            best, chosen = quality, language
    return chosen


_LANGUAGES = {"pt": Language.PORTUGUESE, "en": Language.ENGLISH, "*": Language.PORTUGUESE}


def _quality(weight: str) -> float:
    if not weight.strip():
        return 1.0
    try:
        return float(weight.strip().removeprefix("q="))
    except ValueError:
        return 0.0


def _pointers(refusal: Refusal) -> list[str]:
    """Where the values stand that it is about: those that it names in its details, or the one that it always is."""
    if isinstance(refusal, InvalidCursor):
        return ["?cursor"]
    fields = refusal.details.get("fields")
    if isinstance(fields, tuple):
        return [_pointer(str(field)) for field in fields]
    field = refusal.details.get("field", refusal.field)
    return [_pointer(str(field))] if field else []


def _pointer(field: str) -> str:
    return "/" + "/".join(to_camel(part) if "_" in part else part for part in field.split("/"))


def _field(error: FieldError, language: Language) -> dict[str, object]:
    portuguese, english = FIELDS[error.code]
    sentence = english if language is Language.ENGLISH else portuguese
    return {"pointer": error.pointer, "code": error.code, "message": sentence.format(limit=error.limit)}


def _plain(value: object) -> object:
    match value:
        case datetime():
            return rfc3339(value)
        case TemplateInfo():
            return asdict(value)
        case list() | tuple():
            return [_plain(each) for each in value]
    return value
