"""Facts about who works for a company."""

from attrs import frozen

from jaboti_domain.kernel.events import Event, Named
from jaboti_domain.kernel.ids import UserId


@frozen(kw_only=True)
class AttendantChanged(Event):
    """What colleagues see of an attendant is another; None stands for what is as it was. `title` is the name.

    Whoever has `gone` attends nobody here any more.
    """

    name = "attendant.changed"

    user_id: UserId
    title: str | None = None
    role: str | None = None
    departments: tuple[Named, ...] | None = None
    enabled: bool | None = None
    gone: bool = False
