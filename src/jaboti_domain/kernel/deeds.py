"""What people do that must be answered for."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from attrs import frozen

from jaboti_domain.kernel.ids import UserId

ANONYMIZED = "client.anonymized"
"""The action after which the details of what was done to the same subject before may be gone."""
Facts = Mapping[str, object]
"""What something was like: plain data (texts, numbers, lists and mappings of them), without secrets."""


@frozen(kw_only=True)
class Deed:
    """A critical action, kept in its company's audit log together with the change itself.

    `before` and `after` hold the values that the action changed, and None where there was nothing before, or is nothing
    afterwards. They may be forgotten later, when a person's data is erased; that the deed was done stays.
    """

    at: datetime
    action: str
    """A stable name, such as `department.removed`."""
    actor_id: UserId | None
    """None: the installation's operator, or a rule of ours."""
    actor_name: str
    address: str = ""
    """The network address that it came from."""
    subject: str
    """What kind of thing it was done to, such as `department`."""
    subject_id: UUID
    before: Facts | None = None
    after: Facts | None = None


def differences(before: Facts, after: Facts) -> tuple[Facts, Facts]:
    """What of both is not the same; both are empty when nothing changed."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    one, other = ({name: facts[name] for name in names if name in facts} for facts in (before, after))
    return one, other
