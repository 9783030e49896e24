"""Quarantines that are forked: how they end, and that none outlives the worker that wanted it."""

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path

from tests.worklane.nursery_process import FELL_BACK

ROOT = Path(__file__).parents[2]
PIPE = asyncio.subprocess.PIPE


async def started(what: str, note: Path) -> asyncio.subprocess.Process:
    command = ["-m", "tests.worklane.nursery_process", what, str(note)]
    return await asyncio.create_subprocess_exec(sys.executable, *command, cwd=ROOT, stdin=PIPE, stdout=PIPE)


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not is_so():  # noqa: ASYNC110 - what a test waits for here sets no event
            await asyncio.sleep(0)


class TestNursery:
    async def test_it_tells_how_each_quarantine_ended_and_is_done_without_when_it_is_gone(self, tmp_path: Path) -> None:
        process = await started("ends", tmp_path / "note")

        said, _ = await asyncio.wait_for(process.communicate(), 30)

        assert json.loads(said) == {
            "returns": [0],
            "exits": [3],
            "is killed": [-9],
            "fails": [1],
            "has no nursery": [FELL_BACK],
        }

    async def test_a_quarantine_notices_that_the_worker_was_killed(self, tmp_path: Path) -> None:
        process = await started("waits", tmp_path / "note")
        assert process.stdout is not None
        await asyncio.wait_for(process.stdout.readline(), 20)

        process.kill()

        await until((tmp_path / "note").exists)
        assert await asyncio.wait_for(process.stdout.read(), 20) == b""  # nobody holds the other end any more

    async def test_it_ends_with_the_call_that_is_cancelled(self, tmp_path: Path) -> None:
        process = await started("waits", tmp_path / "note")
        assert process.stdout is not None
        await asyncio.wait_for(process.stdout.readline(), 20)

        said, _ = await asyncio.wait_for(process.communicate(b"\n"), 30)

        assert (said, process.returncode) == (b"cancelled\n", 0)
