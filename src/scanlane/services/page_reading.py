"""Reading pages without holding up the event loop: one page for each turn of the loop, large ones in a thread.

Reading is work of the interpreter, which one thread at a time may do. Beside a thread that reads, every socket call of
the loop waits milliseconds for its turn; a small page is read faster than that.
"""

import asyncio
from collections.abc import Callable
from typing import TypeVar
from weakref import WeakKeyDictionary

T = TypeVar("T")

LARGEST_READ_AT_ONCE = 200_000

_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()


async def read_in_turn(read: Callable[[bytes, str, str | None], T], body: bytes, url: str, kind: str | None) -> T:
    """Read one page when its turn comes; raises what `read` raises."""
    async with _turns.setdefault(asyncio.get_running_loop(), asyncio.Lock()):
        if len(body) > LARGEST_READ_AT_ONCE:
            return await asyncio.to_thread(read, body, url, kind)
        # What has come in meanwhile goes first: however many pages wait, the loop is never away for two of them.
        await asyncio.sleep(0)
        return read(body, url, kind)
