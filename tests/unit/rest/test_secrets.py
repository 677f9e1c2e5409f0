"""Credentials are written, and never seen again: not in an answer, a log line, an event or the audit log."""

import json
import logging
from collections.abc import Callable, Sequence
from typing import Any

import pytest
import structlog

from jaboti_domain.integration.errors import MendSettings
from jaboti_domain.integration.messaging import Outbound, Platform
from jaboti_domain.integration.templates import TemplateInfo
from tests.unit.rest.office import Desk, Office

PATH = "/integrations/config"
SECRETS = [f"planted-{letter * 3}-{number:03}-the-secret" for number, letter in enumerate("abcdefghij")]
SETTINGS = {"baseUrl": "https://graph.facebook.com/v25.0", "wabaId": "77"}
EVOLUTION = {"baseUrl": "https://evolution.example"}


def body(platform: str, account: str, settings: dict[str, str], **credentials: str) -> dict[str, Any]:
    return {"platform": platform, "account": account, "name": "x", "settings": settings, "credentials": credentials}


async def plant(alda: Desk) -> list[Any]:
    """All ten secrets, on their ways in: new, changed, refused for every reason there is."""
    s = iter(SECRETS)
    cloud = body("CloudAPI", "1", SETTINGS, accessToken=next(s), appSecret=next(s), verifyToken=next(s))
    answers = [await alda.post(PATH, cloud)]
    place = f"{PATH}/{answers[0].json()['id']}"
    answers += [
        await alda.post(PATH, body("EvolutionAPI", "loja", EVOLUTION, apiKey=next(s), webhookSecret=next(s))),
        await alda.put(place, {**cloud, "credentials": {"previousAppSecret": next(s)}}),
        await alda.put(place, {**cloud, "credentials": {"accessToken": next(s), "nonsense": "x"}}),
        await alda.put(place, {**cloud, "credentials": {"accessToken": next(s)}, "settings": {"baseUrl": "ftp://x"}}),
        await alda.post(PATH, body("CloudAPI", "2", {}, accessToken=next(s))),
        await alda.put(place, {**cloud, "credentials": {"accessToken": next(s) + "\x07"}}),
    ]
    answers += [await alda.post(f"{place}/test"), await alda.get(f"{place}/status")]
    return answers


async def look_everywhere(office: Office, alda: Desk) -> list[Any]:
    paths = (PATH, "/integrations/logs", "/integrations/dead-letters", "/integrations/templates", "/audit")
    answers = [await alda.get(path) for path in paths]
    answers += [await alda.get(f"{PATH}/{each['id']}") for each in answers[0].json()["items"]]
    return answers


def refusing(words: str) -> Callable[..., Sequence[TemplateInfo]]:
    def refuse(*_: Outbound) -> Sequence[TemplateInfo]:
        raise MendSettings(error_code="190", title=words)

    return refuse


async def test_planted_secrets_are_nowhere_to_be_seen(
    office: Office, alda: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    office.channels[Platform.CLOUD_API].approved = refusing("expired")
    with structlog.testing.capture_logs() as logged, caplog.at_level(logging.DEBUG):
        answers = await plant(alda)
        answers += await look_everywhere(office, alda)
    assert [answer.status_code for answer in answers[:9]] == [201, 201, 200, 422, 422, 422, 422, 200, 200]

    recorded = [event.data.decode() for event in await office.scene.recorded()]
    entries = await office.scene.backend.audit_chains.entries(office.scene.company_id, after=0, limit=100)
    told = [answer.text + repr(answer.headers) for answer in answers]
    everything = "\n".join([*told, *recorded, *map(repr, entries), json.dumps(logged, default=repr), caplog.text])
    assert [secret for secret in SECRETS if secret in everything] == []
    assert [secret for secret in SECRETS if secret[:-4] in everything] == []


async def test_the_plan_does_plant_them(office: Office, alda: Desk) -> None:
    await plant(alda)
    async with office.scene.uow() as uow:
        kept = {secret.reveal() for each in await uow.integrations.all() for secret in each.credentials.values()}
    assert set(SECRETS[:6]) <= kept
