"""The visit to a home page: where it really is, and whether it is one."""

from datetime import timedelta

import pytest

from scanlane.clients.website import Fetched
from scanlane.clients.website_errors import Blocked, DnsFailed, FetchFailed, PageUnreachable, ServerBusy, TlsFailed
from scanlane.domain.sites import parse_site
from scanlane.services.crawl_values import SiteUnreachable
from scanlane.services.domain_home import VisitedHome, visit_home
from scanlane.services.site_access import Manners, SiteAccess
from tests.scanlane.services.paper_website import HOME, PaperWebsite


@pytest.fixture
def site() -> PaperWebsite:
    """A website on paper."""
    return PaperWebsite()


async def visit(site: PaperWebsite, start: str = HOME) -> VisitedHome:
    """Go there."""
    access = SiteAccess(site, Manners(), agent="scanlane")  # type: ignore[arg-type]
    return await visit_home(parse_site(start), access)


def close(site: PaperWebsite, home: str, failure: FetchFailed) -> None:
    """Nobody answers there."""
    site.answers[home] = site.answers[home + "robots.txt"] = failure


class TestWhereTheHomeIs:
    @pytest.mark.parametrize(
        "there", ["http://bakery.example/", "https://www.bakery.example/", "http://www.bakery.example/"]
    )
    async def test_without_encryption_and_with_www_is_tried_too(self, site: PaperWebsite, there: str) -> None:
        tried = [HOME, "http://bakery.example/", "https://www.bakery.example/", "http://www.bakery.example/"]
        for home in tried[: tried.index(there)]:
            close(site, home, TlsFailed() if home.startswith("https") else PageUnreachable())
        site.page(there)

        found = await visit(site)

        assert (found.final_url, found.http_status, found.complaint) == (there, 200, None)

    async def test_where_nobody_answers_at_all_the_first_failure_is_the_reason(self, site: PaperWebsite) -> None:
        for home in (HOME, "http://bakery.example/"):
            close(site, home, DnsFailed("no address", temporary=False))
        for home in ("https://www.bakery.example/", "http://www.bakery.example/"):
            close(site, home, DnsFailed("none either", temporary=False))

        with pytest.raises(SiteUnreachable, match="no address") as caught:
            await visit(site)

        assert not caught.value.temporary

    async def test_a_redirect_to_another_domain_of_the_business_is_followed(self, site: PaperWebsite) -> None:
        site.redirect(HOME, "https://harbour-bakery.example/")
        site.page("https://harbour-bakery.example/")

        found = await visit(site)

        assert (found.final_url, found.complaint) == ("https://harbour-bakery.example/", None)

    async def test_a_redirect_to_a_network_is_no_website(self, site: PaperWebsite) -> None:
        site.redirect(HOME, "https://www.facebook.com/harbourbakery")
        site.page("https://www.facebook.com/harbourbakery")

        found = await visit(site)

        assert found.complaint == "bakery.example only leads to www.facebook.com: a profile in a social network."
        assert found.page is None

    async def test_the_rules_of_the_host_behind_a_redirect_are_obeyed(self, site: PaperWebsite) -> None:
        site.redirect(HOME, "https://harbour-bakery.example/")
        site.page("https://harbour-bakery.example/")
        site.robots("User-agent: *\nDisallow: /", "https://harbour-bakery.example/")

        with pytest.raises(SiteUnreachable, match=r"robots\.txt of harbour-bakery\.example") as caught:
            await visit(site)

        assert not caught.value.temporary
        assert "https://harbour-bakery.example/" not in site.fetched


class TestFailures:
    @pytest.mark.parametrize(
        ("failure", "temporary"),
        [(PageUnreachable(), True), (ServerBusy(retry_after=timedelta(minutes=1)), True), (Blocked(), False)],
    )
    async def test_it_is_known_whether_trying_again_may_help(
        self, site: PaperWebsite, failure: FetchFailed, temporary: bool
    ) -> None:
        site.answers[HOME] = failure

        with pytest.raises(SiteUnreachable) as caught:
            await visit(site)

        assert caught.value.temporary is temporary
        assert caught.value.__cause__ is failure

    @pytest.mark.parametrize(("status", "may_recover"), [(500, True), (502, True), (404, False), (403, False)])
    async def test_a_status_is_a_complaint(self, site: PaperWebsite, status: int, may_recover: bool) -> None:
        site.status(HOME, status)

        found = await visit(site)

        assert found.complaint == f"The server answered with status {status}."
        assert found.may_recover is may_recover

    async def test_a_page_without_a_type_is_known_by_its_markup(self, site: PaperWebsite) -> None:
        site.answers[HOME] = Fetched(
            url=HOME, status=200, body=b"<!DOCTYPE html><title>Bread</title>", own_network=True
        )

        found = await visit(site)

        assert found.page is not None
        assert found.page.title == "Bread"
