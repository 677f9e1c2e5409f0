"""A listener that does not keep up loses the oldest words, and nobody else does."""

from attrs import evolve

from jaboti_adapters.contracts.builders import now
from jaboti_adapters.memory.notifier import InProcessNotifier
from jaboti_domain.kernel.events import Audience, Recorded
from jaboti_domain.kernel.ids import CompanyId, new_id

WORD = Recorded(
    company_id=CompanyId(new_id()), seq=1, at=now(), name="chat.read", audience=Audience(everyone=True), data=b"{}"
)


async def test_a_listener_far_behind_hears_the_newest() -> None:
    notifier = InProcessNotifier(patience=3)
    async with notifier.listen() as slow, notifier.listen() as quick:
        for seq in range(1, 6):
            await notifier.announce([evolve(WORD, seq=seq)])
            assert [word.seq for word in await anext(quick)] == [seq]
        assert [word.seq for word in await anext(slow)] == [3, 4, 5]
