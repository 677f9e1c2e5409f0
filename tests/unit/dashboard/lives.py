"""Chats that live through anything."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from attrs import frozen
from hypothesis import strategies as st

from jaboti_adapters.contracts.builders import a_chat, a_client, an_integration
from jaboti_domain.chat.events import ChatEvent, Milestone
from jaboti_domain.chat.model import Chat
from jaboti_domain.dashboard.intervals import Calendar, Hours
from jaboti_domain.kernel.actor import Actor, Role
from jaboti_domain.kernel.errors import Refusal
from jaboti_domain.kernel.events import Named
from jaboti_domain.kernel.ids import CompanyId, UserId, new_id

NOON = datetime(2026, 3, 6, 12, 0, 0, 700_000, tzinfo=UTC)
"""A Friday."""
COMPANY = CompanyId(new_id())
SALES, SUPPORT = Named(new_id(), "Vendas"), Named(new_id(), "Suporte")
SOFIA, RUI = (
    Actor(user_id=UserId(new_id()), company_id=COMPANY, role=Role.SUPERVISOR, name=name) for name in ("Sofia", "Rui")
)
Verbs = Mapping[str, Callable[[Chat, datetime], None]]


def verbs_of(one: Actor, other: Actor, sales: Named, support: Named) -> Verbs:
    """All that can be done with a chat, by these two."""
    me, them = Named(one.user_id, one.name), Named(other.user_id, other.name)
    return {
        "end": lambda chat, at: chat.end(None, reason="", at=at),
        "give": lambda chat, at: chat.transfer_to_attendant(one, them, reason="", at=at),
        "give back": lambda chat, at: chat.transfer_to_attendant(other, me, reason="", at=at),
        "move": lambda chat, at: chat.transfer_to_department(one, support, reason="", at=at),
        "move back": lambda chat, at: chat.transfer_to_department(one, sales, reason="", at=at),
        "queue": lambda chat, at: chat.queue(None, at=at),
        "queue for sales": lambda chat, at: chat.queue(sales, at=at),
        "reopen": lambda chat, at: chat.reopen(at=at),
        "start": lambda chat, at: chat.start(one, at=at),
        "start too": lambda chat, at: chat.start(other, at=at),
    }


VERBS = verbs_of(SOFIA, RUI, SALES, SUPPORT)
PAUSES = (0, 1, 999, 1_000, 61_250, 3_600_000, 40_000_000, 90_000_000, -5_000)
"""Milliseconds; a clock may be behind the last one."""
BEGINNINGS = ("bot", "queue", "attendant")

Turn = tuple[str, int]
turns = st.lists(st.tuples(st.sampled_from(sorted(VERBS)), st.sampled_from(PAUSES)), max_size=12)
beginnings = st.sampled_from(BEGINNINGS)


def begun(beginning: str, *, at: datetime = NOON) -> Chat:
    """A chat with the bot, in the queue, or with an attendant."""
    client, integration = a_client(COMPANY), an_integration(COMPANY)
    return a_chat(
        client, integration, with_bot=beginning == "bot", attendant=SOFIA if beginning == "attendant" else None, at=at
    )


def live(chat: Chat, turns: Iterable[Turn], *, at: datetime = NOON, verbs: Verbs = VERBS) -> None:
    """Take the turns, as far as the chat may, each after its pause."""
    for verb, pause in turns:
        at += timedelta(milliseconds=pause)
        with suppress(Refusal):
            verbs[verb](chat, at)


@st.composite
def stories(draw: st.DrawFn) -> list[ChatEvent]:
    """All that happened in a chat."""
    chat = begun(draw(beginnings))
    live(chat, draw(turns))
    return [event for event in chat.collect() if isinstance(event, Milestone)]


@frozen
class OfficeHours(Hours):
    """From nine to six on working days in a zone."""

    zone: ZoneInfo

    def seconds_between(self, start: datetime, end: datetime) -> int:
        seconds, day = 0, start.astimezone(self.zone).date()
        while day <= end.astimezone(self.zone).date():
            opens, closes = (datetime(day.year, day.month, day.day, hour, tzinfo=self.zone) for hour in (9, 18))
            open_for = min(end, closes.astimezone(UTC)) - max(start, opens.astimezone(UTC))
            if day.weekday() < 5:
                seconds += max(0, int(open_for.total_seconds()))
            day += timedelta(days=1)
        return seconds


ZONE = ZoneInfo("America/New_York")
"""Its clocks change on the 8th."""
CALENDAR = Calendar(zone=ZONE, hours=OfficeHours(ZONE))
