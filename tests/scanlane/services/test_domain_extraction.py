"""Businesses whose status column says Queued get their domain, and domains wait for their processing."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from scanlane.models import Domain, LocalBusiness
from scanlane.services.domain_extraction import DOMAIN_EXTRACTION, DOMAIN_EXTRACTIONS, DomainExtraction
from scanlane.settings import read_settings
from scanlane.stores import places
from scanlane.wiring import Wiring, connected
from tests.conftest import Database
from tests.scanlane.stages import running_stage
from worklane import events
from worklane.executor import Executor
from worklane.testing import EventLog

TENANT = "harbour"


@pytest.fixture
async def wiring(database: Database, tmp_path: Path) -> AsyncIterator[Wiring]:
    """The application's things over the test's own database."""
    settings = read_settings(data_dir=tmp_path, database_url=database.url, allow_networks="10.1.0.0/16")
    async with connected(settings, database.url, migrate=False) as wiring:
        yield wiring


@pytest.fixture
def log() -> EventLog:
    """What the worker says."""
    return EventLog()


async def queued(wiring: Wiring, *websites: str | None, tenant: str = TENANT) -> list[UUID]:
    """Businesses that wait for their domain."""
    ids = []
    async with wiring.sessions.begin() as session:
        for website in websites:
            place = await places.stage_place(session, tenant=tenant, ref=f"file:{uuid4()}", name="bakery", raw={})
            business = LocalBusiness(
                tenant=tenant, place_id=place, name="bakery", website=website, domain_extraction_status="Queued"
            )
            session.add(business)
            await session.flush()
            ids.append(business.id)
    return ids


async def known_domain(wiring: Wiring, status: str | None, *, wants_scan: bool = False) -> UUID:
    """A domain that is there already."""
    async with wiring.sessions.begin() as session:
        domain = Domain(
            tenant=TENANT,
            name="harbour-bakery.example",
            start_url="https://harbour-bakery.example/old",
            status=status,
            wants_scan=wants_scan,
        )
        session.add(domain)
        await session.flush()
        return domain.id


async def business(wiring: Wiring, business_id: UUID) -> LocalBusiness:
    """The business as it is now."""
    async with wiring.sessions() as session:
        return await session.get_one(LocalBusiness, business_id)


async def all_domains(wiring: Wiring) -> list[Domain]:
    """Every domain, by name."""
    async with wiring.sessions() as session:
        return list(await session.scalars(select(Domain).order_by(Domain.tenant, Domain.name)))


async def extract(wiring: Wiring, log: EventLog) -> None:
    """Work until nothing waits."""
    async with running_stage(wiring, DOMAIN_EXTRACTION, log) as stage:
        await stage.drain()


class TestDomainExtraction:
    async def test_a_business_with_a_website_gets_a_domain_that_waits(self, wiring: Wiring, log: EventLog) -> None:
        (business_id,) = await queued(wiring, "http://www.harbour-bakery.example/?utm_source=maps")

        await extract(wiring, log)

        found, (domain,) = await business(wiring, business_id), await all_domains(wiring)
        assert (found.domain_extraction_status, found.domain_extraction_error) == ("Completed", None)
        assert found.domain_id == domain.id
        assert (domain.tenant, domain.name) == (TENANT, "harbour-bakery.example")
        assert domain.start_url == "http://www.harbour-bakery.example/"
        assert (domain.status, domain.source, domain.wants_scan) == ("pending", "business", True)

    @pytest.mark.parametrize("website", [None, "", "n/a", "https://www.facebook.com/harbour-bakery"])
    async def test_a_business_without_a_website_of_its_own_is_completed_without_a_domain(
        self, wiring: Wiring, log: EventLog, website: str | None
    ) -> None:
        (business_id,) = await queued(wiring, website)

        await extract(wiring, log)

        found = await business(wiring, business_id)
        assert (found.domain_extraction_status, found.domain_extraction_error) == ("Completed", None)
        assert found.domain_id is None
        assert await all_domains(wiring) == []

    @pytest.mark.parametrize(
        ("website", "message"),
        [
            ("ask at the counter", "a host name holds a dot"),
            ("http://10.2.0.1/", "10.2.0.1 is not a public address"),
            ("http://localhost/", "127.0.0.1 is not a public address"),
            ("http://[::1]:8000", "::1 is not a public address"),
        ],
    )
    async def test_what_cannot_be_visited_becomes_an_error_with_the_message(
        self, wiring: Wiring, log: EventLog, website: str, message: str
    ) -> None:
        (business_id,) = await queued(wiring, website)

        await extract(wiring, log)

        found = await business(wiring, business_id)
        assert found.domain_extraction_status == "Error"
        assert message in (found.domain_extraction_error or "")
        assert await all_domains(wiring) == []

    async def test_a_network_that_the_operator_allows_may_be_visited(self, wiring: Wiring, log: EventLog) -> None:
        await queued(wiring, "http://10.1.0.1:9100/")

        await extract(wiring, log)

        assert [domain.name for domain in await all_domains(wiring)] == ["10.1.0.1:9100"]

    async def test_two_businesses_of_one_website_share_its_domain_and_tenants_do_not(
        self, wiring: Wiring, log: EventLog
    ) -> None:
        one, two = await queued(wiring, "harbour-bakery.example", "https://www.harbour-bakery.example/shop")
        (foreign,) = await queued(wiring, "harbour-bakery.example", tenant="hill")

        await extract(wiring, log)

        domains = await all_domains(wiring)
        ids = [(await business(wiring, business_id)).domain_id for business_id in (one, two, foreign)]
        assert [(domain.tenant, domain.name) for domain in domains] == [
            ("harbour", "harbour-bakery.example"),
            ("hill", "harbour-bakery.example"),
        ]
        assert ids == [domains[0].id, domains[0].id, domains[1].id]

    @pytest.mark.parametrize(
        ("status", "becomes", "scanned"),
        [(None, "pending", True), ("completed", "completed", False), ("error", "error", False)],
    )
    async def test_a_known_domain_is_tied_and_processed_only_if_it_never_was(
        self, wiring: Wiring, log: EventLog, status: str | None, becomes: str, scanned: bool
    ) -> None:
        domain_id = await known_domain(wiring, status)
        (business_id,) = await queued(wiring, "harbour-bakery.example")

        await extract(wiring, log)

        (domain,) = await all_domains(wiring)
        assert (await business(wiring, business_id)).domain_id == domain_id
        assert (domain.status, domain.wants_scan) == (becomes, scanned)
        assert domain.start_url == "https://harbour-bakery.example/old"

    async def test_a_business_whose_website_is_gone_loses_its_domain(self, wiring: Wiring, log: EventLog) -> None:
        (business_id,) = await queued(wiring, "harbour-bakery.example")
        await extract(wiring, log)
        async with wiring.sessions.begin() as session:
            gone = {"website": None, "domain_extraction_status": "Queued"}
            await session.execute(update(LocalBusiness).values(**gone))

        await extract(wiring, EventLog())

        assert (await business(wiring, business_id)).domain_id is None


class TestClaims:
    async def test_a_business_shows_processing_while_it_is_claimed(self, wiring: Wiring) -> None:
        (business_id,) = await queued(wiring, "harbour-bakery.example")
        queue, pulse, worker = wiring.status_queue(DOMAIN_EXTRACTIONS), wiring.pulse(), uuid4()
        await pulse.register(worker, "tests")

        (claim,) = await queue.claim(worker, kinds=[DOMAIN_EXTRACTION], limit=5)
        shown = (await business(wiring, business_id)).domain_extraction_status
        await queue.hand_back([claim])
        await pulse.close()

        assert shown == "Processing"
        assert (await business(wiring, business_id)).domain_extraction_status == "Queued"

    async def test_two_workers_never_get_the_same_business(self, wiring: Wiring) -> None:
        one, other = EventLog(), EventLog()
        await queued(wiring, *(f"bakery-{number}.example" for number in range(40)))

        async with (
            running_stage(wiring, DOMAIN_EXTRACTION, one) as first,
            running_stage(wiring, DOMAIN_EXTRACTION, other) as second,
        ):
            await asyncio.gather(first.drain(), second.drain())

        rows = [event.row for event in [*one.heard, *other.heard] if isinstance(event, events.Claimed)]
        assert len(rows) == len(set(rows)) == 40
        assert len(await all_domains(wiring)) == 40

    async def test_a_worker_that_lost_its_claim_writes_nothing(self, wiring: Wiring, log: EventLog) -> None:
        (business_id,) = await queued(wiring, "harbour-bakery.example")
        queue, pulse, worker = wiring.status_queue(DOMAIN_EXTRACTIONS), wiring.pulse(), uuid4()
        await pulse.register(worker, "tests")
        (stale,) = await queue.claim(worker, kinds=[DOMAIN_EXTRACTION], limit=1)
        await queue.hand_back([stale])
        await queue.claim(worker, kinds=[DOMAIN_EXTRACTION], limit=1)

        await Executor(queue, [DomainExtraction()], listener=log).execute(stale)
        await pulse.close()

        found = await business(wiring, business_id)
        assert (found.domain_extraction_status, found.domain_id) == ("Processing", None)
        assert await all_domains(wiring) == []
        assert [type(event) for event in log.heard] == [events.Claimed, events.Lost]
