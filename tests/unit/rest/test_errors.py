"""How refusals are told."""

import importlib
import pkgutil
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

import jaboti_domain
from jaboti_domain.chat.errors import ChatAlreadyAssigned, ChatNotFound, EmptyMessage, MessageTooLong
from jaboti_domain.identity.errors import SessionEnded, WrongCredentials
from jaboti_domain.integration.errors import IntegrationNotFound, SlowDown, WindowClosed
from jaboti_domain.kernel.errors import Forbidden, Refusal, StaleVersion, TooMany, Unavailable
from jaboti_entrypoints import errors, rest, webhooks
from jaboti_entrypoints.errors import (
    FIELDS,
    FieldError,
    InvalidFields,
    Language,
    Unexpected,
    Unreadable,
    family_of,
    language_of,
    problem,
)


def refusals() -> Iterator[type[Refusal]]:
    """Every refusal of the domain, of REST and of the webhooks."""
    for package in (jaboti_domain, rest):
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            importlib.import_module(module.name)
    waiting: list[type[Refusal]] = [Refusal]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__.startswith(("jaboti_domain.", rest.__name__, errors.__name__, webhooks.__name__)):
            yield kind


ALL = sorted(set(refusals()), key=lambda kind: kind.code)


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.code)
def test_every_refusal_has_a_sentence_in_both_languages(kind: type[Refusal]) -> None:
    assert vars(kind)["portuguese"].endswith((".", "onde."))
    assert (kind.__doc__ or "").strip().endswith(".")
    assert "\n" not in (kind.__doc__ or "").strip()


def test_a_code_is_one_refusals() -> None:
    assert len({kind.code for kind in ALL}) == len(ALL)


@pytest.mark.parametrize(
    ("kind", "status", "close"),
    [
        (ChatNotFound, 404, 1008),
        (ChatAlreadyAssigned, 409, 1008),
        (StaleVersion, 412, 1008),
        (EmptyMessage, 422, 1008),
        (Forbidden, 403, 4403),
        (WrongCredentials, 401, 4401),
        (SessionEnded, 401, 4409),
        (Unavailable, 503, 1013),
        (TooMany, 429, 4429),
        (SlowDown, 502, 1008),
        (Unreadable, 400, 1008),
        (Unexpected, 500, 1011),
        (Refusal, 400, 1008),
    ],
)
def test_a_family_has_a_status_and_a_close_code(kind: type[Refusal], status: int, close: int) -> None:
    assert (family_of(kind).status, family_of(kind).close) == (status, close)


def test_a_problem_is_told_as_rfc_9457_has_it() -> None:
    assert problem(ChatAlreadyAssigned(), Language.PORTUGUESE, "r-1") == {
        "type": "urn:jaboti:problem:chat.already_assigned",
        "title": "Conflito com o estado atual",
        "status": 409,
        "code": "chat.already_assigned",
        "detail": "Outro atendente já assumiu este atendimento.",
        "requestId": "r-1",
    }


def test_in_english_the_detail_is_the_refusals_own_sentence() -> None:
    told = problem(ChatAlreadyAssigned(), Language.ENGLISH, "r-1")
    assert (told["title"], told["detail"]) == (
        "Conflict with the current state",
        "Another attendant has already taken this chat.",
    )


@pytest.mark.parametrize(
    ("refusal", "shown"),
    [
        (MessageTooLong(limit=4096), {"limit": 4096}),
        (WindowClosed(closes_at=datetime(2026, 1, 2, 3, 4, 5, 6000, UTC)), {"closesAt": "2026-01-02T03:04:05.006Z"}),
        (WindowClosed(closes_at=None), {"closesAt": None}),
        (Forbidden(operation="chats.start", least_role="ADMIN"), {"operation": "chats.start", "leastRole": "ADMIN"}),
        (IntegrationNotFound(integration_id="secret"), {}),
        (Unavailable(reason="postgresql://secret"), {}),
    ],
)
def test_of_the_details_only_those_are_told_that_anybody_may_see(refusal: Refusal, shown: dict[str, object]) -> None:
    told = problem(refusal, Language.ENGLISH, "r-1")
    common = {"type", "title", "status", "code", "detail", "requestId", "errors"}
    assert {name: value for name, value in told.items() if name not in common} == shown


def test_a_refused_value_says_which_field_it_is() -> None:
    told = problem(EmptyMessage(), Language.ENGLISH, "r-1")
    assert told["errors"] == [{"pointer": "/content", "code": "message.empty", "message": EmptyMessage.__doc__}]


@pytest.mark.parametrize("code", FIELDS)
@pytest.mark.parametrize("language", Language)
def test_every_error_of_a_field_has_a_sentence(code: str, language: Language) -> None:
    told = problem(InvalidFields(FieldError("/a", code, 7)), language, "r-1")
    assert "{limit}" not in str(told["errors"])


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "pt-BR"),
        ("en", "en"),
        ("en-US,en;q=0.9", "en"),
        ("pt-BR,pt;q=0.9,en;q=0.8", "pt-BR"),
        ("pt;q=0.4, en;q=0.8", "en"),
        ("EN-gb", "en"),
        ("fr, de;q=0.9", "pt-BR"),
        ("fr, en;q=0.1", "en"),
        ("*", "pt-BR"),
        ("*, en;q=0.5", "pt-BR"),
        ("en;q=0", "pt-BR"),
        ("en;q=nan", "pt-BR"),
        ("en;q=x, pt", "pt-BR"),
        ("en;;;,,;q=", "pt-BR"),
        ("en," * 100_000, "en"),
    ],
)
def test_english_is_spoken_where_it_is_preferred(accepted: str, language: str) -> None:
    assert language_of(accepted) == language
