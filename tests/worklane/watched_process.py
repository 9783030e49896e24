"""A process whose event loop is watched and often busy for a moment; SIGUSR1 makes its work block the loop for good."""

import asyncio
import signal
import sys
import time
from datetime import timedelta

from worklane import events
from worklane.watchdog import Watchdog

A_MOMENT = 0.05


def say(event: events.Event) -> None:
    """Print the event for the test that listens."""
    print(type(event).__name__, events.line(event), flush=True)


async def busy(told_to_block: asyncio.Event, blocked_for: float) -> None:
    """Keep the loop for a moment, again and again; then for long."""
    while not told_to_block.is_set():
        reckon(A_MOMENT)
        await asyncio.sleep(0)
    time.sleep(blocked_for)  # noqa: ASYNC251 - to block the loop is what this is for


def reckon(seconds: float) -> None:
    """Use that much of the processor's time: a process that was stopped has the rest of it still to do."""
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


async def main(blocked_after: float) -> None:
    """Be busy until told to block; then block, and end once the watchdog has had time to see the end of it."""
    loop, told_to_block = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGUSR1, told_to_block.set)
    with Watchdog(loop, blocked_after=timedelta(seconds=blocked_after), listener=say).watching():
        print("ready", flush=True)
        await asyncio.create_task(busy(told_to_block, 3 * blocked_after), name="crawl 1")
        await asyncio.sleep(blocked_after)


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1])))
