"""Documents that are made here and not by a store: of integrations, whose hints no store can read, and of raw bytes."""

from collections.abc import Mapping

from jaboti_adapters.showing import time_shown
from jaboti_domain.integration.calls import Call
from jaboti_domain.integration.letters import SHOWN_AT_MOST, DeadLetter
from jaboti_domain.integration.model import Integration
from jaboti_domain.kernel.money import Money

Document = Mapping[str, object]


def integration_document(one: Integration) -> Document:
    """An integration; of its secrets only the hints."""
    bot = {"greeting": one.bot.greeting, "farewell": one.bot.farewell} if one.bot else None
    return {
        "id": one.id,
        "platform": one.platform,
        "account": one.account,
        "name": one.name,
        "status": one.status,
        "settings": {camel(name): value for name, value in sorted(one.settings.items())},
        "credentials": {camel(name): secret.hint() for name, secret in sorted(one.credentials.items())},
        "bot": bot,
        "reopenWithinSeconds": int(one.reopen_within.total_seconds()),
        "trouble": one.trouble,
        "version": one.version,
    }


def call_document(call: Call) -> Document:
    """A call."""
    return {
        "id": call.id,
        "at": time_shown(call.at),
        "integrationId": call.integration_id,
        "platform": call.platform,
        "direction": call.direction,
        "kind": call.kind,
        "outcome": call.outcome,
        "httpStatus": call.http_status,
        "latencyMs": call.latency_ms,
        "requestId": call.request_id,
        "peer": call.peer,
        "items": call.items,
        "error": {"code": call.error_code, "title": call.error_title or ""} if call.error_code else None,
    }


def letter_document(letter: DeadLetter, *, size: int) -> Document:
    """A dead letter that has so many bytes, of which perhaps only the first are at hand."""
    return {
        "id": letter.id,
        "receivedAt": time_shown(letter.received_at),
        "attempts": letter.attempts,
        "reason": letter.reason,
        "platform": letter.platform,
        "integrationId": letter.integration_id,
        "eventKey": letter.event_key,
        "raw": letter.shown,
        "size": size,
        "isCut": size > SHOWN_AT_MOST,
    }


def money_document(money: Money) -> Document:
    """An amount."""
    return {"amount": money.digits, "currency": money.currency}


def camel(name: str) -> str:
    """A setting's or credential's name as documents have it."""
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))
