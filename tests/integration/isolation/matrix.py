"""Every slot with ids that are another company's, nobody's, and removed: the answers are the same."""

import re
from collections.abc import Awaitable, Callable, Collection, Mapping

import httpx
from attrs import frozen

from jaboti_domain.kernel.ids import new_id
from tests.integration.isolation.requests import own_request
from tests.integration.isolation.slots import Slot
from tests.integration.isolation.world import World

OURS_STILL = {
    "GET /clients/{clientId}/export path.clientId": "what is held of who was removed is theirs to have",
    "POST /clients/{clientId}/anonymize path.clientId": "who was removed can still ask to be forgotten",
    "PUT /companies/{companyId}/members/{userId} path.userId": "who has left may come back",
}
"""Where what was removed is there for one thing yet, which nobody else's is."""
OF_EACH_ANSWER = {"date", "x-request-id", "content-length", "ratelimit"}
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)")
_REQUEST = re.compile(r'"(requestId|instance)":"[^"]*"')


@frozen
class Seen:
    """What an answer tells, but for what is its own: its id, its time, and the id that was asked for."""

    status: int
    headers: Mapping[str, str]
    body: str

    def differences(self, other: "Seen") -> list[str]:
        """What differs, in short."""
        found = [f"{self.status} {other.status}"] if self.status != other.status else []
        found += [f"{n}: {v}, {other.headers.get(n)}" for n, v in self.headers.items() if other.headers.get(n) != v]
        return found + ([self.body[:200], other.body[:200]] if self.body != other.body else [])

    @classmethod
    def of(cls, answer: httpx.Response, asked: str) -> "Seen":
        headers = {name: value for name, value in answer.headers.items() if name not in OF_EACH_ANSWER}
        body = _MOMENT.sub("<moment>", _REQUEST.sub("", answer.text).replace(asked, "<id>"))
        return cls(answer.status_code, headers, body)


async def wrong(world: World, slots: Collection[Slot], *, lets_through: bool = True) -> dict[str, str]:
    """What is wrong with each slot; nothing, where all is well."""
    found = {}
    for slot in slots:
        if said := await _wrong(world, slot, lets_through=lets_through):
            found[str(slot)] = said
    return found


async def _wrong(world: World, slot: Slot, *, lets_through: bool) -> str:
    own = await own_request(world, slot)
    before = await world.of_theirs()
    ids = {"foreign": world.foreign[slot.kind], "absent": str(new_id())}
    if slot.kind in world.removed and str(slot) not in OURS_STILL:
        ids["removed"] = world.removed[slot.kind]
    seen = {kind: Seen.of(await own.forged(slot, each).ask(), each) for kind, each in ids.items()}
    changed = {table for table, rows in (await world.of_theirs()).items() if rows != before[table]}
    if changed:
        return f"changes what is theirs in {sorted(changed)}"
    if (worst := max(each.status for each in seen.values())) >= 500:
        return f"answers {worst}"
    absent = seen.pop("absent")
    for kind, each in seen.items():
        if each != absent:
            return f"{kind} and absent differ: {each.differences(absent)}"
    return await _shut(own.ask) if lets_through else ""


async def _shut(ask: Callable[[], Awaitable[httpx.Response]]) -> str:
    """Whether our own id would not get through either: then the slot has shown nothing."""
    answer = await ask()
    return "" if answer.is_success else f"own: {answer.status_code} {answer.text[:300]}"
