"""Routes of a phone number: messages, media, settings."""

from typing import Any

from attrs import frozen
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from jaboti_entrypoints.sandbox.cloudapi.accounts import profile, redirect
from jaboti_entrypoints.sandbox.cloudapi.errors import GraphError
from jaboti_entrypoints.sandbox.cloudapi.graph import VERSION, base_of, body_of, token_of
from jaboti_entrypoints.sandbox.cloudapi.media import DOWNLOADS
from jaboti_entrypoints.sandbox.cloudapi.numbers import SandboxNumber
from jaboti_entrypoints.sandbox.cloudapi.sandbox import CloudApiSandbox
from jaboti_entrypoints.sandbox.files import File, altered, handed
from jaboti_entrypoints.sandbox.manners import SUCCESS, answer, cut, linger


@frozen
class NodeRoutes:
    """`/{phone_number_id}/...`, and `/{id}` for whatever has an id."""

    sandbox: CloudApiSandbox

    def routes(self) -> list[Route]:
        """In the order of how often they are called."""
        return [
            Route(VERSION + "/{node}/messages", self.send, methods=["POST"]),
            Route(DOWNLOADS, self.download, methods=["GET"]),
            Route(VERSION + "/{node}/media", self.upload, methods=["POST"]),
            Route(VERSION + "/{node}/register", self.register, methods=["POST"]),
            Route(VERSION + "/{node}", self.show, methods=["GET"]),
            Route(VERSION + "/{node}", self.change, methods=["POST"]),
            Route(VERSION + "/{node}", self.delete, methods=["DELETE"]),
        ]

    async def send(self, request: Request) -> Response:
        """Takes a message; whether the caller learns of it is the fate's affair."""
        raw = await request.body()
        accepted = self.sandbox.sends.accept(request.path_params["node"], token_of(request), raw)
        fate = accepted.fate
        if fate.kind == "hung":
            released = self.sandbox.platform.released
            patient = await linger(request, seconds=fate.seconds, released=released)
            return answer(accepted.answer) if patient else await cut(request)
        if fate.kind == "reset":
            return await cut(request)
        return answer(accepted.answer)

    async def upload(self, request: Request) -> Response:
        """Keeps a file sent as multipart/form-data."""
        number = self._number(request)
        async with request.form() as form:
            file, declared = form.get("file"), form.get("type")
            if not isinstance(file, UploadFile) or form.get("messaging_product") != "whatsapp":
                raise GraphError(131008, "Parameters messaging_product and file are required.")
            mime_type = file.content_type or (declared if isinstance(declared, str) else "")
            media = self.sandbox.platform.media.upload(number.waba_id, await file.read(), mime_type)
        return answer({"id": media.id})

    async def download(self, request: Request) -> Response:
        """A file's bytes, for its owner, as long as the address is fresh."""
        asked, platform = request.query_params, self.sandbox.platform
        number, *others = platform.access.all(token_of(request))
        media = platform.media.find(asked.get("mid", ""), {each.waba_id for each in (number, *others)})
        if media is None or not platform.media.fresh(media.id, asked.get("ext", ""), asked.get("hash", "")):
            return Response("Not Found", 404, media_type="text/plain")
        dials = platform.knobs.of(number.phone_number_id)
        body = File(altered(media.data, dials), media.mime_type)
        return await handed(request, body, dials, released=platform.released)

    async def register(self, request: Request) -> Response:
        """Registers a number, which it always is."""
        self._number(request)
        return answer(SUCCESS)

    async def show(self, request: Request) -> Response:
        """A number's profile, or where a file can be fetched."""
        node, token = request.path_params["node"], token_of(request)
        platform = self.sandbox.platform
        numbers = platform.access.all(token)
        for number in numbers:
            if number.phone_number_id == node:
                return answer(_chosen(profile(number), request))
        media = platform.media.get(node, {number.waba_id for number in numbers})
        url = platform.download_url(numbers[0], media, base=base_of(request))
        return answer(media.described(url))

    async def change(self, request: Request) -> Response:
        """Sends a number's webhooks elsewhere, after the handshake."""
        number = self._number(request)
        wanted = (await body_of(request)).get("webhook_configuration")
        if isinstance(wanted, dict):
            await redirect(self.sandbox, [number], wanted)
        return answer(SUCCESS)

    async def delete(self, request: Request) -> Response:
        """Deletes a file."""
        platform = self.sandbox.platform
        accounts = platform.access.accounts(token_of(request))
        media = platform.media.get(request.path_params["node"], accounts, verb="delete")
        platform.media.delete(media.id)
        return answer(SUCCESS)

    def _number(self, request: Request) -> SandboxNumber:
        return self.sandbox.platform.access.number(request.path_params["node"], token_of(request))


def _chosen(shown: dict[str, Any], request: Request) -> dict[str, Any]:
    """What the caller asked for with `fields`; everything if nothing was asked for."""
    asked = request.query_params.get("fields")
    fields = {"id", *asked.split(",")} if asked else shown.keys()
    return {name: value for name, value in shown.items() if name in fields}
