"""The quarantine: a process of its own in which rows that may kill their process run one after the other, alone.

The worker that notices such rows starts the process; what dies there takes nobody with it. The program of that process
runs a Worker with WorkerOptions(alone=True), which takes nothing but suspects and ends when none is left.
"""

import asyncio
import contextlib
import os
import stat
import sys
from collections.abc import Awaitable, Callable, Sequence

ENDS_WITHIN = 15.0

Quarantine = Callable[[], Awaitable[int]]


def in_a_process(command: Sequence[str]) -> Quarantine:
    """A quarantine that runs this command and answers its exit status; cancelling the call ends the process."""

    async def run() -> int:
        # The other end of its standard input is ours alone: it closes when we die, however we die.
        process = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.PIPE)
        try:
            return await process.wait()
        finally:
            if process.returncode is None:
                await _end(process)

    return run


async def until_the_parent_is_gone() -> None:
    """Wait, in the quarantine's own process, until the process that started it has ended.

    Whoever was started by hand, with a terminal or a file as its standard input, waits for ever.
    """
    kind = os.fstat(sys.stdin.fileno()).st_mode
    if not (stat.S_ISFIFO(kind) or stat.S_ISSOCK(kind)):
        await asyncio.Event().wait()
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()


async def _end(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(ENDS_WITHIN):
            await process.wait()
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
