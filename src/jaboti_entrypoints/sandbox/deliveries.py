"""How a webhook is brought to its address: again, until somebody takes it or it is given up."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from jaboti_entrypoints.sandbox.wire import Wire


async def insist(
    post: Callable[[], Awaitable[int | str | None]], *, pauses: Sequence[float], ended: Callable[[int | str], bool]
) -> None:
    """Posts, and after each of the pauses again, until an answer ends it; None as answer: nobody is there any more."""
    for pause in (*pauses, None):
        answer = await post()
        if answer is None or ended(answer) or pause is None:
            return
        await asyncio.sleep(pause)


async def posted(wire: Wire, url: str, headers: Mapping[str, str], body: bytes) -> int | str:
    """The HTTP status of a POST, or the name of what went wrong before there was one."""
    try:
        return (await wire.request("POST", url, headers, body)).status
    except (OSError, EOFError, ValueError) as exc:
        return type(exc).__name__
