"""Verification over a real database and a real name server: each domain is asked once, for everybody."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Interval, cast, literal, select, update

from scanlane.clients.mail_dns import MailAnswer
from scanlane.domain.mail_verdicts import MailDomain, MailState, MailStatus, verdict
from scanlane.models import Contact, MailDomainRow
from scanlane.services.scan_results import contacts_of_job
from scanlane.services.scan_verification import ScanVerification
from scanlane.services.verification import MailVerifier, kept_for, own_disposable
from scanlane.settings import read_settings
from scanlane.tasks.email_scraper import EmailScrape
from scanlane.wiring import Wiring, connected
from tests.conftest import Database
from tests.scanlane.clients.name_server import NameServer, name_server
from tests.scanlane.tasks.test_email_scraper import HOME, Website, claimed, find, page
from worklane.executor import Executor

ZONE = {
    "harbour-bakery.example": ("3600 MX 10 mail.harbour-bakery.example.",),
    "null.harbour-bakery.example": ("300 MX 0 .",),
}
MANY = [f"info{n}@harbour-bakery.example" for n in range(30)]


@pytest.fixture
async def wiring(database: Database, tmp_path: Path) -> AsyncIterator[Wiring]:
    """The application's things over the test's own database."""
    settings = read_settings(data_dir=tmp_path, database_url=database.url)
    async with connected(settings, database.url, migrate=False) as wiring:
        yield wiring


@pytest.fixture
async def dns() -> AsyncIterator[NameServer]:
    """A running name server."""
    async with name_server(ZONE) as dns:
        yield dns


def verifier(wiring: Wiring, dns: NameServer) -> MailVerifier:
    """A worker's own."""
    return MailVerifier(wiring.sessions, nameservers=[dns.address])


class TestADomain:
    async def test_is_asked_once_however_many_addresses_and_scans(self, wiring: Wiring, dns: NameServer) -> None:
        ours, theirs = verifier(wiring, dns), verifier(wiring, dns)
        domains = [address.rpartition("@")[2].upper() for address in MANY]

        found = await asyncio.gather(*(ours.check(domains) for _ in range(5)))
        again = await theirs.check(domains)

        assert dns.asked == {("harbour-bakery.example", "MX"): 1}
        assert {one["harbour-bakery.example"].state for one in [*found, again]} == {MailState.MX}

    async def test_is_asked_again_when_its_answer_has_expired(self, wiring: Wiring, dns: NameServer) -> None:
        work = verifier(wiring, dns)
        await work.check(["null.harbour-bakery.example"])
        async with wiring.sessions.begin() as session:
            earlier = MailDomainRow.expires_at - cast(literal(timedelta(days=8)), Interval)
            await session.execute(update(MailDomainRow).values(expires_at=earlier))

        await work.check(["null.harbour-bakery.example"])

        assert dns.asked["null.harbour-bakery.example", "MX"] == 2

    @pytest.mark.parametrize(
        ("answer", "span"),
        [
            (MailAnswer(MailState.MX, ("m",), ttl=1), timedelta(hours=1)),
            (MailAnswer(MailState.MX, ("m",), ttl=7200), timedelta(hours=2)),
            (MailAnswer(MailState.MX, ("m",), ttl=10**9), timedelta(days=7)),
            (MailAnswer(MailState.NO_DOMAIN), timedelta(hours=6)),
            (MailAnswer(MailState.UNKNOWN), timedelta(minutes=5)),
        ],
    )
    def test_is_remembered_for_as_long_as_fits_the_answer(self, answer: MailAnswer, span: timedelta) -> None:
        assert kept_for(answer) == span

    async def test_of_a_text_that_is_none_is_not_asked(self, wiring: Wiring, dns: NameServer) -> None:
        assert await verifier(wiring, dns).check(["", "not a name", "127.1"]) == {}
        assert not dns.asked


class TestTheVerdict:
    @pytest.mark.parametrize(
        ("domain", "state", "status"),
        [
            ("shop.test", MailState.MX, MailStatus.DOMAIN_VALID),
            ("shop.test", MailState.IMPLICIT, MailStatus.DOMAIN_VALID),
            ("shop.test", MailState.NULL_MX, MailStatus.INVALID),
            ("shop.test", MailState.NO_HOST, MailStatus.INVALID),
            ("shop.test", MailState.NO_DOMAIN, MailStatus.INVALID),
            ("shop.test", MailState.UNKNOWN, MailStatus.UNKNOWN),
            ("gmail.com", MailState.MX, MailStatus.WEBMAIL),
            ("gmail.com", MailState.UNKNOWN, MailStatus.WEBMAIL),
            ("mailinator.com", MailState.MX, MailStatus.DISPOSABLE),
            ("a.mailinator.com", MailState.UNKNOWN, MailStatus.DISPOSABLE),
            ("mailinator.com", MailState.NO_DOMAIN, MailStatus.INVALID),
            ("own-list.test", MailState.MX, MailStatus.DISPOSABLE),
        ],
    )
    def test_says_no_more_than_is_known(self, domain: str, state: MailState, status: MailStatus) -> None:
        known = MailDomain(domain=domain, state=state, checked_at=datetime.now(UTC))

        found = verdict(known, disposable=frozenset({"own-list.test"}))

        assert found.status is status
        assert (found.most < 50) == (status in (MailStatus.INVALID, MailStatus.DISPOSABLE))

    def test_the_operator_adds_domains_in_a_file(self, tmp_path: Path) -> None:
        file = tmp_path / "own.txt"
        file.write_text("# ours\n@Own-List.test\n\nother.test # too\n")

        assert own_disposable(read_settings(disposable_file=file)) == {"own-list.test", "other.test"}


class TestAScan:
    async def test_scores_addresses_without_a_mail_server_low_and_says_why(
        self, wiring: Wiring, dns: NameServer
    ) -> None:
        pulse = wiring.pulse()
        claim = await claimed(wiring, pulse, verify=True)
        addresses = [*MANY, "sales@null.harbour-bakery.example", "press@gone.harbour-bakery.example"]
        website = Website({HOME: page(*(f'<a href="mailto:{one}">{one}</a>' for one in addresses))})
        work = EmailScrape(website.fetching, verification=ScanVerification(verifier(wiring, dns)))

        await Executor(wiring.queue, [work]).execute(claim)

        job = await find(wiring, claim.row_id)
        async with wiring.sessions() as session:
            contacts = {one.value: one for one in await contacts_of_job(session, job)}
            stored = await session.scalar(
                select(Contact.score).where(Contact.value == "sales@null.harbour-bakery.example")
            )
        await pulse.close()
        asked = {name for name, kind in dns.asked if kind == "MX"}
        assert asked == {"harbour-bakery.example", "null.harbour-bakery.example", "gone.harbour-bakery.example"}
        assert dns.asked["harbour-bakery.example", "MX"] == 1
        assert contacts["info0@harbour-bakery.example"].score > 50
        assert contacts["sales@null.harbour-bakery.example"].score <= 10
        assert "the domain takes no mail: at most 10" in contacts["sales@null.harbour-bakery.example"].reasons
        assert stored is not None
        assert stored <= 10
        assert isinstance(job.result_data, list)
        said = {one["value"]: one["verification"]["status"] for one in job.result_data}  # type: ignore[index, call-overload]
        assert said["press@gone.harbour-bakery.example"] == "invalid"

    async def test_asks_nothing_unless_it_is_told_to(self, wiring: Wiring, dns: NameServer) -> None:
        pulse = wiring.pulse()
        claim = await claimed(wiring, pulse)
        work = EmailScrape(
            Website({HOME: page(MANY[0])}).fetching, verification=ScanVerification(verifier(wiring, dns))
        )

        await Executor(wiring.queue, [work]).execute(claim)

        await pulse.close()
        assert not dns.asked
