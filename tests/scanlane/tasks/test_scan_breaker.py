"""A scan over the real network, and the breaker that all workers share."""

from pathlib import Path

from sqlalchemy import text

from scanlane.clients.address_guard import parse_networks
from scanlane.services import jobs
from scanlane.settings import read_settings
from scanlane.tasks.email_scraper import email_scrape
from scanlane.wiring import connected
from tests.conftest import Database
from tests.scanlane.services.file_site import serving_site
from tests.scanlane.tasks.test_email_scraper import claimed_again
from worklane.executor import Executor


async def test_a_host_that_is_too_busy_for_a_file_beside_a_page_is_paused_for_all(
    database: Database, tmp_path: Path
) -> None:
    settings = read_settings(data_dir=tmp_path, database_url=database.url, allow_networks="127.0.0.0/8")
    async with serving_site() as site, connected(settings, database.url, migrate=False) as wiring:
        site.page("/", '<a href="/ada.vcf">Save contact</a>')
        site.statuses["/ada.vcf"] = 503
        request = jobs.ScanRequest(
            tenant="harbour", user_id="tester", website=site.url, networks=parse_networks("127.0.0.0/8")
        )
        async with wiring.sessions.begin() as session:
            job_id = (await jobs.start_scan(session, wiring.queue, request)).job_id
        pulse = wiring.pulse()
        claim = await claimed_again(wiring, pulse, job_id)

        await Executor(wiring.queue, [email_scrape(settings, breaker=wiring.manners.breaker)]).execute(claim)

        await pulse.close()
        async with wiring.sessions() as session:
            paused = (await session.scalars(text("select host from host_pauses"))).all()
        assert [f"http://{host}/" for host in paused] == [site.url]
