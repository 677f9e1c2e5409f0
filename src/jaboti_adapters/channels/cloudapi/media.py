"""Files of messages on Meta's servers: for five minutes an id has an address, from which its owner fetches it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import quote

from attrs import evolve, frozen

from jaboti_adapters.channels._fetching import ENDED, fetched, harmless, taken
from jaboti_adapters.channels._files import multipart, spoilt
from jaboti_adapters.channels._http import Answer, HttpPool, watched
from jaboti_adapters.channels._json import Node
from jaboti_adapters.channels.cloudapi.access import Access
from jaboti_adapters.channels.cloudapi.errors import refusal
from jaboti_adapters.channels.cloudapi.inbound.contents import hex_sha256
from jaboti_domain.integration.content import MediaFile
from jaboti_domain.integration.errors import GiveUp, SendingFailed
from jaboti_domain.integration.model import Integration
from jaboti_domain.integration.transfers import MediaUpload, RemoteMedia

_GONE = ("100", "803")
_ADDRESSES = 2
"""So many are asked for until one works."""


@frozen
class Shelf:
    """The files of all accounts."""

    http: HttpPool

    @asynccontextmanager
    async def open(self, integration: Integration, file: MediaFile) -> AsyncIterator[RemoteMedia]:
        """See `MediaTransfer.open`; a file is known by its id, for an address may have ended before we come to it."""
        if not file.provider_id:
            raise GiveUp(error_code="media_without_id", title="The file has no id of the platform")
        access = Access.of(integration)
        for more in reversed(range(_ADDRESSES)):
            told = await self._described(access, file.provider_id)
            url = told["url"].text
            async with fetched(self.http, url, headers=access.bearer if access.may_show(url) else {}) as stream:
                if stream.status in ENDED and more:
                    continue
                yield taken(stream, _promised(file, told))
                return

    async def upload(self, integration: Integration, file: MediaUpload) -> str:
        """See `MediaTransfer.upload`."""
        access = Access.of(integration)
        url = f"{access.base}/{quote(integration.account, safe='')}/media"
        form = multipart({"messaging_product": "whatsapp", "type": file.mime_type}, file)
        headers = {**access.bearer, **form.headers}
        with harmless():
            async with self.http.stream("POST", url, body=form.pieces(), headers=headers) as stream:
                answer = await stream.answer(secret=access.token)
            media_id = answer.json["id"].text
            if not answer.ok or not media_id:
                raise _refused(answer)
        return media_id

    async def _described(self, access: Access, media_id: str) -> Node:
        url = f"{access.base}/{quote(media_id, safe='')}"
        with harmless():
            answer = await self.http.get(url, headers=access.bearer, secret=access.token)
            if not answer.ok:
                raise _about_file(_refused(answer))
        if not answer.json["url"].text:
            raise spoilt("media_without_address", "The platform gave no address of the file")
        return answer.json


def _refused(answer: Answer) -> SendingFailed:
    watched().named(answer.json["error"]["fbtrace_id"].text)
    return refusal(answer)


def _about_file(failure: SendingFailed) -> SendingFailed:
    """That an id is unknown says nothing about the integration."""
    if failure.error_code in _GONE:
        return GiveUp(error_code="media_gone", title=failure.title, info=failure.info)
    return failure


def _promised(file: MediaFile, told: Node) -> MediaFile:
    size = told["file_size"].number
    return evolve(
        file,
        mime_type=told["mime_type"].text or file.mime_type,
        size=int(size) if size is not None and size >= 0 else file.size,
        sha256=hex_sha256(told["sha256"].text) or file.sha256,
    )
