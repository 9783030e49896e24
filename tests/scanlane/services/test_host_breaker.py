"""The circuit breaker that all workers share: two of them over one database and one real server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from scanlane.clients.website_errors import FetchFailed, HostPaused, PageUnreachable, ServerBusy
from scanlane.services.crawl_values import Fetch
from scanlane.services.fetching import fetching
from scanlane.services.host_breaker import REMEMBERED_SECONDS, SILENCES, HostBreaker
from scanlane.session.async_session import make_engine, make_sessions
from scanlane.settings import read_settings
from scanlane.wiring import Wiring, connected
from tests.conftest import Database

NETWORK = ["127.0.0.1/32"]


@dataclass
class BusyServer:
    """Answers 429 with Retry-After while it is busy; counts its requests."""

    busy: bool = True
    requests: int = 0
    url: str = ""
    headers: dict[str, str] = field(default_factory=lambda: {"Retry-After": "120"})

    async def answer(self, request: web.Request) -> web.Response:
        """One page."""
        self.requests += 1
        return web.Response(status=429, headers=self.headers) if self.busy else web.Response(text="bread")


@pytest.fixture
async def busy_server() -> AsyncIterator[BusyServer]:
    """Such a server on loopback."""
    busy = BusyServer()
    app = web.Application()
    app.router.add_get("/{path:.*}", busy.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    busy.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    yield busy
    await runner.cleanup()


@asynccontextmanager
async def worker(database: Database, folder: Path) -> AsyncIterator[tuple[Wiring, Fetch]]:
    """A worker's things and its way to websites."""
    settings = read_settings(data_dir=folder, database_url=database.url)
    async with (
        connected(settings, database.url, migrate=False) as wiring,
        fetching(settings, allow_networks=NETWORK, breaker=wiring.manners.breaker) as fetch,
    ):
        yield wiring, fetch


async def time_passes(wiring: Wiring) -> None:
    """Every pause is over."""
    async with wiring.sessions.begin() as session:
        await session.execute(text("update host_pauses set until = worklane_now() - interval '1 second'"))


def wiring_sessions(database: Database) -> async_sessionmaker[AsyncSession]:
    """Sessions of another worker."""
    return make_sessions(make_engine(database.options))


class TestTwoWorkers:
    async def test_whom_one_found_busy_none_asks_before_the_time_and_then_only_one(
        self, busy_server: BusyServer, database: Database, tmp_path: Path
    ) -> None:
        async with worker(database, tmp_path) as (_wiring, fetch), worker(database, tmp_path) as (_, other):
            with pytest.raises(ServerBusy) as caught:
                await fetch(busy_server.url)
            for ask in (fetch, other, other, fetch):
                with pytest.raises(HostPaused) as paused:
                    await ask(busy_server.url + "contact")
                assert paused.value.retry_after is not None
                assert timedelta(seconds=100) < paused.value.retry_after <= timedelta(seconds=120)

        assert caught.value.retry_after is not None
        assert busy_server.requests == 1

    async def test_after_the_time_one_tries_while_the_other_waits_and_a_good_answer_lets_all_in(
        self, busy_server: BusyServer, database: Database, tmp_path: Path
    ) -> None:
        async with worker(database, tmp_path) as (wiring, fetch):
            with pytest.raises(ServerBusy):
                await fetch(busy_server.url)
            await time_passes(wiring)
        first, second = HostBreaker(wiring_sessions(database)), HostBreaker(wiring_sessions(database))

        async with first.passing(busy_server.url):
            with pytest.raises(HostPaused):
                async with second.passing(busy_server.url):
                    raise AssertionError("two tried at once")

        third = HostBreaker(wiring_sessions(database))
        async with third.passing(busy_server.url):
            pass

    async def test_the_workers_own_requests_wait_for_its_try_and_no_longer(
        self, busy_server: BusyServer, database: Database, tmp_path: Path
    ) -> None:
        busy_server.headers["Retry-After"] = "0"
        async with worker(database, tmp_path) as (wiring, fetch):
            with pytest.raises(ServerBusy):
                await fetch(busy_server.url)
            busy_server.busy = False
            assert wiring.manners.breaker is not None
            async with wiring.manners.breaker.passing(busy_server.url):
                asked = [asyncio.create_task(fetch(f"{busy_server.url}{number}")) for number in range(5)]
                answered, _ = await asyncio.wait(asked, timeout=0.1)
                assert not answered
            answers = await asyncio.gather(*asked)

        assert [answer.status for answer in answers] == [200] * 5
        assert busy_server.requests == 1 + 5

    async def test_a_try_that_is_broken_off_is_taken_over_by_one_that_waits(
        self, busy_server: BusyServer, database: Database, tmp_path: Path
    ) -> None:
        busy_server.headers["Retry-After"] = "0"
        async with worker(database, tmp_path) as (wiring, fetch):
            with pytest.raises(ServerBusy):
                await fetch(busy_server.url)
            busy_server.busy = False
            assert wiring.manners.breaker is not None
            with pytest.raises(asyncio.CancelledError):
                async with wiring.manners.breaker.passing(busy_server.url):
                    raise asyncio.CancelledError
            answers = await asyncio.gather(*(fetch(f"{busy_server.url}{number}") for number in range(3)))

        assert [answer.status for answer in answers] == [200] * 3

    async def test_pauses_grow_until_the_host_answers_well(self, database: Database, tmp_path: Path) -> None:
        waits: list[float] = []
        async with worker(database, tmp_path) as (wiring, _):
            for _ in range(8):
                breaker = HostBreaker(wiring.sessions)
                with pytest.raises(ServerBusy) as caught:
                    async with breaker.passing("https://bakery.example/"):
                        raise ServerBusy(retry_after=None)
                assert caught.value.retry_after is not None
                waits.append(round(caught.value.retry_after.total_seconds()))
                await time_passes(wiring)

        assert waits == [10, 30, 90, 270, 810, 2430, 3600, 3600]

    async def test_silence_again_and_again_pauses_the_host_too(self, database: Database) -> None:
        breaker = HostBreaker(wiring_sessions(database))

        raised = [await failure(breaker, PageUnreachable()) for _ in range(SILENCES + 1)]

        assert [type(error) for error in raised] == [PageUnreachable] * SILENCES + [HostPaused]


class TestStatements:
    async def test_a_host_that_is_well_costs_one_statement_in_a_few_seconds(
        self, database: Database, tmp_path: Path
    ) -> None:
        said: list[str] = []
        async with worker(database, tmp_path) as (wiring, _):
            now = 0.0
            breaker = HostBreaker(wiring.sessions, monotonic=lambda: now)
            event.listen(wiring.engine.sync_engine, "before_cursor_execute", lambda *given: said.append(given[2]))
            for _ in range(50):
                async with breaker.passing("https://bakery.example/"):
                    pass
            assert len(said) == 1
            now = REMEMBERED_SECONDS
            async with breaker.passing("https://bakery.example/"):
                pass

        assert len(said) == 2


async def failure(breaker: HostBreaker, error: FetchFailed) -> FetchFailed:
    """What comes out of a request that fails."""
    try:
        async with breaker.passing("https://bakery.example/"):
            raise error
    except FetchFailed as raised:
        return raised
