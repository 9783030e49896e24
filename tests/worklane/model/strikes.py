"""Blows that strike a piece of work at its n-th await, in whichever of its tasks that happens."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Generator, Iterator
from contextlib import contextmanager
from contextvars import Context, ContextVar
from functools import partial
from typing import Any, TypeVar

T = TypeVar("T")
MOST_AWAITS = 400
Strike = Callable[["asyncio.Task[None]"], object]


class Vanished(BaseException):
    """The process is gone: nothing of the coroutine runs any more."""


class Blow:
    """Counts the awaits at which a task and the tasks that it starts suspend, and strikes at one of them."""

    def __init__(self, *, at: int, strike: Strike) -> None:
        self.suspensions = 0
        self._at = at
        self._strike = strike
        self._target: asyncio.Task[None] | None = None

    @property
    def is_struck(self) -> bool:
        """Whether there were that many awaits at all."""
        return self.suspensions >= self._at

    async def on(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Run the coroutine, and strike it."""
        self._target = asyncio.current_task()
        with _watching(self):
            await _Watched(coroutine, self)

    def count(self) -> None:
        """One of the tasks is about to suspend."""
        self.suspensions += 1
        if self.suspensions == self._at:
            assert self._target is not None
            self._strike(self._target)


class _Watched(Awaitable[T]):
    """Awaits a coroutine, and tells the blow whenever it suspends."""

    def __init__(self, coroutine: Coroutine[Any, Any, T], blow: Blow) -> None:
        self._coroutine = coroutine
        self._blow = blow

    def __await__(self) -> Generator[Any, None, T]:
        step: Callable[[], Any] = partial(self._coroutine.send, None)
        while True:
            try:
                future = step()
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return]
            self._count()
            try:
                yield future
                step = partial(self._coroutine.send, None)
            except BaseException as error:
                step = partial(self._coroutine.throw, error)

    def _count(self) -> None:
        try:
            self._blow.count()
        except Vanished:
            self._coroutine.close()
            raise


_blow: ContextVar[Blow] = ContextVar("blow")


@contextmanager
def _watching(blow: Blow) -> Iterator[None]:
    """Tasks that are started from here on, by this task or by one that it started, are watched too."""
    loop = asyncio.get_running_loop()
    usual = loop.get_task_factory()
    before = _blow.set(blow)
    loop.set_task_factory(_watched_task)
    try:
        yield
    finally:
        loop.set_task_factory(usual)
        _blow.reset(before)


def _watched_task(
    loop: asyncio.AbstractEventLoop, coroutine: Any, *, context: Context | None = None
) -> "asyncio.Task[Any]":
    blow = _blow.get(None)
    return asyncio.Task(_all_of(coroutine, blow) if blow else coroutine, loop=loop, context=context)


async def _all_of(coroutine: Coroutine[Any, Any, T], blow: Blow) -> T:
    return await _Watched(coroutine, blow)


async def struck(coroutine: Coroutine[Any, Any, None], *, at: int, strike: Strike) -> bool:
    """Run the coroutine as a task and strike it; answer whether it lived long enough for that."""
    blow = Blow(at=at, strike=strike)
    await asyncio.gather(asyncio.create_task(blow.on(coroutine)), return_exceptions=True)
    return blow.is_struck


def cancel(task: "asyncio.Task[None]") -> None:
    """The work is asked to stop, as a worker does."""
    task.cancel()


def vanish(_: "asyncio.Task[None]") -> None:
    """The process is gone."""
    raise Vanished


async def sweep(strike_at: Callable[[int], Awaitable[bool]]) -> int:
    """Strike at the first await, the second, and so on, until there is none left; answer how many there are."""
    for at in range(1, MOST_AWAITS):
        try:
            was_struck = await strike_at(at)
        except Exception as error:
            error.add_note(f"struck at await {at}")
            raise
        if not was_struck:
            return at - 1
    raise AssertionError(f"more than {MOST_AWAITS} awaits")
