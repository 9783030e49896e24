"""What is polled, and what is not: stages that are off, queues that are paused."""

from datetime import timedelta
from pathlib import Path

from scanlane.crew import Crew
from scanlane.scheduler_instance import polls
from scanlane.services.pipeline import STAGES
from scanlane.services.sitemap_scheduler import unless_paused
from scanlane.settings import read_settings
from scanlane.stores.queue_pauses import pause_queue, resume_queue
from scanlane.wiring import connected
from tests.conftest import Database
from worklane.poller import Poll
from worklane.testing import EventLog

TASKS = {"prune", "purge_contacts", "purge_places"}


async def polled(database: Database, data_dir: Path, **settings: object) -> dict[str, Poll]:
    """The table of polls under these settings, by name."""
    known = read_settings(data_dir=data_dir, database_url=database.url, **settings)
    async with connected(known, database.url, migrate=False) as wiring:
        crew = Crew.of(wiring, listener=EventLog())
        return {poll.name: poll for poll in polls(wiring, workers=crew.stages)}


class TestPolls:
    async def test_every_stage_is_polled_as_often_as_its_settings_say(self, database: Database, tmp_path: Path) -> None:
        found = await polled(database, tmp_path, sitemap_import_every_seconds=7)

        assert found.keys() == {stage.name for stage in STAGES} | TASKS
        assert found["sitemap_import"].every == timedelta(seconds=7)
        assert found["deep_scan"].every == timedelta(seconds=2)

    async def test_a_stage_that_is_off_is_not_polled(self, database: Database, tmp_path: Path) -> None:
        for stage in STAGES:
            found = await polled(database, tmp_path, **{f"{stage.name}_on": False})

            assert found.keys() == {one.name for one in STAGES} - {stage.name} | TASKS


class TestSuspects:
    async def test_those_of_a_paused_queue_wait_until_it_is_resumed(self, database: Database, tmp_path: Path) -> None:
        settings = read_settings(data_dir=tmp_path, database_url=database.url)
        happened: list[str] = []

        async with connected(settings, database.url, migrate=False) as wiring:

            async def quarantine() -> int:
                happened.append("run")
                return 7

            async def resumed(seconds: float) -> None:
                assert seconds > 0
                happened.append("resumed")
                async with wiring.sessions.begin() as session:
                    await resume_queue(session, "deep_scan")

            async with wiring.sessions.begin() as session:
                await pause_queue(session, "deep_scan", reason="by hand")
            code = await unless_paused(quarantine, queue="deep_scan", sessions=wiring.sessions, sleep=resumed)()

        assert (happened, code) == (["resumed", "run"], 7)
