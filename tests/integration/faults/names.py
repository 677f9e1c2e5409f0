"""One person on both channels, by each of their names, in every order."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import permutations
from pathlib import Path

from attrs import frozen

from jaboti_adapters.channels.evolutionapi.secret import header
from jaboti_entrypoints.rehearsal.people import House
from jaboti_entrypoints.sandbox.cloudapi.payloads import signed
from tests.integration.faults.books import Books
from tests.integration.faults.letters import Letter
from tests.integration.faults.postmen import Postmen
from tests.integration.faults.site import Site
from tests.integration.faults.verdicts import Verdict, compared

PAYLOADS = Path(__file__).parents[2] / "payloads"
EVENTS = (
    "cloudapi/text",
    "cloudapi/text_by_user_id",
    "evolutionapi/v2_2_3__text_ninth_digit",
    "evolutionapi/v2_3_6__text_by_hidden_id_and_phone",
    "evolutionapi/v2_2_3__text_by_hidden_id",
)
"""Their phone without the ninth digit and their user id; the user id; the phone with it; without and LID; the LID."""
ORDERS = tuple(permutations(EVENTS))
AT_ONCE = 40
"""Persons all of whose events are brought side by side."""


@frozen
class Person:
    """Somebody with a number of their own in each of their names."""

    number: int

    def letter(self, house: House, event: str) -> Letter:
        """One of the events, as theirs; `name` is the message's id on the platform."""
        text = (PAYLOADS / f"{event}.json").read_text(encoding="utf-8")
        for name, digits in {"90011223": 8, "90000000000001": 14, "70000000000000001": 17}.items():
            text = text.replace(name, str(int(name) + self.number).zfill(digits))
        own = text.replace("700000000000001", house.account.phone_number_id)
        own = own.replace("800000000000001", house.account.waba_id).replace("loja-aurora", house.telephones[0].instance)
        known = _id_of(json.loads(own))
        name = f"{known}.{self.number}"
        body = own.replace(f'"{known}"', f'"{name}"').encode()
        is_cloud = event.startswith("cloudapi")
        integration = house.integration if is_cloud else house.telephones[0].integration
        return Letter(
            name=name,
            phone=str(self.number),
            company_id=str(house.company.id),
            path=f"/webhooks/{'cloudapi' if is_cloud else 'evolution'}/{integration.id}",
            headers=signed(house.account.app_secret, body) if is_cloud else dict(header(integration)),
            body=body,
        )


def _id_of(payload: Mapping[str, object]) -> str:
    match payload:
        case {"data": {"key": {"id": str(name)}}} | {
            "entry": [{"changes": [{"value": {"messages": [{"id": str(name)}]}}]}]
        }:
            return name
    raise AssertionError(payload)


async def met(site: Site, *, seed: int, orders: Sequence[Sequence[str]] = ORDERS) -> Verdict:
    """A person for each order of arrival, and some with all at once: who is there in the end."""
    house, persons = site.houses[0], [Person(n) for n in range(len(orders) + AT_ONCE)]
    async with site.serving(nodes=2) as nodes:
        postmen = Postmen([node.url for node in nodes])
        for place in range(len(EVENTS)):
            await postmen.bring([persons[n].letter(house, order[place]) for n, order in enumerate(orders)])
            await site.drained()
        hasty = persons[len(orders) :]
        await postmen.bring([person.letter(house, event) for person in hasty for event in EVENTS])
        await site.drained()
    written = {person.letter(house, event).name: person for person in persons for event in EVENTS}
    return Verdict(seed, _faults(await site.books(), written))


def _faults(books: Books, written: Mapping[str, Person]) -> dict[str, list[object]]:
    chats = {chat["id"]: chat for chat in books.chats}
    clients, channels = defaultdict(set), defaultdict(set)
    for message in books.inbound:
        person, chat = written[message["provider_id"]], chats[message["chat_id"]]
        clients[person].add(chat["client_id"])
        if chat["status"] != "CLOSED":
            channels[person].add((chat["platform"], chat["id"]))
    shared = Counter(client for theirs in clients.values() for client in theirs)
    faults = compared(list(written), [message["provider_id"] for message in books.inbound], what="messages")
    faults["persons who are not one client"] = [each for each, theirs in clients.items() if len(theirs) != 1]
    faults["strangers taken for one"] = [client for client, persons in shared.items() if persons != 1]
    faults["persons without one open chat on each"] = [
        each for each in set(written.values()) if sorted(p for p, _ in channels[each]) != ["CloudAPI", "EvolutionAPI"]
    ]
    return faults
