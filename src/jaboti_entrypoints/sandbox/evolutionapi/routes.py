"""The server's routes: instances, messages, chats, webhooks."""

import asyncio
from collections.abc import Mapping
from typing import Any

from attrs import frozen
from msgspec import ValidationError, convert
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from jaboti_entrypoints.sandbox.evolutionapi.errors import EvolutionError, missing_property
from jaboti_entrypoints.sandbox.evolutionapi.instances import Instance, Webhook
from jaboti_entrypoints.sandbox.evolutionapi.media import STORAGE, as_base64
from jaboti_entrypoints.sandbox.evolutionapi.sandbox import EvolutionApiSandbox
from jaboti_entrypoints.sandbox.evolutionapi.sends import VERBS, body_of, jid_of
from jaboti_entrypoints.sandbox.files import File, handed
from jaboti_entrypoints.sandbox.manners import answer, cut, linger

BAD_GATEWAY = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
JSON = "application/json; charset=utf-8"
SETTINGS = ("rejectCall", "groupsIgnore", "alwaysOnline", "readMessages", "readStatus", "syncFullHistory")


@frozen
class ServerRoutes:
    """Everything that callers with a key may ask for."""

    sandbox: EvolutionApiSandbox

    def routes(self) -> list[Route]:
        """In the order of how often they are called."""
        return [
            Route("/message/{verb}/{instance}", self.send, methods=["POST"]),
            Route("/chat/markMessageAsRead/{instance}", self.read, methods=["POST"]),
            Route("/chat/findMessages/{instance}", self.find_messages, methods=["POST"]),
            Route("/chat/getBase64FromMediaMessage/{instance}", self.file, methods=["POST"]),
            Route(STORAGE + "/{instance}/{message_id}", self.stored, methods=["GET"]),
            Route("/chat/whatsappNumbers/{instance}", self.numbers, methods=["POST"]),
            Route("/chat/sendPresence/{instance}", self.presence, methods=["POST"]),
            Route("/instance/create", self.create, methods=["POST"]),
            Route("/instance/connect/{instance}", self.connect, methods=["GET"]),
            Route("/instance/connectionState/{instance}", self.state, methods=["GET"]),
            Route("/instance/restart/{instance}", self.restart, methods=["POST"]),
            Route("/instance/logout/{instance}", self.log_out, methods=["DELETE"]),
            Route("/instance/delete/{instance}", self.delete, methods=["DELETE"]),
            Route("/instance/fetchInstances", self.list_instances, methods=["GET"]),
            Route("/webhook/set/{instance}", self.set_webhook, methods=["POST"]),
            Route("/webhook/find/{instance}", self.find_webhook, methods=["GET"]),
            Route("/", self.welcome, methods=["GET"]),
        ]

    async def send(self, request: Request) -> Response:
        """Takes a message; whether the caller learns of it is the fate's affair."""
        instance, verb = self._instance(request), request.path_params["verb"]
        if verb not in VERBS:
            return await no_such_path(request, LookupError(verb))
        accepted = self.sandbox.sends.accept(instance, verb, await request.body())
        if accepted.delay:
            await asyncio.sleep(accepted.delay)
        if accepted.fate.kind == "hung":
            released = self.sandbox.platform.released
            patient = await linger(request, seconds=accepted.fate.seconds, released=released)
            return answer(accepted.answer, 201) if patient else await cut(request)
        return await cut(request) if accepted.fate.kind == "reset" else answer(accepted.answer, 201)

    async def read(self, request: Request) -> Response:
        """Marks clients' messages as read."""
        return answer(self.sandbox.sends.read(self._instance(request), await request.body()), 201)

    async def find_messages(self, request: Request) -> Response:
        """A page of what the server has."""
        instance = self._instance(request)
        return answer(self.sandbox.platform.records.page(instance.name, body_of(await request.body())))

    async def file(self, request: Request) -> Response:
        """A message's file, in base64."""
        instance, platform = self._instance(request), self.sandbox.platform
        asked = body_of(await request.body()).get("message") or {}
        record = platform.records.find(instance.name, str((asked.get("key") or {}).get("id", "")))
        body, dials = File(as_base64(record, platform.knobs), JSON), platform.knobs.of(instance.name)
        if dials.media_manner == "endless":
            body = File(body.data.partition(b'"base64":"')[0] + b'"base64":"', JSON)
        return await handed(request, body, dials, released=platform.released, status=201, filler=b"A")

    async def stored(self, request: Request) -> Response:
        """A message's file, from the storage."""
        return await self.sandbox.platform.storage.fetch(request, self.sandbox.platform.released)

    async def numbers(self, request: Request) -> Response:
        """Which numbers are on WhatsApp, and by which name."""
        instance, asked = self._instance(request), body_of(await request.body()).get("numbers") or ()
        return answer([self._looked_up(instance, str(number)) for number in asked])

    async def presence(self, request: Request) -> Response:
        """Somebody is typing."""
        instance, body = self._instance(request), body_of(await request.body())
        self.sandbox.sends.shows_presence(instance, str(body.get("presence", "")))
        await asyncio.sleep(float(body.get("delay") or 0) / 1000)
        return answer({"presence": body.get("presence", "composing")}, 201)

    async def create(self, request: Request) -> Response:
        """A new instance, for who has the global key."""
        platform, body = self.sandbox.platform, body_of(await request.body())
        if not platform.instances.is_global(_key_of(request)):
            raise EvolutionError(401)
        name = body.get("instanceName")
        if not name:
            raise missing_property("instanceName")
        if platform.instances.find(name) is not None:
            raise EvolutionError(403, [f'This name "{name}" is already in use.'])
        instance = Instance(name=name, state="close", webhook=_webhook(body.get("webhook") or {}))
        instance.settings = {key: body.get(key, False) for key in SETTINGS}
        if body.get("token"):
            instance.token = body["token"]
        platform.instances.add(instance)
        code = self.sandbox.sessions.connect(instance) if body.get("qrcode") else {}
        return answer(_created(instance, code), 201)

    async def connect(self, request: Request) -> Response:
        """The QR code to scan, or the state of a session that is open."""
        return answer(self.sandbox.sessions.connect(self._instance(request)))

    async def state(self, request: Request) -> Response:
        """How the session stands."""
        return answer(self.sandbox.sessions.state(self._instance(request)))

    async def restart(self, request: Request) -> Response:
        """Connects anew."""
        return answer(self.sandbox.sessions.restart(self._instance(request)))

    async def log_out(self, request: Request) -> Response:
        """Unties the phone."""
        self.sandbox.sessions.log_out(self._instance(request))
        return answer(_succeeded("Instance logged out"))

    async def delete(self, request: Request) -> Response:
        """Ends an instance."""
        self.sandbox.sessions.delete(self._instance(request))
        return answer(_succeeded("Instance deleted"))

    async def list_instances(self, request: Request) -> Response:
        """Those that the caller's key opens."""
        instances, key = self.sandbox.platform.instances, _key_of(request)
        opened = [each for each in instances if instances.is_global(key) or each.token == key]
        if not opened and not instances.is_global(key):
            raise EvolutionError(401)
        return answer([_row(each) for each in opened])

    async def set_webhook(self, request: Request) -> Response:
        """Sends an instance's events elsewhere."""
        instance, wanted = self._instance(request), body_of(await request.body()).get("webhook")
        if not isinstance(wanted, dict):
            raise missing_property("webhook")
        missing = [name for name in ("enabled", "url") if name not in wanted]
        if missing:
            raise missing_property(*missing)
        instance.webhook = _webhook(wanted)
        return answer(instance.webhook.row(instance.id), 201)

    async def find_webhook(self, request: Request) -> Response:
        """Where an instance's events go; null when nowhere."""
        instance = self._instance(request)
        return answer(instance.webhook.row(instance.id) if instance.webhook.url else None)

    async def welcome(self, _: Request) -> Response:
        """Who is here."""
        version = self.sandbox.knobs.of("").version
        words = "Welcome to the Evolution API, it is working!"
        return answer({"status": 200, "message": words, "version": version, "clientName": "sandbox"})

    def _instance(self, request: Request) -> Instance:
        return self.sandbox.platform.instances.opened(request.path_params["instance"], _key_of(request))

    def _looked_up(self, instance: Instance, number: str) -> dict[str, Any]:
        jid = jid_of(number)
        person = self.sandbox.platform.people.at(jid)
        found = {"jid": jid, "exists": self.sandbox.sends.exists(instance, jid, number), "number": number}
        return found | ({"lid": f"{person.lid}@lid"} if person.lid else {})


async def refuse(_: Request, refusal: Exception) -> Response:
    """The answer to an EvolutionError."""
    if not isinstance(refusal, EvolutionError):
        raise refusal
    headers = {} if refusal.retry_after is None else {"retry-after": f"{refusal.retry_after:g}"}
    if refusal.is_gateway:
        return Response(BAD_GATEWAY, refusal.status, headers, "text/html")
    return answer(refusal.body(), refusal.status, headers)


async def no_such_path(request: Request, _: Exception) -> Response:
    """The answer to a path that no route has."""
    return answer(EvolutionError(404, [f"Cannot {request.method} {request.url.path}"]).body(), 404)


def _key_of(request: Request) -> str:
    return request.headers.get("apikey", "")


def _webhook(wanted: Mapping[str, Any]) -> Webhook:
    """As it was wished; names that the server does not know are passed over without a word."""
    known = {name: wanted[name] for name in Webhook.__struct_fields__ if wanted.get(name) is not None}
    if known.get("url") and not str(known["url"]).startswith(("http://", "https://")):
        raise EvolutionError(400, [['Invalid "url" property']])
    try:
        return convert(known, Webhook)
    except ValidationError as exc:
        raise EvolutionError(400, [[str(exc)]]) from exc


def _succeeded(message: str) -> dict[str, Any]:
    return {"status": "SUCCESS", "error": False, "response": {"message": message}}


def _created(instance: Instance, code: Mapping[str, Any]) -> dict[str, Any]:
    hook = instance.webhook
    shown = {"instanceName": instance.name, "instanceId": instance.id, "integration": "WHATSAPP-BAILEYS"}
    return {
        "instance": {**shown, "webhookWaBusiness": None, "accessTokenWaBusiness": "", "status": instance.state},
        "hash": instance.token,
        "webhook": {
            "webhookUrl": hook.url,
            "webhookHeaders": hook.headers,
            "webhookByEvents": hook.byEvents,
            "webhookBase64": hook.base64,
        },
        "settings": dict(instance.settings),
        **({"qrcode": dict(code)} if code else {}),
    }


def _row(instance: Instance) -> dict[str, Any]:
    return {
        "id": instance.id,
        "name": instance.name,
        "connectionStatus": instance.state,
        "ownerJid": instance.jid,
        "integration": "WHATSAPP-BAILEYS",
        "token": instance.token,
    }
