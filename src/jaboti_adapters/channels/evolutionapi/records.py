"""What the server has kept of an instance's messages, asked for page by page, the newest first."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from attrs import field, frozen

from jaboti_adapters.channels._http import Answer
from jaboti_adapters.channels._json import Node
from jaboti_adapters.channels.evolutionapi.api import Api
from jaboti_adapters.channels.evolutionapi.errors import refusal
from jaboti_adapters.channels.evolutionapi.inbound import items_of, read
from jaboti_adapters.channels.evolutionapi.inbound.shapes import moment
from jaboti_adapters.channels.evolutionapi.jids import is_same_peer, peer_of
from jaboti_adapters.channels.evolutionapi.looks import Looks
from jaboti_domain.integration.content import is_echo
from jaboti_domain.integration.errors import TryAgain
from jaboti_domain.integration.messaging import Accepted, Inbound, Items, Outbound, Peer, Receipt
from jaboti_domain.integration.model import Integration
from jaboti_domain.kernel.times import rfc3339

PAGE = 200
PAGES_AT_MOST = 40
LARGEST_PAGE = 16 * 1024 * 1024
SLACK = timedelta(minutes=10)
"""How far the server's clock may be behind ours."""
LONGEST_ON_ITS_WAY = timedelta(hours=1)
"""How far back is looked for a message of which nobody says when it was written."""
_END_OF_TIME = "2037-12-31T23:59:59.000Z"
"""The server filters by both ends or by none, and keeps seconds in 32 bits."""


@frozen(kw_only=True)
class _Sent:
    """What went out from the phone: when, as far as that is known, and to whom."""

    at: datetime
    to: Peer
    record: Node


@frozen
class Records:
    """The messages that the server has."""

    api: Api
    _looks: Looks[Sequence[_Sent]] = field(init=False)

    @_looks.default
    def _shared(self) -> Looks[Sequence[_Sent]]:
        return Looks(self._sent)

    async def told(self, integration: Integration, *, since: datetime) -> Items:
        """Messages and what became of them, as webhooks would have told."""
        found = await self._found(integration, since)
        return [item for record in found for event in _events(record, integration) for item in items_of(event)]

    async def sent(self, integration: Integration, outbound: Outbound) -> Sequence[Accepted]:
        """Messages to this peer that say the same."""
        written = outbound.at or datetime.now(UTC) - LONGEST_ON_ITS_WAY
        since = (written - SLACK).replace(microsecond=0)
        found = await self._looks.since(integration, since)
        theirs = (sent.record for sent in found if sent.at >= since and is_same_peer(sent.to, outbound.to))
        taken = (_accepted(record, integration, outbound) for record in theirs)
        return [accepted for accepted in taken if accepted is not None]

    async def _sent(self, integration: Integration, since: datetime) -> Sequence[_Sent]:
        found = await self._found(integration, since, fromMe=True)
        named = ((record, peer_of(record["key"], from_me=True)) for record in found)
        return [
            _Sent(at=moment(record["messageTimestamp"]) or datetime.now(UTC), to=peer, record=record)
            for record, peer in named
            if peer is not None
        ]

    async def _found(self, integration: Integration, since: datetime, **key: object) -> Sequence[Node]:
        """Records whose key is like this, oldest first. Raises a SendingFailed."""
        where = {"messageTimestamp": {"gte": rfc3339(since), "lte": _END_OF_TIME}, **({"key": key} if key else {})}
        first = since.replace(microsecond=0)
        found: list[Node] = []
        for page in range(1, PAGES_AT_MOST + 1):
            asked = {"where": where, "page": page, "offset": PAGE}
            records = _records(await self.api.post(integration, "/chat/findMessages", asked, largest=LARGEST_PAGE))
            fresh = [record for record in records if (moment(record["messageTimestamp"]) or first) >= first]
            found += fresh
            if len(fresh) < len(records) or len(records) < PAGE:
                found.reverse()
                return sorted(found, key=lambda record: moment(record["messageTimestamp"]) or first)
        raise TryAgain(error_code="too_many_messages", title="The server has more messages than can be looked through")


def _records(answer: Answer) -> Sequence[Node]:
    messages = answer.json["messages"]["records"] if answer.json.record else answer.json
    if not answer.ok or not isinstance(messages.value, list):
        raise refusal(answer)
    return list(messages)


def _accepted(record: Node, integration: Integration, outbound: Outbound) -> Accepted | None:
    """What a record tells of a message, if it may be this one."""
    message, *rest = [read(item.raw) for event in _events(record, integration) for item in items_of(event)]
    if not (isinstance(message, Inbound) and message.from_phone):
        return None
    if not is_echo(outbound.content, message.content):
        return None
    since = [update.status for update in rest if isinstance(update, Receipt)]
    return Accepted(provider_id=message.provider_id, peer=message.peer, since=since)


def _events(record: Node, integration: Integration) -> Iterator[Node]:
    yield _message(record, integration)
    if record["key"]["fromMe"].is_true:
        for update in record["MessageUpdate"]:
            told = {"keyId": record["key"]["id"].value, "remoteJid": record["key"]["remoteJid"].value, "fromMe": True}
            yield _event("messages.update", integration, {**told, "status": update["status"].value})


def _message(record: Node, integration: Integration) -> Node:
    return _event("messages.upsert", integration, record.value)


def _event(name: str, integration: Integration, data: object) -> Node:
    return Node({"event": name, "instance": integration.account, "data": data})
