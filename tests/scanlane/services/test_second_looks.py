"""What a crawl finds beside the pages, over a real server."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from scanlane.clients.website_errors import FetchFailed, HostPaused
from scanlane.domain.frontier import QueuedUrl
from scanlane.domain.sightings import Method
from scanlane.services import second_looks
from scanlane.services.website_crawl import CrawlState, VisitStatus
from tests.scanlane.domain.sample_pdfs import pdf
from tests.scanlane.services.file_site import Site, emails, serving_site

CARD = b"BEGIN:VCARD\nFN:Ada Example\nEMAIL:card@harbour-bakery.example\nEND:VCARD\n"


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """A website with an empty home page."""
    async with serving_site() as site:
        yield site


class TestDocuments:
    async def test_a_linked_vcard_is_read(self, site: Site) -> None:
        site.page("/", '<a href="/ada.vcf">Save contact</a>')
        site.files["/ada.vcf"] = ("text/x-vcard", CARD)

        visits = await site.visits()

        assert emails(visits) == {"card@harbour-bakery.example": "/ada.vcf"}
        assert visits["/ada.vcf"].sightings[0].method is Method.VCARD

    async def test_a_pdf_that_promises_contacts_is_read_and_others_are_not_asked_for(self, site: Site) -> None:
        pytest.importorskip("pypdf")
        site.page("/", '<a href="/a.pdf">Our price list</a><a href="/b.pdf">Thesis</a><a href="/kontakt.pdf">PDF</a>')
        site.files["/a.pdf"] = ("application/pdf", pdf(["Mail prices@harbour-bakery.example"]))
        site.files["/kontakt.pdf"] = ("application/pdf", pdf(["Mail desk@harbour-bakery.example"]))

        visits = await site.visits()

        assert emails(visits) == {
            "prices@harbour-bakery.example": "/a.pdf",
            "desk@harbour-bakery.example": "/kontakt.pdf",
        }
        assert site.asked["/b.pdf"] == 0

    async def test_without_the_extra_a_pdf_is_skipped_with_the_reason(
        self, site: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "pypdf", None)
        site.page("/", '<a href="/kontakt.pdf">PDF</a>')

        visit = (await site.visits())["/kontakt.pdf"]

        assert visit.status is VisitStatus.SKIPPED
        assert visit.error is not None
        assert "install scanlane[pdf]" in visit.error
        assert site.asked["/kontakt.pdf"] == 0

    async def test_other_documents_are_skipped_with_the_reason(self, site: Site) -> None:
        site.page("/", '<a href="/team.docx">Team</a><a href="/contact.xlsx">Contact</a>')

        visits = await site.visits()

        assert visits["/team.docx"].error == "Documents of this kind (.docx) are not read."
        assert visits["/contact.xlsx"].status is VisitStatus.SKIPPED
        assert site.asked["/team.docx"] == 0

    async def test_files_are_fetched_once_and_within_the_budget(self, site: Site) -> None:
        cards = "".join(f'<a href="/{number}.vcf">x</a>' for number in range(40))
        site.page("/", cards + '<a href="/contact">Contact</a>')
        site.page("/contact", cards)
        site.files |= {f"/{number}.vcf": ("text/vcard", CARD) for number in range(40)}

        visits = await site.visits()

        assert sum(times for path, times in site.asked.items() if path.endswith(".vcf")) == second_looks.Budget().cards
        assert max(site.asked.values()) == 1
        assert visits["/contact"].status is VisitStatus.OK

    async def test_a_scan_that_goes_on_does_not_fetch_them_again(self, site: Site) -> None:
        site.page("/contact", '<a href="/ada.vcf">Save</a>')
        site.files["/ada.vcf"] = ("text/vcard", CARD)
        page = QueuedUrl(url=site.url + "contact", priority=95, depth=1)
        state = CrawlState(fetched=(site.url, site.url + "ada.vcf"), queued=(page,))

        visits = await site.visits(state)

        assert "/ada.vcf" not in visits
        assert site.asked["/ada.vcf"] == 0

    async def test_what_robots_may_not_fetch_is_not_fetched(self, site: Site) -> None:
        site.files["/robots.txt"] = ("text/plain", b"User-agent: *\nDisallow: /private/\n")
        site.page("/", '<a href="/private/ada.vcf">Save</a><a href="/moved.vcf">Save</a>')
        site.moved["/moved.vcf"] = "/private/bo.vcf"

        visits = await site.visits()

        assert "robots.txt" in (visits["/private/ada.vcf"].error or "")
        assert "robots.txt" in (visits["/moved.vcf"].error or "")
        assert not any(path.startswith("/private/") for path in site.asked)

    async def test_each_file_that_is_not_read_has_a_code(self, site: Site) -> None:
        site.files["/robots.txt"] = ("text/plain", b"User-agent: *\nDisallow: /private/\n")
        names = ("gone.vcf", "busy.vcf", "private/a.vcf", "team.docx", "away.vcf")
        site.page("/", "".join(f'<a href="/{name}">Save</a>' for name in names))
        site.statuses["/busy.vcf"] = 503
        site.moved["/away.vcf"] = site.url.replace("127.0.0.1", "127.0.0.2") + "a.vcf"

        visits = await site.visits()

        codes = [(visits[f"/{name}"].code, visits[f"/{name}"].http_status) for name in names]
        assert codes == [
            ("http_404", 404),
            ("busy", 503),
            ("robots", None),
            ("not_a_page", None),
            ("redirected_away", None),
        ]

    async def test_every_request_passes_the_breaker_which_sees_what_comes_of_it(self, site: Site) -> None:
        site.page("/", '<a href="/old.vcf">Save</a><a href="/busy.vcf">Save</a><a href="/paused.vcf">Save</a>')
        site.moved["/old.vcf"] = "/ada.vcf"
        site.files["/ada.vcf"] = ("text/vcard", CARD)
        site.statuses["/busy.vcf"] = 503
        ended: dict[str, str] = {}

        @asynccontextmanager
        async def passing(url: str) -> AsyncIterator[None]:
            path = "/" + url.removeprefix(site.url)
            if path == "/paused.vcf":
                raise HostPaused(retry_after=None)
            try:
                yield
            except FetchFailed as error:
                ended[path] = error.code
                raise
            ended[path] = "answered"

        visits = await site.visits(passing=passing)

        assert ended == {"/old.vcf": "answered", "/ada.vcf": "answered", "/busy.vcf": "busy"}
        assert visits["/paused.vcf"].code == "busy"
        assert site.asked["/paused.vcf"] == 0

    async def test_a_redirect_off_the_site_is_not_followed(self, site: Site) -> None:
        site.page("/", '<a href="/ada.vcf">Save</a>')
        site.moved["/ada.vcf"] = site.url.replace("127.0.0.1", "127.0.0.2") + "inside.vcf"

        visits = await site.visits()

        assert visits["/ada.vcf"].status is VisitStatus.SKIPPED
        assert site.asked["/inside.vcf"] == 0

    async def test_a_pdf_that_calls_itself_a_card_is_not_read_in_this_process(
        self, site: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pytest.importorskip("pypdf")
        monkeypatch.setattr(second_looks.pdf_text, "text_of", None)
        site.page("/", '<a href="/ada.vcf">Save</a>')
        site.files["/ada.vcf"] = ("text/vcard", pdf(["Mail desk@harbour-bakery.example"]))

        assert emails(await site.visits()) == {}

    async def test_a_pdf_is_read_in_another_process_only(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        pytest.importorskip("pypdf")
        monkeypatch.setattr(second_looks.pdf_text, "text_of", None)
        site.page("/", '<a href="/contact.pdf">PDF</a>')
        site.files["/contact.pdf"] = ("text/html", pdf(["Mail desk@harbour-bakery.example"]))

        assert emails(await site.visits()) == {"desk@harbour-bakery.example": "/contact.pdf"}


class TestScripts:
    async def test_a_script_is_read_when_the_page_waits_for_it(self, site: Site) -> None:
        site.page(
            "/", '<a href="mailto:">write</a><script src="/js/mail-decode.js"></script><script src=/jquery.js></script>'
        )
        code = b"document.write('desk' + '@' + 'harbour-bakery.example')"
        site.files["/js/mail-decode.js"] = ("application/javascript", code)

        assert emails(await site.visits()) == {"desk@harbour-bakery.example": "/js/mail-decode.js"}
        assert site.asked["/jquery.js"] == 0

    async def test_no_script_is_fetched_when_nothing_waits(self, site: Site) -> None:
        site.page("/", '<a href="mailto:desk@harbour-bakery.example">write</a><script src="/mail-decode.js"></script>')

        await site.visits()

        assert site.asked["/mail-decode.js"] == 0

    async def test_scripts_of_other_hosts_are_never_fetched(self, site: Site) -> None:
        foreign = site.url.replace("127.0.0.1", "127.0.0.2")
        site.page("/", f'<a href="mailto:">write</a><script src="{foreign}mail.js"></script>')

        await site.visits()

        assert site.asked["/mail.js"] == 0

    async def test_a_footer_that_a_script_loads_is_visited_and_its_links_too(self, site: Site) -> None:
        site.page("/", '<div id="footer"></div><script src="/js/main.js"></script>')
        site.files["/js/main.js"] = ("text/javascript", b'$("#footer").load("/parts/footer.html #all")')
        site.page("/parts/footer.html", 'desk@harbour-bakery.example <a href="/about-the-house">Impressum</a>')
        site.page("/about-the-house", "owner@harbour-bakery.example")

        assert emails(await site.visits()) == {
            "desk@harbour-bakery.example": "/parts/footer.html",
            "owner@harbour-bakery.example": "/about-the-house",
        }
