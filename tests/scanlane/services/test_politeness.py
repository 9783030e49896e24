"""Rules and pauses, host by host."""

from datetime import timedelta

import pytest

from scanlane.clients.website import Fetched
from scanlane.clients.website_errors import BodyTooLarge, FetchFailed, NotAPage, ServerBusy
from scanlane.services.crawl_values import CrawlOptions
from scanlane.services.politeness import MOST_HOSTS, Politeness
from tests.scanlane.services.paper_website import HOME, PaperWebsite


@pytest.fixture
def site() -> PaperWebsite:
    """A website without pages."""
    return PaperWebsite()


class TestAllows:
    async def test_the_rules_of_a_host_are_read_once(self, site: PaperWebsite) -> None:
        politeness = Politeness(site.fetch, CrawlOptions())

        assert await politeness.allows(HOME + "a")
        assert await politeness.allows(HOME + "b")
        assert site.fetched == [HOME + "robots.txt"]

    async def test_rules_that_are_no_text_forbid_nothing(self, site: PaperWebsite) -> None:
        site.answers[HOME + "robots.txt"] = NotAPage()

        assert await Politeness(site.fetch, CrawlOptions()).allows(HOME)

    @pytest.mark.parametrize("failure", [BodyTooLarge(), ServerBusy(retry_after=timedelta(1))])
    async def test_rules_that_cannot_be_had_forbid_everything(self, site: PaperWebsite, failure: FetchFailed) -> None:
        site.answers[HOME + "robots.txt"] = failure
        politeness = Politeness(site.fetch, CrawlOptions())

        for _ in range(2):
            with pytest.raises(type(failure)):
                await politeness.allows(HOME)
        assert len(site.fetched) == 1

    async def test_a_site_of_countless_hosts_is_left_at_some(self, site: PaperWebsite) -> None:
        politeness = Politeness(site.fetch, CrawlOptions())
        for number in range(MOST_HOSTS):
            assert await politeness.allows(f"https://a{number}.bakery.example/")

        with pytest.raises(FetchFailed, match="more than"):
            await politeness.allows("https://one-more.bakery.example/")

        assert len(site.fetched) == MOST_HOSTS

    async def test_an_endless_chain_of_redirects_is_no_rule(self) -> None:
        asked: list[str] = []

        async def fetch(url: str) -> Fetched:
            asked.append(url)
            return Fetched(url=url, status=302, location=url + "x")

        assert await Politeness(fetch, CrawlOptions()).allows(HOME)
        assert len(asked) == 6


class TestTurn:
    @pytest.mark.parametrize(
        ("given", "own_network", "rules", "pause"),
        [
            (None, False, "", 0.5),
            (None, True, "", 0.0),
            (None, False, "User-agent: *\nCrawl-delay: 3", 3.0),
            (None, False, "User-agent: *\nCrawl-delay: 300", 10.0),
            (None, True, "User-agent: *\nCrawl-delay: 3", 0.0),
            (timedelta(seconds=2), True, "", 2.0),
            (timedelta(0), False, "", 0.0),
            (timedelta(seconds=1), True, "User-agent: *\nCrawl-delay: 3", 3.0),
        ],
    )
    async def test_the_pause_is_the_usual_one_or_the_one_asked_for(
        self, site: PaperWebsite, given: timedelta | None, own_network: bool, rules: str, pause: float
    ) -> None:
        site.own_network = own_network
        site.robots(rules)
        slept = [0.0]

        async def sleep(seconds: float) -> None:
            slept.append(seconds)

        politeness = Politeness(site.fetch, CrawlOptions(delay=given), monotonic=lambda: 100.0, sleep=sleep)

        await politeness.turn(HOME)

        assert slept[-1] == pause
