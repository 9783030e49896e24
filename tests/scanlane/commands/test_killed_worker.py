"""A scan whose process is killed: another goes on. Watches the clock, so nothing may run beside it."""

import asyncio
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.conftest import Database
from tests.scanlane.commands.held_site import PAGES, serving_held_site
from tests.scanlane.processes import environment, one_row, pages_saved, running, until


@pytest.fixture
def env(database: Database, tmp_path: Path) -> dict[str, str]:
    """The environment of a person with a database of her own."""
    return environment(tmp_path, SCANLANE_DATABASE_URL=database.url)


class TestAKilledWorker:
    async def test_another_process_goes_on_from_the_saved_pages_within_ten_seconds(
        self, env: dict[str, str], database: Database
    ) -> None:
        async with (
            serving_held_site() as site,
            running("scan", site.url, "--allow-network", "127.0.0.0/8", env=env) as first,
        ):
            await asyncio.wait_for(site.held.wait(), 30)
            # The home and the pages that were answered are saved while the next ones are slow.
            await until(lambda: pages_saved(database, 1 + site.before), within=20)
            async with running("work", env=env) as second:
                await until(lambda: _workers(database, 2), within=20)
                before = Counter(site.answered)
                first.kill()
                killed = time.monotonic()
                await until(lambda: _attempt(database, 2), within=10)
                taken_after = time.monotonic() - killed
                site.let_go.set()
                await until(lambda: _has_status(database, "complete"), within=60)
                second.terminate()
                assert await asyncio.wait_for(second.wait(), 15) == 0

        job = await one_row(database.dsn, "select attempt, crashes, pages_scanned from jobs")
        again = {path for path, times in site.answered.items() if path in before and times > before[path]}
        assert taken_after < 10
        assert tuple(job) == (2, 1, 1 + PAGES)
        # Two were asked for when the worker died, and had no answer yet.
        assert again - {"/robots.txt"} == set()
        assert sum(site.answered[f"/team/{number}"] for number in range(PAGES)) <= PAGES + 2


async def _workers(database: Database, number: int) -> bool:
    return int((await one_row(database.dsn, "select count(*) as n from workers"))["n"]) >= number


async def _attempt(database: Database, number: int) -> bool:
    row = await one_row(database.dsn, "select attempt, status from jobs")
    return int(row["attempt"]) >= number and row["status"] in ("running", "complete")


async def _has_status(database: Database, status: str) -> bool:
    return bool((await one_row(database.dsn, "select status from jobs"))["status"] == status)
