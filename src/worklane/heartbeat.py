"""A worker's sign of life, from a thread and connection of its own: a blocked event loop does not look dead."""

import asyncio
import contextlib
import os
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from types import TracebackType
from typing import Protocol, Self
from uuid import uuid4

from worklane.claim import WorkerId
from worklane.contact import Contact
from worklane.queue import Holdings, Pulse

REGISTERING_TAKES_AT_MOST = 5.0
# A beat that failed is tried again sooner than the next one is due.
TRIES_PER_BEAT = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How often to beat, when others may take a silent worker's rows, and how much earlier it stops by itself."""

    every: timedelta = timedelta(seconds=2)
    dead_after: timedelta = timedelta(seconds=6)
    margin: timedelta = timedelta(seconds=1)

    @property
    def fence_after(self) -> float:
        """Seconds since the start of the last good beat after which the worker must have stopped."""
        return (self.dead_after - self.margin).total_seconds()


class Watcher(Protocol):
    """Who wants to hear of a heartbeat: a worker. Both calls arrive on the event loop."""

    def compare(self, worker: WorkerId, holdings: Holdings) -> None:
        """A beat was good; these are the claims that the worker holds in each lane."""

    def drop_everything(self, worker: WorkerId, why: str) -> None:
        """All work that was claimed under this identity must stop now."""


class Heartbeat:
    """The sign of life of one process, for all its workers.

    `async with heartbeat:` registers, beats until the last such block ends, then says good-bye. After a fence a new
    identity registers by itself; `worker` is None until it has.
    """

    def __init__(self, pulse: Pulse, *, name: str | None = None, rhythm: Rhythm | None = None) -> None:
        self.name = name or f"{socket.gethostname()}:{os.getpid()}"
        self.rhythm = rhythm or Rhythm()
        self._pulse = pulse
        self._watchers: list[Watcher] = []
        self._users = 0
        self._worker: WorkerId | None = None
        self._last_good = 0.0
        self._contact = self._out_of_touch()

    def watched_by(self, watcher: Watcher) -> None:
        """Tell this one, too."""
        self._watchers.append(watcher)

    @property
    def worker(self) -> WorkerId | None:
        """The present identity, or None while there is none to claim with."""
        return self._worker if self._trusted() else None

    @property
    def is_steady(self) -> bool:
        """Whether it has beaten for a while without a failure. After an outage, others had time to beat again."""
        return self._contact.is_steady(time.monotonic())

    @property
    def silence_of_the_dead(self) -> timedelta | None:
        """How long others must have been silent to be declared dead now; None while nobody may be."""
        silence = self._contact.silence_of_the_dead(time.monotonic())
        return None if silence is None or self.worker is None else timedelta(seconds=silence)

    async def __aenter__(self) -> Self:
        self._users += 1
        if self._users == 1:
            self._loop = asyncio.get_running_loop()
            self._known = asyncio.Event()
            self._stop = threading.Event()
            self._worker, self._last_good, self._contact = None, 0.0, self._out_of_touch()
            self._thread = threading.Thread(target=self._run, name="worklane-heartbeat", daemon=True)
            self._thread.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._users -= 1
        if self._users == 0:
            self._stop.set()
            await asyncio.to_thread(self._thread.join, 10)

    async def known(self) -> None:
        """Wait until this worker has registered for the first time."""
        await self._known.wait()

    def _out_of_touch(self) -> Contact:
        rhythm = self.rhythm
        return Contact(every=rhythm.every.total_seconds(), dead_after=rhythm.dead_after.total_seconds())

    def _trusted(self) -> bool:
        return time.monotonic() - self._last_good < self.rhythm.fence_after

    def _run(self) -> None:
        asyncio.run(self._beat_until_stopped())

    async def _beat_until_stopped(self) -> None:
        while not self._stop.is_set():
            started = time.monotonic()
            try:
                async with asyncio.timeout(self._patience(started)):
                    await self._beat_once(started)
                self._contact.beat(started)
            except Exception as error:
                self._contact.fail(time.monotonic())
                with contextlib.suppress(Exception):
                    await self._pulse.close()
                self._fence_if_overdue(f"cannot beat: {type(error).__name__}")
            await asyncio.to_thread(self._stop.wait, self._pause(started))
        await self._say_good_bye()

    def _patience(self, started: float) -> float:
        every = self.rhythm.every.total_seconds()
        if self._worker is None:
            return max(every, REGISTERING_TAKES_AT_MOST)
        left = self._last_good + self.rhythm.fence_after - started
        return max(min(left, every), every / 4)

    def _pause(self, started: float) -> float:
        every = self.rhythm.every.total_seconds()
        if self._contact.steady_since is None:
            every /= TRIES_PER_BEAT
        return max(every - (time.monotonic() - started), 0.05)

    async def _beat_once(self, started: float) -> None:
        if self._worker is None:
            newcomer = uuid4()
            await self._pulse.register(newcomer, self.name)
            self._worker, self._last_good = newcomer, started
            self._tell_loop(self._known.set)
            return
        holdings = await self._pulse.beat(self._worker)
        if holdings is None:
            self._fence("declared dead by others")
            return
        self._last_good = started
        for watcher in self._watchers:
            self._tell_loop(watcher.compare, self._worker, holdings)

    def _fence_if_overdue(self, why: str) -> None:
        overdue = time.monotonic() + self.rhythm.every.total_seconds() / 2 >= (
            self._last_good + self.rhythm.fence_after
        )
        if self._worker is not None and overdue:
            self._fence(why)

    def _fence(self, why: str) -> None:
        worker, self._worker = self._worker, None
        self._last_good = 0.0
        if worker is not None:
            for watcher in self._watchers:
                self._tell_loop(watcher.drop_everything, worker, why)

    async def _say_good_bye(self) -> None:
        try:
            async with asyncio.timeout(2):
                if self._worker is not None:
                    await self._pulse.leave(self._worker)
                await self._pulse.close()
        except Exception:  # noqa: S110 - others will notice the silence
            pass

    def _tell_loop(self, call: Callable[..., object], *arguments: object) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(call, *arguments)
