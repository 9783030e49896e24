"""A worker's sign of life, from a thread and connection of its own: a blocked event loop does not look dead."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from types import TracebackType
from typing import Self
from uuid import uuid4

from worklane.claim import WorkerId
from worklane.queue import Held, Pulse

REGISTERING_TAKES_AT_MOST = 5.0


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


class Heartbeat:
    """`async with Heartbeat(...)`: registers a new worker, beats until the block ends, then says good-bye.

    Callbacks arrive on the event loop: `on_held(worker, claims)` after each good beat, `on_fenced(worker, why)` when
    the worker must drop its work. After a fence a new identity registers by itself; `worker` is None until it has.
    """

    def __init__(
        self,
        pulse: Pulse,
        *,
        name: str,
        rhythm: Rhythm,
        on_held: Callable[[WorkerId, frozenset[Held]], None],
        on_fenced: Callable[[WorkerId, str], None],
    ) -> None:
        self._pulse = pulse
        self._name = name
        self._rhythm = rhythm
        self._on_held = on_held
        self._on_fenced = on_fenced
        self._stop = threading.Event()
        self._worker: WorkerId | None = None
        self._last_good = 0.0
        self._known = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="worklane-heartbeat", daemon=True)

    @property
    def worker(self) -> WorkerId | None:
        """The present identity, or None while there is none to claim with."""
        return self._worker if self._trusted() else None

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._thread.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        await asyncio.to_thread(self._thread.join, 10)

    async def known(self) -> None:
        """Wait until this worker has registered for the first time."""
        await self._known.wait()

    def _trusted(self) -> bool:
        return time.monotonic() - self._last_good < self._rhythm.fence_after

    def _run(self) -> None:
        asyncio.run(self._beat_until_stopped())

    async def _beat_until_stopped(self) -> None:
        while not self._stop.is_set():
            started = time.monotonic()
            try:
                async with asyncio.timeout(self._patience(started)):
                    await self._beat_once(started)
            except Exception as error:
                with contextlib.suppress(Exception):
                    await self._pulse.close()
                self._fence_if_overdue(f"cannot beat: {type(error).__name__}")
            await asyncio.to_thread(self._stop.wait, self._pause(started))
        await self._say_good_bye()

    def _patience(self, started: float) -> float:
        every = self._rhythm.every.total_seconds()
        if self._worker is None:
            return max(every, REGISTERING_TAKES_AT_MOST)
        left = self._last_good + self._rhythm.fence_after - started
        return max(min(left, every), every / 4)

    def _pause(self, started: float) -> float:
        return max(self._rhythm.every.total_seconds() - (time.monotonic() - started), 0.05)

    async def _beat_once(self, started: float) -> None:
        if self._worker is None:
            newcomer = uuid4()
            await self._pulse.register(newcomer, self._name)
            self._worker, self._last_good = newcomer, started
            self._tell_loop(self._known.set)
            return
        held = await self._pulse.beat(self._worker)
        if held is None:
            self._fence("declared dead by others")
            return
        self._last_good = started
        self._tell_loop(self._on_held, self._worker, held)

    def _fence_if_overdue(self, why: str) -> None:
        overdue = time.monotonic() + self._rhythm.every.total_seconds() / 2 >= (
            self._last_good + self._rhythm.fence_after
        )
        if self._worker is not None and overdue:
            self._fence(why)

    def _fence(self, why: str) -> None:
        worker, self._worker = self._worker, None
        self._last_good = 0.0
        if worker is not None:
            self._tell_loop(self._on_fenced, worker, why)

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
