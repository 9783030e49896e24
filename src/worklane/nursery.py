"""A nursery: a process that forks quarantines, itself forked before the program does anything else.

A new interpreter reads all modules again, for a second of CPU; a fork has them, and most of their memory, in common
with the worker. Only a process without threads, loops and connections can be forked safely: hence the one between.
"""

import asyncio
import contextlib
import gc
import os
import select
import signal
import socket
import sys
import traceback
from collections.abc import Awaitable, Callable
from typing import NoReturn

from worklane.quarantine import ENDS_WITHIN, Quarantine

Program = Callable[[str], None]
STANDARD_INPUT = 0
LONGEST_REQUEST = 4096
MOST_REQUESTS_AT_ONCE = 16
# What a process that left no status has ended with, as a shell would say it.
UNKNOWN = -1


class Nursery:
    """Forks at once: make it before the first thread, event loop or connection, and `close` it at the end.

    `program` is what a quarantine does, given a word of one line. It runs in a process of its own, whose standard input
    closes when ours is gone (`worklane.quarantine.until_the_parent_is_gone`).
    """

    def __init__(self, program: Program) -> None:
        self._line, theirs = socket.socketpair()
        self.pid = os.fork()
        if self.pid == 0:
            self._line.close()
            _Forking(theirs, program).run()
        theirs.close()

    def quarantine(self, word: str, *, otherwise: Quarantine) -> Quarantine:
        """A quarantine that runs the program with this word; `otherwise`, once the nursery is gone."""

        async def run() -> int:
            ours, theirs = socket.socketpair()
            with theirs:
                try:
                    socket.send_fds(self._line, [f"{word}\n".encode()], [theirs.fileno()])
                except OSError:
                    ours.close()
                    return await otherwise()
            return await _until_it_ends(ours)

        return run

    def close(self) -> None:
        """End the nursery; quarantines that still run hand back what they hold."""
        self._line.close()
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)


async def _until_it_ends(line: socket.socket) -> int:
    reader, writer = await asyncio.open_connection(sock=line)
    try:
        pid = await _number(reader.readline())
        if pid is None:
            return UNKNOWN
        code = asyncio.ensure_future(_number(reader.readline()))
        try:
            return _known(await asyncio.shield(code))
        finally:
            if not code.done():
                await _end(pid, code)
    finally:
        writer.close()


async def _end(pid: int, code: "asyncio.Future[int | None]") -> None:
    # Word of its end comes microseconds after it: nobody else is given this number so soon.
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    try:
        async with asyncio.timeout(ENDS_WITHIN):
            await code
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


async def _number(line: Awaitable[bytes]) -> int | None:
    said = await line
    return int(said) if said else None


def _known(code: int | None) -> int:
    return UNKNOWN if code is None else code


class _Forking:
    """The nursery's own process: a child for each request, and word of its end to whoever asked."""

    def __init__(self, line: socket.socket, program: Program) -> None:
        self._line = line
        self._program = program
        self._children: dict[int, socket.socket] = {}

    def run(self) -> NoReturn:
        """Serve until the line closes."""
        # A Ctrl-C is for the children; we go when the line closes.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._woken, self._waker = socket.socketpair()
        self._woken.setblocking(False)
        self._waker.setblocking(False)
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        gc.freeze()
        try:
            while self._wait():
                self._reap()
        finally:
            os._exit(0)

    def _wait(self) -> bool:
        """Wait for requests and ends, and serve the requests; answer whether anybody is still there."""
        ready, _, _ = select.select([self._line, self._woken], [], [])
        if self._woken in ready:
            self._woken.recv(LONGEST_REQUEST)
        if self._line not in ready:
            return True
        said, descriptors, _, _ = socket.recv_fds(self._line, LONGEST_REQUEST, MOST_REQUESTS_AT_ONCE)
        for word, descriptor in zip(said.decode().split("\n"), descriptors, strict=False):
            self._fork(word, socket.socket(fileno=descriptor))
        return bool(said)

    def _fork(self, word: str, asker: socket.socket) -> None:
        pid = os.fork()
        if pid == 0:
            self._become(word, asker)
        self._children[pid] = asker
        _tell(asker, pid)

    def _reap(self) -> None:
        while self._children:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            with self._children.pop(pid) as asker:
                _tell(asker, os.waitstatus_to_exitcode(status))

    def _become(self, word: str, asker: socket.socket) -> NoReturn:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.dup2(asker.fileno(), STANDARD_INPUT)
        for other in (asker, self._line, self._woken, self._waker, *self._children.values()):
            other.close()
        os._exit(_status_of(self._program, word))


def _tell(asker: socket.socket, number: int) -> None:
    # Whoever asked may be gone by now.
    with contextlib.suppress(OSError):
        asker.sendall(f"{number}\n".encode())


def _status_of(program: Program, word: str) -> int:
    status = 0
    try:
        program(word)
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        status = 1
        traceback.print_exc()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
    return status
