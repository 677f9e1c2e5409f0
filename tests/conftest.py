"""For all tests."""

import signal
from types import FrameType

from hypothesis import settings

from jaboti_entrypoints import logs

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
"""Properties may take their time: a busy machine is no fault of theirs."""

logs.configure("error")


def _interrupted(number: int, frame: FrameType | None) -> None:
    signal.default_int_handler(number, frame)


# Where Python's own handler is in place, asyncio puts another there for each fixture and test, and that is worded
# twice each time, with everything that the fixture gave: half of the unit tests' time went there.
signal.signal(signal.SIGINT, _interrupted)
