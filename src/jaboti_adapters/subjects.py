"""What a unit of work was about: the same in every store."""

from collections.abc import Collection
from uuid import UUID

from jaboti_domain.chat.model import Chat
from jaboti_domain.kernel.events import Aggregate


def subject_of(saved: Collection[Aggregate]) -> UUID | None:
    """The first thing that is new, or else the first message that was added, or else the first thing that was saved."""
    new = [each for each in saved if each.is_new]
    said = [message for each in saved if isinstance(each, Chat) for message in each.new_messages]
    found = (getattr(each, "id", None) or getattr(each, "user_id", None) for each in (*new, *said, *saved))
    return next((each for each in found if isinstance(each, UUID)), None)
