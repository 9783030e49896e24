"""Many callers, few statements: who comes while one statement runs goes into the next."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

Wish = TypeVar("Wish")
Answer = TypeVar("Answer")


class _Waiting(NamedTuple, Generic[Wish, Answer]):
    """One wish, and who wants to hear how it went."""

    wish: Wish
    heard: "asyncio.Future[Answer]"


class Gathering(Generic[Wish, Answer]):
    """Grants wishes in batches. Nobody waits for company: the first starts a statement, others gather behind it.

    `grant` answers a batch in its order, or raises for all of it; then each of them is tried by itself, so that nobody
    pays for a value of a neighbour's. `lanes`: how many statements may be under way at once.
    """

    def __init__(
        self,
        grant: Callable[[Sequence[Wish]], Awaitable[Sequence[Answer]]],
        *,
        most_at_once: int,
        lanes: int = 1,
    ) -> None:
        self._grant = grant
        self._most_at_once = most_at_once
        self._waiting: list[_Waiting[Wish, Answer]] = []
        self._free_lanes = lanes
        self._flushing: set[asyncio.Task[None]] = set()

    async def join(self, wish: Wish) -> Answer:
        """Return once the wish was granted and has committed; raise what the database said otherwise."""
        if not self._free_lanes:
            heard: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
            self._waiting.append(_Waiting(wish, heard))
            return await heard
        self._free_lanes -= 1
        try:
            [answer] = await self._grant([wish])
            return answer
        finally:
            self._go_on()

    def _go_on(self) -> None:
        """Give the lane to those who wait, or free it."""
        if self._waiting:
            flushing = asyncio.create_task(self._flush())
            self._flushing.add(flushing)
            flushing.add_done_callback(self._flushing.discard)
        else:
            self._free_lanes += 1

    async def _flush(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[: self._most_at_once], self._waiting[self._most_at_once :]
                await self._serve(batch)
        finally:
            self._go_on()

    async def _serve(self, batch: Sequence[_Waiting[Wish, Answer]]) -> None:
        try:
            answers = await self._grant([waiting.wish for waiting in batch])
        except Exception as error:
            await self._blame(batch, error)
        except BaseException:
            _fail(batch, ConnectionAbortedError("the statement was interrupted"))
            raise
        else:
            for waiting, answer in zip(batch, answers, strict=True):
                if not waiting.heard.done():
                    waiting.heard.set_result(answer)

    async def _blame(self, batch: Sequence[_Waiting[Wish, Answer]], error: Exception) -> None:
        if len(batch) == 1:
            _fail(batch, error)
            return
        for waiting in batch:
            await self._serve([waiting])


def _fail(batch: Sequence[_Waiting[Wish, Answer]], error: Exception) -> None:
    for waiting in batch:
        if not waiting.heard.done():
            waiting.heard.set_exception(error)
