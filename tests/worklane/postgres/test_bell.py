"""Calls that follow one another too closely become one, a moment later."""

import asyncio
from typing import Any

from worklane.postgres.bell import RINGS_EVERY, Bell


class Rung:
    """What a bell does over a connection, for a clock that a test turns."""

    def __init__(self) -> None:
        self.now = 0.0
        self.later: asyncio.Queue[str] = asyncio.Queue()
        self.bell = Bell(self, clock=lambda: self.now)

    async def fetch(self, query: str, *args: Any, timeout: float | None = None) -> list[Any]:
        self.now += 1
        self.later.put_nowait(query)
        return []

    def calls(self) -> bool:
        with self.bell.due() as calls:
            return calls


class TestBell:
    async def test_the_first_call_is_made_at_once(self) -> None:
        assert Rung().calls()

    async def test_calls_that_are_far_apart_are_all_made_at_once(self) -> None:
        rung = Rung()

        for _ in range(3):
            assert rung.calls()
            rung.now += RINGS_EVERY

        assert rung.later.empty()

    async def test_calls_that_follow_too_closely_become_one_a_moment_later(self) -> None:
        rung = Rung()
        rung.calls()

        answers = [rung.calls() for _ in range(20)]
        said = await asyncio.wait_for(rung.later.get(), 10)

        assert not any(answers)
        assert "pg_notify" in said
        assert rung.later.empty()

    async def test_a_call_that_cannot_be_made_hurts_nobody(self) -> None:
        class Away(Rung):
            async def fetch(self, query: str, *args: Any, timeout: float | None = None) -> list[Any]:
                await super().fetch(query)
                raise ConnectionError

        rung = Away()
        rung.calls()
        rung.calls()
        await asyncio.wait_for(rung.later.get(), 10)

        assert rung.calls() or rung.calls()
