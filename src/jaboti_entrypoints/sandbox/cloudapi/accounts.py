"""Routes of a WhatsApp Business Account: its numbers, its templates, its webhook subscription."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from attrs import frozen
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from jaboti_entrypoints.sandbox.cloudapi.errors import GraphError
from jaboti_entrypoints.sandbox.cloudapi.graph import VERSION, body_of, token_of
from jaboti_entrypoints.sandbox.cloudapi.numbers import SandboxNumber
from jaboti_entrypoints.sandbox.cloudapi.sandbox import CloudApiSandbox
from jaboti_entrypoints.sandbox.cloudapi.templates import Template
from jaboti_entrypoints.sandbox.manners import SUCCESS, answer

REVIEW_SECONDS = 0.02
FILTERS = frozenset({"name", "status", "language", "category"})
APPLICATION = {
    "id": "1234567890123456",
    "name": "Jaboti",
    "link": "https://www.facebook.com/games/?app_id=1234567890123456",
}


@frozen
class AccountRoutes:
    """`/{waba_id}/...`."""

    sandbox: CloudApiSandbox

    def routes(self) -> list[Route]:
        """All of them."""
        templates, apps = VERSION + "/{node}/message_templates", VERSION + "/{node}/subscribed_apps"
        return [
            Route(VERSION + "/{node}/phone_numbers", self.list_numbers, methods=["GET"]),
            Route(templates, self.list_templates, methods=["GET"]),
            Route(templates, self.create_template, methods=["POST"]),
            Route(templates, self.delete_template, methods=["DELETE"]),
            Route(apps, self.list_apps, methods=["GET"]),
            Route(apps, self.subscribe, methods=["POST"]),
            Route(apps, self.unsubscribe, methods=["DELETE"]),
        ]

    async def list_numbers(self, request: Request) -> Response:
        """The account's numbers."""
        return answer(_page([profile(number) for number in self._numbers(request)], request))

    async def list_templates(self, request: Request) -> Response:
        """The account's templates, by name, status, language or category."""
        account = self._numbers(request)[0].waba_id
        wanted = {key: value for key, value in request.query_params.items() if key in FILTERS}
        found = [
            template
            for template in self.sandbox.platform.templates.of(account)
            if all(getattr(template, key) == value for key, value in wanted.items())
        ]
        return answer(_page(found, request))

    async def create_template(self, request: Request) -> Response:
        """Takes a template; it is approved a moment later."""
        number = self._numbers(request)[0]
        template = self.sandbox.platform.templates.create(number.waba_id, await request.body())
        self.sandbox.platform.agenda.later(REVIEW_SECONDS, partial(self._approve, number, template))
        return answer({"id": template.id, "status": template.status, "category": template.category})

    async def delete_template(self, request: Request) -> Response:
        """Removes a template in all its languages."""
        account = self._numbers(request)[0].waba_id
        self.sandbox.platform.templates.delete(account, request.query_params.get("name", ""))
        return answer(SUCCESS)

    async def list_apps(self, request: Request) -> Response:
        """Who gets the account's webhooks."""
        subscribed = self.sandbox.platform.numbers.subscribed(self._numbers(request)[0].waba_id)
        return answer({"data": [{"whatsapp_business_api_data": APPLICATION}] if subscribed else []})

    async def subscribe(self, request: Request) -> Response:
        """Begins the account's webhooks, elsewhere if the caller says where."""
        numbers, wanted = self._numbers(request), await body_of(request)
        if wanted.get("override_callback_uri"):
            await redirect(self.sandbox, numbers, wanted)
        self.sandbox.platform.numbers.subscribe(numbers[0].waba_id, wanted=True)
        return answer(SUCCESS)

    async def unsubscribe(self, request: Request) -> Response:
        """Ends the account's webhooks."""
        self.sandbox.platform.numbers.subscribe(self._numbers(request)[0].waba_id, wanted=False)
        return answer(SUCCESS)

    def _numbers(self, request: Request) -> list[SandboxNumber]:
        return self.sandbox.platform.access.account(request.path_params["node"], token_of(request))

    def _approve(self, number: SandboxNumber, template: Template) -> None:
        template.status = "APPROVED"
        value = {
            "event": "APPROVED",
            "message_template_id": int(template.id),
            "message_template_name": template.name,
            "message_template_language": template.language,
            "reason": "NONE",
            "message_template_category": template.category,
        }
        self.sandbox.announce(number.phone_number_id, "message_template_status_update", value)


def profile(number: SandboxNumber) -> dict[str, Any]:
    """How the management API shows a number."""
    return {
        "verified_name": "Jaboti",
        "code_verification_status": "VERIFIED",
        "display_phone_number": number.display_phone_number,
        "quality_rating": "GREEN",
        "platform_type": "CLOUD_API",
        "throughput": {"level": "STANDARD"},
        "name_status": "APPROVED",
        "status": "CONNECTED",
        "id": number.phone_number_id,
    }


async def redirect(sandbox: CloudApiSandbox, numbers: Sequence[SandboxNumber], wanted: Mapping[str, Any]) -> None:
    """Sends the numbers' webhooks to `override_callback_uri`, if it answers the handshake; else GraphError 100."""
    url, verify_token = str(wanted.get("override_callback_uri", "")), str(wanted.get("verify_token", ""))
    if not await sandbox.platform.courier.verify(replace(numbers[0], webhook_url=url, verify_token=verify_token)):
        raise GraphError(100, title="Webhook callback URL is not reachable or invalid", method=True)
    sandbox.platform.numbers.redirect(numbers, webhook_url=url, verify_token=verify_token)


def _page(rows: Sequence[Any], request: Request) -> dict[str, Any]:
    """The rows after the cursor `after`, at most `limit`."""
    start = _position(request.query_params.get("after", ""))
    limit = _limit(request.query_params.get("limit", "25"))
    shown = rows[start : start + limit]
    paging: dict[str, Any] = {"cursors": {"before": _cursor(start), "after": _cursor(start + len(shown))}}
    if start + len(shown) < len(rows):
        paging["next"] = str(request.url.include_query_params(after=_cursor(start + len(shown))))
    return {"data": shown, "paging": paging}


def _limit(asked: str) -> int:
    if not (asked.isdecimal() and 0 < len(asked) < 6):
        raise GraphError(100, "Param limit is not a valid number.")
    return max(1, int(asked))


def _cursor(position: int) -> str:
    return urlsafe_b64encode(str(position).encode("ascii")).decode("ascii")


def _position(cursor: str) -> int:
    try:
        return int(urlsafe_b64decode(cursor)) if cursor else 0
    except ValueError as exc:
        raise GraphError(100, "Param after is not a valid cursor.") from exc
