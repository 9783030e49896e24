"""robots.txt is looked at once in a while, not once a request."""

from datetime import timedelta

from scanlane.clients.website import Fetched
from scanlane.services import robots_memory
from scanlane.services.robots_memory import RobotsMemory
from tests.scanlane.services.paper_website import HOME, PaperWebsite

ROBOTS = HOME + "robots.txt"


class TestRobotsMemory:
    async def test_it_is_fetched_once_and_pages_every_time(self) -> None:
        site, memory = PaperWebsite(), RobotsMemory()
        site.robots("User-agent: *")
        fetch = memory.before(site.fetch)

        for url in (ROBOTS, HOME, ROBOTS, HOME):
            await fetch(url)

        assert site.fetched == [ROBOTS, HOME, HOME]

    async def test_it_is_fetched_again_after_a_while_and_when_asked_afresh(self) -> None:
        now = [0.0]
        site, memory = PaperWebsite(), RobotsMemory(span=timedelta(seconds=10), monotonic=lambda: now[0])

        await memory.before(site.fetch)(ROBOTS)
        await memory.before(site.fetch, afresh=True)(ROBOTS)
        now[0] = 11
        await memory.before(site.fetch)(ROBOTS)

        assert len(site.fetched) == 3

    async def test_a_failure_of_the_server_is_not_remembered(self) -> None:
        site, memory = PaperWebsite(), RobotsMemory()
        site.status(ROBOTS, 503)

        for _ in range(2):
            await memory.before(site.fetch)(ROBOTS)

        assert len(site.fetched) == 2

    async def test_it_keeps_no_more_than_its_share_of_memory(self) -> None:
        memory = RobotsMemory()

        async def fetch(url: str) -> Fetched:
            return Fetched(url=url, status=200, body=b"#" * 2_000_000)

        for number in range(40):
            await memory.before(fetch)(f"https://h{number}.example/robots.txt")

        kept = sum(len(answer.body) for _, answer in memory._answers.values())
        assert 0 < kept <= robots_memory.MOST_BYTES
