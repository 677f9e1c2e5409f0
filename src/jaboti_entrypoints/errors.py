"""How refusals are told: a table from family to status and close code, and a catalogue from code to sentence.

The edge adds to the domain's tree what only protocols know:

Refusal ── Unreadable, MethodNotAllowed, TooLarge, UnsupportedMediaType, Unexpected
NotFound ── NoSuchRoute          Forbidden ── OtherCompany          Invalid ── InvalidFields
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from attrs import frozen

from jaboti_domain.identity.errors import SessionEnded
from jaboti_domain.integration.errors import SendingFailed
from jaboti_domain.kernel.errors import (
    Conflict,
    Forbidden,
    Invalid,
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


class MethodNotAllowed(Refusal):
    """This address does not know the method."""

    code = "request.method_not_allowed"


class TooLarge(Refusal):
    """The request's body is too large."""

    code = "request.too_large"


class UnsupportedMediaType(Refusal):
    """The request's body must be application/json, not compressed."""

    code = "request.unsupported_media_type"


class NoSuchRoute(NotFound):
    """There is nothing at this address."""

    code = "request.no_such_route"


class InvalidFields(Invalid):
    """What was given is not valid: `errors` says what, and where."""

    code = "request.invalid_fields"

    def __init__(self, *errors: FieldError) -> None:
        super().__init__(errors=errors)


class OtherCompany(Forbidden):
    """Another company is active: select this one first."""

    code = "auth.other_company"


class Unexpected(Refusal):
    """Something went wrong on our side."""

    code = "internal"


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
    Unexpected: Family(500, "Erro interno", "Internal error", close=1011),
    Refusal: Family(400, "Recusado", "Refused"),
}
"""A refusal belongs to the nearest of its classes that stands here."""

PORTUGUESE: Mapping[str, str] = {
    "refused": "O pedido foi recusado.",
    "not_found": "Isso não existe.",
    "conflict": "O estado atual não permite.",
    "conflict.stale_version": "Outra pessoa alterou isso nesse meio-tempo.",
    "invalid": "Um valor não é aceitável.",
    "invalid.cursor": "O cursor não foi criado por esta lista.",
    "forbidden": "O papel não permite.",
    "unavailable": "Um serviço do qual isso depende está fora do ar no momento.",
    "too_many": "Requisições demais.",
    "internal": "Algo deu errado do nosso lado.",
    "request.unreadable": "Não foi possível ler a requisição.",
    "request.method_not_allowed": "Este endereço não conhece o método.",
    "request.too_large": "O corpo da requisição é grande demais.",
    "request.unsupported_media_type": "O corpo da requisição deve ser application/json, sem compressão.",
    "request.no_such_route": "Não há nada neste endereço.",
    "request.invalid_fields": "O que foi enviado não é válido: `errors` diz o quê, e onde.",
    "auth.unauthenticated": "É preciso se autenticar.",
    "auth.wrong_credentials": "O e-mail ou a senha está incorreto.",
    "auth.invalid_token": "O token não é válido, ou deixou de ser.",
    "auth.session_ended": "A sessão terminou.",
    "auth.refresh_reused": "Este token de renovação já foi usado: a sessão terminou, pois ele pode ter sido roubado.",
    "auth.not_a_member": "Você não é membro desta empresa.",
    "auth.other_company": "Outra empresa está ativa: selecione esta primeiro.",
    "user.email_taken": "Outro usuário tem este e-mail.",
    "user.invalid_email": "O e-mail não é válido.",
    "user.weak_password": "Uma senha tem de 15 a 128 caracteres.",
    "company.not_found": "Esta empresa não existe.",
    "company.invalid_time_zone": "O fuso horário não está na base da IANA.",
    "company.invalid_name": "Um nome tem de 1 a 200 caracteres visíveis.",
    "department.not_found": "Este setor não existe.",
    "department.exists": "A empresa já tem um setor com este nome.",
    "member.not_found": "Este atendente não existe nesta empresa.",
    "member.exists": "Esta pessoa já é membro da empresa.",
    "client.not_found": "Este cliente não existe.",
    "client.exists": "Outro cliente tem este telefone ou esta identidade no canal.",
    "client.invalid_phone": "O número de telefone não é um que se possa chamar do exterior.",
    "client.invalid_document": "O documento não é um CPF nem um CNPJ com dígitos verificadores corretos.",
    "client.no_address": "Não há como alcançar o cliente nesta plataforma.",
    "chat.not_found": "Este atendimento não existe.",
    "chat.already_assigned": "Outro atendente já assumiu este atendimento.",
    "chat.already_closed": "O atendimento já terminou.",
    "chat.not_active": "Ninguém assumiu este atendimento ainda: inicie-o primeiro.",
    "chat.already_there": "O atendimento já está lá.",
    "chat.already_open": "O cliente já tem um atendimento aberto nesta integração.",
    "chat.attendant_disabled": "Este atendente não pode assumir atendimentos: a conta está desativada.",
    "chat.not_yours": "Só o atendente, alguém da fila do atendimento ou um supervisor pode fazer isso.",
    "message.not_found": "Esta mensagem não existe neste atendimento.",
    "message.empty": "Uma mensagem precisa de palavras, de um arquivo ou de um modelo.",
    "message.too_long": "Uma mensagem tem no máximo 4.096 caracteres.",
    "message.no_such_media": "Este arquivo não existe: envie-o primeiro.",
    "integration.not_found": "Esta integração não existe.",
    "integration.account_taken": "Esta conta da plataforma já está conectada.",
    "integration.inactive": "A integração não está ativa.",
    "integration.missing_setting": "Falta uma configuração ou credencial de que a plataforma precisa.",
    "integration.missing_channel": "Esta instalação não tem canal para a plataforma.",
    "content.unreadable": "Não foi possível ler o conteúdo.",
    "content.unsupported": "A plataforma não envia este tipo de conteúdo.",
    "webhook.unreadable": "O corpo não é um webhook desta plataforma.",
    "webhook.bad_signature": "A assinatura do webhook não confere.",
    "webhook.too_large": "O corpo do webhook é maior do que a plataforma jamais envia.",
    "webhook.wrong_verify_token": "O token de verificação não é o combinado.",
    "channel.window_closed": "O cliente não escreve há tempo demais: fora da janela de atendimento só segue um modelo.",
    "channel.failed": "A plataforma não aceitou a mensagem.",
    "channel.try_again": "A plataforma recusou por um motivo passageiro: a mesma mensagem pode ser aceita depois.",
    "channel.slow_down": "A plataforma quer menos mensagens por enquanto.",
    "channel.give_up": "A plataforma nunca aceitará esta mensagem.",
    "channel.mend_settings": "A plataforma recusa a integração inteira até que as configurações sejam corrigidas.",
    "channel.outcome_unknown": "A conexão caiu depois do envio: a mensagem pode ter sido aceita, ou não.",
}
"""Code to sentence. In English it is the docstring of the refusal."""

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
    "characters": ("Tem caracteres que não são texto.", "It has characters that are not text."),
    "too_deep": ("Tem mais de {limit} níveis.", "It has more than {limit} levels."),
    "number": ("Um número não é aceitável.", "A number is not acceptable."),
}
"""Code of a field's error to its sentence, in Portuguese and English."""

POINTERS: Mapping[str, str] = {
    "invalid.cursor": "?cursor",
    "user.invalid_email": "/email",
    "user.weak_password": "/password",
    "company.invalid_name": "/name",
    "company.invalid_time_zone": "/timeZone",
    "client.invalid_phone": "/phone",
    "client.invalid_document": "/document",
    "message.empty": "/content",
    "message.too_long": "/content",
    "message.no_such_media": "/mediaId",
}
"""Which field the domain's refusals of values are about."""

_SHOWN = {
    "operation": "operation",
    "least_role": "leastRole",
    "limit": "limit",
    "missing": "missing",
    "closes_at": "closesAt",
}


def family_of(kind: type[Refusal]) -> Family:
    """How refusals of this class are told."""
    return next(FAMILIES[cls] for cls in kind.__mro__ if cls in FAMILIES)


def problem(refusal: Refusal, language: Language, request_id: str) -> dict[str, object]:
    """The refusal as RFC 9457 has it, ready for JSON; of its details only those that anybody may see."""
    family, detail = family_of(type(refusal)), _sentence(refusal, language)
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
    elif refusal.code in POINTERS:
        told["errors"] = [{"pointer": POINTERS[refusal.code], "code": refusal.code, "message": detail}]
    return told


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


def _sentence(refusal: Refusal, language: Language) -> str:
    return refusal.message if language is Language.ENGLISH else PORTUGUESE.get(refusal.code, refusal.message)


def _field(error: FieldError, language: Language) -> dict[str, object]:
    portuguese, english = FIELDS[error.code]
    sentence = english if language is Language.ENGLISH else portuguese
    return {"pointer": error.pointer, "code": error.code, "message": sentence.format(limit=error.limit)}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return rfc3339(value)
    return value
