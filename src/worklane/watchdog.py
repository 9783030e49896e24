"""An alarm for work that blocks the event loop: who blocks it, and where.

A question is put to the loop, and seen to be answered, at every look. Time in which the watchdog itself did not run,
because the process was stopped or the machine slept, says nothing about the loop and does not count.
"""

import asyncio
import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import Any, Self

from worklane import events

LOOKS_PER_ALARM = 4
# A process may be stopped between a question and the first look at it, without a trace; not between two looks.
FEWEST_LOOKS = 2
JOINING_TAKES_AT_MOST = 5.0
MACHINERY = frozenset({"asyncio", "selectors", "uvloop"})
TURNING = frozenset({"_run", "_run_once"})


@dataclass(slots=True)
class _Question:
    asked_at: float
    answered_at: float | None = None
    looks: int = 0
    unwatched: float = 0.0
    told: bool = False


class Watchdog:
    """Tells LoopBlocked once for each time that the loop does not answer for `blocked_after`, and LoopFreed afterwards.

    Either `with watchdog.watching():` looks from a thread of its own, or the owner calls `look` about every `every`,
    from one thread that is not the loop's. The listener is called from that thread. An alarm takes two looks at least.
    `named` knows what some tasks work on: Worker.named; others are told by their own names.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        *,
        blocked_after: timedelta = timedelta(seconds=1),
        every: timedelta | None = None,
        listener: events.Listener = events.to_log,
        named: Callable[["asyncio.Task[Any]"], str | None] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._loop = loop
        self._blocked_after = blocked_after.total_seconds()
        self._every = (every or blocked_after / LOOKS_PER_ALARM).total_seconds()
        self._tell = listener
        self._named = named
        self._clock = clock
        self._looked_at = clock()
        self._question: _Question | None = None
        self._thread: int | None = None
        self._bottom = 0

    @contextlib.contextmanager
    def watching(self) -> Iterator[Self]:
        """Look from a thread of its own while the block lasts."""
        stop = threading.Event()
        thread = threading.Thread(target=self._look_until, args=(stop,), name="worklane-watchdog", daemon=True)
        thread.start()
        try:
            yield self
        finally:
            stop.set()
            thread.join(JOINING_TAKES_AT_MOST)

    def look(self) -> None:
        """See whether the last question was answered, and ask the next; takes microseconds."""
        now = self._clock()
        gap, self._looked_at = now - self._looked_at, now
        question = self._question
        if question is None:
            self._ask(now)
        elif question.answered_at is None:
            self._count_missing(question, gap)
        else:
            if question.told:
                self._tell(events.LoopFreed(seconds=_unanswered(question, until=question.answered_at)))
            self._ask(now)

    def _look_until(self, stop: threading.Event) -> None:
        while not stop.is_set():
            self.look()
            stop.wait(self._every)

    def _ask(self, now: float) -> None:
        question = _Question(asked_at=now)
        with contextlib.suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(self._answer, question)
            self._question = question

    def _answer(self, question: _Question) -> None:
        self._thread = threading.get_ident()
        self._bottom = id(_bottom_of(sys._getframe(1)))
        question.answered_at = self._clock()

    def _count_missing(self, question: _Question, gap: float) -> None:
        if gap > 2 * self._every:
            question.unwatched += gap - self._every
        question.looks += 1
        seconds = _unanswered(question, until=self._looked_at)
        if question.told or question.looks < FEWEST_LOOKS or seconds < self._blocked_after:
            return
        where = self._busy_at()
        if where is not None:
            question.told = True
            self._tell(events.LoopBlocked(seconds=seconds, task=self._busy_task(), where=where))

    def _busy_at(self) -> str | None:
        """Where the loop's thread is, or None if the loop only waits, or does not run (yet, or any more)."""
        innermost = sys._current_frames().get(self._thread or 0) if self._loop.is_running() else None
        above = list(_frames_above(innermost, self._bottom))
        if not above or _module(above[0]) == "selectors":
            return None
        return _worded(next((frame for frame in above if _module(frame) not in MACHINERY), above[0]))

    def _busy_task(self) -> str | None:
        task = asyncio.current_task(self._loop)
        return None if task is None else self._named(task) or task.get_name()


def _unanswered(question: _Question, *, until: float) -> float:
    return until - question.asked_at - question.unwatched


def _bottom_of(caller: FrameType | None) -> FrameType | None:
    """The frame that stays on the loop's thread while the loop turns."""
    while caller is not None and _module(caller) == "asyncio" and caller.f_code.co_name in TURNING:
        caller = caller.f_back
    return caller


def _frames_above(innermost: FrameType | None, bottom: int) -> Iterator[FrameType]:
    # Code in a greenlet, such as SQLAlchemy's, stands on no bottom: all of its frames count.
    while innermost is not None and id(innermost) != bottom:
        yield innermost
        innermost = innermost.f_back


def _module(frame: FrameType) -> str:
    name: str = frame.f_globals.get("__name__", "")
    return name.partition(".")[0]


def _worded(frame: FrameType) -> str:
    code = frame.f_code
    return f"{Path(code.co_filename).name}:{frame.f_lineno} in {code.co_qualname}"
