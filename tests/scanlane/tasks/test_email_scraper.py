"""The scan as durable work: over a real database, with a website that is a plain function."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from scanlane.clients.website import Fetched
from scanlane.clients.website_errors import DnsFailed, FetchFailed
from scanlane.models import Page
from scanlane.services import jobs
from scanlane.services.crawl_values import Fetch
from scanlane.services.scan_options import ScanOptions
from scanlane.settings import read_settings
from scanlane.stores import contacts as contact_store
from scanlane.stores import scans
from scanlane.stores.jobs import JobView
from scanlane.tasks.email_scraper import MOST_OF_A_KIND_ON_A_PAGE, EmailScrape
from scanlane.wiring import Wiring, connected
from tests.conftest import Database
from worklane.claim import Claim
from worklane.executor import Executor
from worklane.lifecycle import COMPLETE
from worklane.postgres.pulse import PostgresPulse
from worklane.testing import EventLog

HOME = "https://bakery.test/"
TENANT = "harbour"


class Website:
    """Pages by URL, and how often each was asked for. A page may be an error."""

    def __init__(self, pages: Mapping[str, str | FetchFailed]) -> None:
        self.pages = dict(pages)
        self.requests: Counter[str] = Counter()

    async def fetch(self, url: str) -> Fetched:
        """Answer with the page, or 404."""
        self.requests[url] += 1
        page = self.pages.get(url)
        if isinstance(page, FetchFailed):
            raise page
        if page is None:
            return Fetched(url=url, status=404, content_type="text/html", own_network=True)
        return Fetched(
            url=url, status=200, content_type="text/html; charset=utf-8", body=page.encode(), own_network=True
        )

    @asynccontextmanager
    async def fetching(self, options: ScanOptions) -> AsyncIterator[Fetch]:
        """What the work uses in place of the network."""
        del options
        yield self.fetch


def page(*lines: str) -> str:
    """A page of the bakery's own."""
    return (
        f'<html><head><link rel="canonical" href="https://harbour-bakery.example/"></head><body>{"".join(lines)}</body>'
    )


BAKERY = {
    HOME: page('<a href="/contact">Contact</a> <a href="/news">News</a> <p>hello@harbour-bakery.example</p>'),
    "https://bakery.test/contact": page('<a href="mailto:info@harbour-bakery.example">write to us</a>'),
    "https://bakery.test/news": page("<p>press (at) harbour-bakery.example</p>"),
}


@pytest.fixture
async def wiring(database: Database, tmp_path: Path) -> AsyncIterator[Wiring]:
    """The application's things over the test's own database."""
    settings = read_settings(data_dir=tmp_path, database_url=database.url)
    async with connected(settings, database.url, migrate=False) as wiring:
        yield wiring


@pytest.fixture
async def pulse(wiring: Wiring) -> AsyncIterator[PostgresPulse]:
    """A worker's sign of life."""
    pulse = wiring.pulse()
    yield pulse
    await pulse.close()


async def claimed(wiring: Wiring, pulse: PostgresPulse, *, max_attempts: int = 3, **options: int) -> Claim:
    """A job for the bakery, claimed by a new worker."""
    request = jobs.ScanRequest(
        tenant=TENANT, user_id="tester", website=HOME, options=dict(options), max_attempts=max_attempts
    )
    async with wiring.sessions.begin() as session:
        job_id = (await jobs.start_scan(session, wiring.queue, request)).job_id
    return await claimed_again(wiring, pulse, job_id)


async def claimed_again(wiring: Wiring, pulse: PostgresPulse, job_id: UUID) -> Claim:
    """The job, claimed by a new worker."""
    worker = uuid4()
    await pulse.register(worker, "tests")
    claim = await wiring.queue.claim_one(worker, job_id, kinds=[jobs.EMAIL_SCAN])
    assert claim is not None
    return claim


async def find(wiring: Wiring, job_id: UUID) -> JobView:
    """The job as its owner sees it."""
    async with wiring.sessions() as session:
        return await jobs.find_job(session, job_id, tenant=TENANT)


def values(result: object) -> set[str]:
    """The addresses of a result."""
    assert isinstance(result, list)
    return {email["value"] for email in result}


class TestOneWebsite:
    async def test_is_scanned_by_one_job_at_a_time_whoever_asks(self, wiring: Wiring, pulse: PostgresPulse) -> None:
        for tenant in ("harbour", "mill"):
            request = jobs.ScanRequest(tenant=tenant, user_id="tester", website="https://www.bakery.test/contact")
            async with wiring.sessions.begin() as session:
                await jobs.start_scan(session, wiring.queue, request)
        worker = uuid4()
        await pulse.register(worker, "tests")

        [first] = await wiring.queue.claim(worker, kinds=[jobs.EMAIL_SCAN], limit=5)
        none = await wiring.queue.claim(worker, kinds=[jobs.EMAIL_SCAN], limit=5)
        await wiring.queue.settle(first, COMPLETE)
        [second] = await wiring.queue.claim(worker, kinds=[jobs.EMAIL_SCAN], limit=5)

        assert list(none) == []
        assert {first.tenant, second.tenant} == {"harbour", "mill"}


class TestAScan:
    async def test_its_addresses_end_on_the_job(self, wiring: Wiring, pulse: PostgresPulse) -> None:
        website = Website(BAKERY)
        claim = await claimed(wiring, pulse)

        await Executor(wiring.queue, [EmailScrape(website.fetching)]).execute(claim)

        job = await find(wiring, claim.row_id)
        assert (job.status, job.progress, job.error) == ("complete", 1.0, None)
        assert values(job.result_data) == {
            "hello@harbour-bakery.example",
            "info@harbour-bakery.example",
            "press@harbour-bakery.example",
        }
        assert job.pages_scanned == 3
        assert job.contacts_found == 3

    async def test_no_url_is_fetched_twice(self, wiring: Wiring, pulse: PostgresPulse) -> None:
        website = Website(BAKERY)

        await Executor(wiring.queue, [EmailScrape(website.fetching)]).execute(await claimed(wiring, pulse))

        assert set(website.requests.values()) == {1}

    async def test_it_begins_from_the_pages_that_sitemaps_list(self, wiring: Wiring, pulse: PostgresPulse) -> None:
        hidden = "https://bakery.test/deep/contact-form"
        website = Website({**BAKERY, hidden: page("<p>form@harbour-bakery.example</p>")})
        claim = await claimed(wiring, pulse)
        async with wiring.sessions.begin() as session:
            domain_id = UUID(claim.subject)
            session.add(Page(tenant=TENANT, domain_id=domain_id, url=hidden, worth=95))

        await Executor(wiring.queue, [EmailScrape(website.fetching)]).execute(claim)

        job = await find(wiring, claim.row_id)
        assert "form@harbour-bakery.example" in values(job.result_data)
        assert not any("sitemap" in url for url in website.requests)

    async def test_text_that_postgresql_cannot_store_is_mended(self, wiring: Wiring, pulse: PostgresPulse) -> None:
        strange = "<title>a\x00b\ud800c</title><p>info@harbour-bakery.example \x00</p>"
        website = Website({HOME: page(strange).encode("utf-8", "surrogatepass").decode("utf-8", "replace")})
        claim = await claimed(wiring, pulse)

        await Executor(wiring.queue, [EmailScrape(website.fetching)]).execute(claim)

        assert (await find(wiring, claim.row_id)).status == "complete"

    async def test_a_value_that_postgresql_cannot_store_costs_only_itself(
        self, wiring: Wiring, pulse: PostgresPulse
    ) -> None:
        strange = (
            '<script type="application/ld+json">{"sameAs": ["https://facebook.com/ab\\u0000x"]}</script>'
            "<p>info@harbour-bakery.example</p>"
        )
        website = Website({HOME: page(strange)})
        claim = await claimed(wiring, pulse)

        await Executor(wiring.queue, [EmailScrape(website.fetching)]).execute(claim)

        job = await find(wiring, claim.row_id)
        assert job.status == "complete", job.error
        assert values(job.result_data) == {"info@harbour-bakery.example"}

    async def test_a_page_that_lists_thousands_is_cut(self, wiring: Wiring, pulse: PostgresPulse) -> None:
        flood = "".join(f"<p>a{number}@harbour-bakery.example</p>" for number in range(3000))
        website = Website({HOME: page(flood)})
        claim = await claimed(wiring, pulse)

        await Executor(wiring.queue, [EmailScrape(website.fetching)]).execute(claim)

        assert (await find(wiring, claim.row_id)).contacts_found == MOST_OF_A_KIND_ON_A_PAGE


class TestASiteThatDoesNotAnswer:
    async def test_is_tried_again_with_the_reason_on_the_job(self, wiring: Wiring, pulse: PostgresPulse) -> None:
        website = Website({HOME: DnsFailed("bakery.test has no address"), "http://bakery.test/": DnsFailed()})
        claim = await claimed(wiring, pulse)

        await Executor(wiring.queue, [EmailScrape(website.fetching)]).execute(claim)

        job = await find(wiring, claim.row_id)
        assert job.status == "pending"
        assert "bakery.test" in (job.error or "")
        assert job.run_at > job.created_at

    async def test_fails_after_its_last_attempt(self, wiring: Wiring, pulse: PostgresPulse) -> None:
        website = Website({HOME: DnsFailed("bakery.test has no address")})
        claim = await claimed(wiring, pulse, max_attempts=1)

        await Executor(wiring.queue, [EmailScrape(website.fetching)]).execute(claim)

        assert (await find(wiring, claim.row_id)).status == "failed"


class TestGoingOn:
    async def test_a_second_attempt_fetches_only_what_is_missing(self, wiring: Wiring, pulse: PostgresPulse) -> None:
        website = Website(BAKERY)
        first = await claimed(wiring, pulse, max_pages=1)
        work = EmailScrape(website.fetching)
        await _save_one_portion(wiring, work, first)
        fetched_before = {url for url, times in website.requests.items() if url in BAKERY}
        assert await wiring.queue.hand_back([first]) == 1

        again = await claimed_again(wiring, pulse, first.row_id)
        again = again._replace(given={})
        await Executor(wiring.queue, [work]).execute(again)

        job = await find(wiring, first.row_id)
        assert fetched_before == {HOME}
        assert website.requests[HOME] == 1
        assert job.status == "complete"
        assert len(values(job.result_data)) == 3

    async def test_a_holder_that_lost_its_claim_writes_nothing(self, wiring: Wiring, pulse: PostgresPulse) -> None:
        website, log = Website(BAKERY), EventLog()
        stale = await claimed(wiring, pulse)
        await wiring.queue.hand_back([stale])
        await claimed_again(wiring, pulse, stale.row_id)

        await Executor(wiring.queue, [EmailScrape(website.fetching)], listener=log).execute(stale)

        job = await find(wiring, stale.row_id)
        async with wiring.sessions() as session:
            assert not await scans.known_pages(session, stale.row_id)
            assert not await scans.sightings(session, stale.row_id)
        assert (job.status, job.pages_scanned, job.result_data) == ("running", 0, None)

    async def test_a_stale_token_puts_no_result_on_the_job(self, wiring: Wiring, pulse: PostgresPulse) -> None:
        claim = await claimed(wiring, pulse)

        async with wiring.sessions.begin() as session:
            await contact_store.save_result(session, claim.row_id, token=claim.token - 1, result=["stale"])

        assert (await find(wiring, claim.row_id)).result_data is None


class TestScanOptions:
    def test_a_payload_may_say_nothing(self) -> None:
        assert ScanOptions.of({}, max_pages=7) == ScanOptions(max_pages=7)

    def test_rubbish_in_a_payload_is_left_out(self) -> None:
        options = ScanOptions.of(
            {"max_pages": "many", "delay": "long", "allow_networks": 5, "render": "x"}, max_pages=7
        )

        assert options == ScanOptions(max_pages=7)


class _OnePortion:
    """Keeps the first portion, then the process is gone."""

    def __init__(self, wiring: Wiring, work: EmailScrape, claim: Claim) -> None:
        self._wiring, self._work, self._claim = wiring, work, claim

    async def keep(self, portion: tuple[object, ...], *, progress: float | None = None) -> None:
        async with self._wiring.queue.keeping(self._claim, progress=progress) as session:
            await self._work.keep(session, self._claim, portion)  # type: ignore[arg-type]

    async def progress(self, fraction: float) -> None:
        raise AssertionError(fraction)


async def _save_one_portion(wiring: Wiring, work: EmailScrape, claim: Claim) -> None:
    async with wiring.queue.reading() as session:
        given = await work.load(session, claim)
    await work.perform(given, _OnePortion(wiring, work, claim))
