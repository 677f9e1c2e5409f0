"""The time of day."""

from datetime import UTC, datetime

from jaboti_domain.kernel.ports import Clock


class SystemClock(Clock):
    """This machine's time."""

    def __call__(self) -> datetime:
        now = datetime.now(UTC)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)
