"""The crawl of a website, on paper and over a real server."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from datetime import timedelta

import pytest

from scanlane.clients.address_guard import AddressGuard, parse_networks
from scanlane.clients.website import Fetched, WebsiteClient
from scanlane.clients.website_errors import (
    AddressRefused,
    Blocked,
    BodyTooLarge,
    ConnectionRefused,
    DeadlinePassed,
    DnsFailed,
    FetchFailed,
    NotAPage,
    PageUnreachable,
    ServerBusy,
    TlsFailed,
    UnusableUrl,
)
from scanlane.demo.server import DemoSite, serve_demo
from scanlane.domain.frontier import QueuedUrl
from scanlane.domain.page_codes import PageCode
from scanlane.domain.pages import read as read_page
from scanlane.domain.returns import FEWEST_BARREN
from scanlane.domain.sites import parse_site
from scanlane.services.crawl_course import MOST_REBUFFS_IN_A_ROW
from scanlane.services.website_crawl import (
    CrawlOptions,
    CrawlState,
    PageVisit,
    SiteUnreachable,
    VisitStatus,
    crawl,
)
from tests.scanlane.services.paper_website import HOME, Gate, PaperReading, PaperWebsite, read

GUESSES = {"contact", "contact-us", "kontakt", "impressum", "legal-notice", "about", "about-us", "team"}
PLAIN_HOME = "http://bakery.example/"
WWW_HOME = "https://www.bakery.example/"


@pytest.fixture
def site() -> PaperWebsite:
    """A website with a home page that leads to two pages with contacts."""
    site = PaperWebsite()
    site.page(HOME, "/contact", "/team")
    site.page(HOME + "contact", text="info@bakery.example")
    site.page(HOME + "team", "/", "/contact", text="oven@bakery.example")
    return site


async def visits_of(
    site: PaperWebsite,
    website: str = "bakery.example",
    *,
    options: CrawlOptions | None = None,
    resume: CrawlState | None = None,
    known: Sequence[str] = (),
) -> list[PageVisit]:
    """Crawl to the end."""
    options = options or CrawlOptions(concurrency=1)
    visits = crawl(parse_site(website), fetch=site.fetch, read=read, options=options, resume=resume, known=known)
    return [visit async for visit in visits]


def urlset(*urls: str) -> str:
    """A sitemap of these pages, whose end is missing."""
    return "<urlset>" + "".join(f"<url><loc>{url}</loc></url>" for url in urls)


def by_url(visits: list[PageVisit]) -> dict[str, PageVisit]:
    """The visits, each of which is the only one of its URL."""
    found = {visit.url: visit for visit in visits}
    assert len(found) == len(visits)
    return found


class TestCrawl:
    async def test_it_visits_the_home_and_what_it_leads_to(self, site: PaperWebsite) -> None:
        visits = await visits_of(site)

        assert [visit.url for visit in visits] == [HOME, HOME + "contact", HOME + "team"]
        assert {visit.status for visit in visits} == {VisitStatus.OK}
        assert [sighting.value for visit in visits for sighting in visit.sightings] == [
            "info@bakery.example",
            "oven@bakery.example",
        ]

    async def test_each_url_is_fetched_once(self, site: PaperWebsite) -> None:
        site.page(HOME, "/contact", "/contact#form", "//bakery.example/contact", "http://www.bakery.example/contact")

        await visits_of(site)

        assert len(site.fetched) == len(set(site.fetched))

    async def test_what_a_visit_discovered_is_reported_with_it(self, site: PaperWebsite) -> None:
        site.page(HOME + "team", "/team/ovens")
        site.page(HOME + "team/ovens")

        visits = by_url(await visits_of(site))

        discovered = [page.url for visit in visits.values() for page in visit.discovered]
        assert discovered == [HOME + "contact", HOME + "team", HOME + "team/ovens"]
        assert visits[HOME + "team"].discovered[0].depth == 2

    async def test_progress_never_goes_back_and_ends_at_one(self, site: PaperWebsite) -> None:
        site.page(HOME + "team", *(f"/team/{number}" for number in range(30)))
        for number in range(30):
            site.page(f"{HOME}team/{number}")

        progress = [visit.progress for visit in await visits_of(site)]

        assert progress == sorted(progress)
        assert 0 < progress[0] < 0.5
        assert progress[-1] == 1.0

    async def test_no_more_pages_are_visited_than_wanted(self, site: PaperWebsite) -> None:
        site.page(HOME, *(f"/{number}" for number in range(50)))
        for number in range(50):
            site.page(f"{HOME}{number}")

        visits = await visits_of(site, options=CrawlOptions(max_pages=7, concurrency=4))

        assert sum(visit.status is VisitStatus.OK for visit in visits) == 7
        assert visits[-1].progress == 1.0

    async def test_only_so_many_pages_are_fetched_at_once(self, site: PaperWebsite) -> None:
        site.page(HOME, *(f"/{number}" for number in range(20)))

        await visits_of(site, options=CrawlOptions(concurrency=3))

        assert site.most_at_once == 3

    async def test_a_deadline_ends_it_with_what_was_found(self, site: PaperWebsite) -> None:
        visits = await visits_of(site, options=CrawlOptions(deadline=timedelta(microseconds=1)))

        assert [visit.url for visit in visits] == [HOME]

    async def test_pages_that_fail_do_not_end_it(self, site: PaperWebsite) -> None:
        site.page(HOME, "/contact", "/gone", "/picture", "/wall", "/private", "/broken")
        site.answers[HOME + "picture"] = NotAPage(content_type="image/png")
        site.answers[HOME + "wall"] = Blocked()
        site.answers[HOME + "private"] = AddressRefused()
        site.answers[HOME + "broken"] = PageUnreachable()

        visits = by_url(await visits_of(site))

        assert visits[HOME + "gone"].http_status == 404
        assert {url.removeprefix(HOME): visit.status for url, visit in visits.items() if url != HOME} == {
            "contact": VisitStatus.OK,
            "gone": VisitStatus.FAILED,
            "picture": VisitStatus.SKIPPED,
            "wall": VisitStatus.BLOCKED,
            "private": VisitStatus.FAILED,
            "broken": VisitStatus.FAILED,
            **dict.fromkeys(("about", "about-us", "team"), VisitStatus.SKIPPED) | {"team": VisitStatus.OK},
        }
        assert all(visit.error for visit in visits.values() if visit.status is not VisitStatus.OK)

    async def test_a_page_that_repeats_another_is_not_read_twice(self, site: PaperWebsite) -> None:
        site.page(HOME, "/contact", "/team", "/print", text="info@bakery.example")
        site.answers[HOME + "print"] = site.answers[HOME + "contact"]

        visits = by_url(await visits_of(site))

        assert visits[HOME + "print"].status is VisitStatus.SKIPPED
        assert visits[HOME + "print"].sightings == ()

    async def test_a_page_on_which_the_reader_fails_costs_itself_alone(self, site: PaperWebsite) -> None:
        def fail_at_the_team(body: bytes, url: str, content_type: str | None) -> PaperReading:
            if url.endswith("team"):
                raise RecursionError
            return read(body, url, content_type)

        visits = crawl(parse_site("bakery.example"), fetch=site.fetch, read=fail_at_the_team)
        found = by_url([visit async for visit in visits])

        assert found[HOME + "team"].status is VisitStatus.FAILED
        assert "RecursionError" in (found[HOME + "team"].error or "")
        assert found[HOME + "contact"].status is VisitStatus.OK

    async def test_frames_and_forwarding_are_followed(self, site: PaperWebsite) -> None:
        site.page(HOME, text='<meta http-equiv="refresh" content="0; url=/start"><frame src="/menu.html">')
        site.page(HOME + "start")
        site.page(HOME + "menu.html", "/contact")

        assert {HOME + "start", HOME + "menu.html", HOME + "contact"} <= set(by_url(await visits_of(site)))


class TestRobots:
    async def test_a_forbidden_page_is_never_fetched(self, site: PaperWebsite) -> None:
        site.robots("User-agent: *\nDisallow: /team")

        visits = by_url(await visits_of(site))

        assert HOME + "team" not in site.fetched
        assert visits[HOME + "team"].status is VisitStatus.SKIPPED
        assert "robots.txt" in (visits[HOME + "team"].error or "")

    async def test_a_redirect_to_a_forbidden_page_is_not_followed(self, site: PaperWebsite) -> None:
        site.robots("User-agent: *\nDisallow: /staff/")
        site.redirect(HOME + "team", HOME + "staff/rota")

        await visits_of(site)

        assert HOME + "staff/rota" not in site.fetched

    async def test_every_host_of_the_site_is_asked(self, site: PaperWebsite) -> None:
        shop = "https://shop.bakery.example/"
        site.page(HOME, "/contact", "/team", shop, shop + "secret")
        site.page(shop)
        site.robots("User-agent: *\nDisallow: /secret", shop)

        await visits_of(site)

        assert site.fetched.index(shop + "robots.txt") < site.fetched.index(shop)
        assert shop + "secret" not in site.fetched

    async def test_a_site_that_forbids_robots_is_not_scanned(self, site: PaperWebsite) -> None:
        site.robots("User-agent: scanlane\nDisallow: /")

        with pytest.raises(SiteUnreachable, match=r"robots\.txt of bakery\.example forbids") as caught:
            await visits_of(site)

        assert not caught.value.temporary
        assert site.pages_fetched == []

    @pytest.mark.parametrize("status", [500, 502])
    async def test_rules_that_cannot_be_read_mean_stay_out_and_come_back_later(
        self, site: PaperWebsite, status: int
    ) -> None:
        site.status(HOME + "robots.txt", status)

        with pytest.raises(SiteUnreachable, match="cannot be read") as caught:
            await visits_of(site)

        assert caught.value.temporary
        assert site.pages_fetched == []

    @pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
    async def test_no_rules_mean_come_in(self, site: PaperWebsite, status: int) -> None:
        site.status(HOME + "robots.txt", status)

        assert len(await visits_of(site)) == 3

    async def test_redirected_rules_are_read_where_they_are(self, site: PaperWebsite) -> None:
        site.redirect(HOME + "robots.txt", "https://rules.example/robots.txt")
        site.robots("User-agent: *\nDisallow: /team", "https://rules.example/")

        await visits_of(site)

        assert HOME + "team" not in site.fetched


class TestSeeds:
    async def test_pages_that_only_the_sitemap_names_are_visited(self, site: PaperWebsite) -> None:
        site.robots(f"Sitemap: {HOME}map.xml")
        site.page(HOME + "map.xml", text=urlset(HOME + "hidden/impressum", "https://other.example/"))
        site.page(HOME + "hidden/impressum")

        visits = by_url(await visits_of(site))

        assert HOME + "hidden/impressum" in visits
        assert HOME + "map.xml" not in visits
        assert "https://other.example/" not in site.fetched

    async def test_known_pages_are_visited_and_no_sitemap_is_asked_for(self, site: PaperWebsite) -> None:
        site.page(HOME + "deep/contact-form", text="form@bakery.example")
        site.page("https://elsewhere.example/contact")

        visits = await visits_of(site, known=[HOME + "deep/contact-form", "https://elsewhere.example/contact"])

        assert HOME + "deep/contact-form" in by_url(visits)
        assert not any("elsewhere" in url or "sitemap" in url for url in site.fetched)

    async def test_the_first_sitemap_of_an_index_is_read(self, site: PaperWebsite) -> None:
        site.page(HOME + "sitemap.xml", text=f"<sitemapindex><sitemap><loc>{HOME}pages.xml</loc></sitemap>")
        site.page(HOME + "pages.xml", text=urlset(HOME + "hidden"))
        site.page(HOME + "hidden")

        assert HOME + "hidden" in by_url(await visits_of(site))

    async def test_addresses_are_guessed_when_nothing_is_linked(self, site: PaperWebsite) -> None:
        site.page(HOME)

        visits = by_url(await visits_of(site))

        assert {path for path in site.pages_fetched if path != "/"} == GUESSES
        assert visits[HOME + "contact"].status is VisitStatus.OK
        assert visits[HOME + "kontakt"].status is VisitStatus.SKIPPED

    async def test_nothing_is_guessed_when_everything_is_linked(self, site: PaperWebsite) -> None:
        await visits_of(site)

        assert site.pages_fetched == ["/", "contact", "team"]


class TestHome:
    @pytest.mark.parametrize("failure", [PageUnreachable(), TlsFailed()])
    async def test_without_encryption_if_there_is_none(self, failure: PageUnreachable) -> None:
        site = PaperWebsite()
        site.answers[HOME + "robots.txt"] = failure
        site.page(PLAIN_HOME, "/contact", "/team")

        assert (await visits_of(site))[0].url == PLAIN_HOME

    async def test_with_www_if_the_name_has_no_address_without(self) -> None:
        site = PaperWebsite()
        site.answers[HOME + "robots.txt"] = DnsFailed(temporary=False)
        site.page(WWW_HOME)

        visits = await visits_of(site)

        assert visits[0].url == WWW_HOME
        assert not any(url.startswith(PLAIN_HOME) for url in site.fetched)

    async def test_a_home_that_moved_is_followed_and_its_host_is_adopted(self, site: PaperWebsite) -> None:
        new = "https://new-bakery.example/"
        site.redirect(HOME, new)
        site.page(new, "/contact", "/team", HOME + "old")
        site.page(new + "contact")
        site.page(new + "team")

        visits = by_url(await visits_of(site))

        assert visits[HOME].status is VisitStatus.SKIPPED
        assert visits[HOME].discovered == (QueuedUrl(new, 101, 0),)
        assert visits[new].declared_hosts == {"new-bakery.example"}
        assert new + "contact" in visits
        assert HOME + "old" not in site.fetched

    async def test_links_to_the_home_under_another_scheme_or_www_are_not_fetched_again(self) -> None:
        site = PaperWebsite()
        site.redirect(HOME, WWW_HOME)
        site.page(WWW_HOME, HOME, PLAIN_HOME, "http://www.bakery.example/", "/contact", HOME + "contact", "/team")
        site.page(WWW_HOME + "contact")
        site.page(WWW_HOME + "team")

        visits = await visits_of(site)

        assert [visit.url for visit in visits] == [HOME, WWW_HOME, WWW_HOME + "contact", WWW_HOME + "team"]

    async def test_a_start_page_that_is_missing_gives_way_to_the_root(self, site: PaperWebsite) -> None:
        visits = by_url(await visits_of(site, "https://bakery.example/old-page"))

        assert visits[HOME + "old-page"].http_status == 404
        assert visits[HOME + "contact"].status is VisitStatus.OK

    async def test_a_start_page_leads_to_the_root_too(self, site: PaperWebsite) -> None:
        site.page(HOME + "team/ovens")

        visits = await visits_of(site, "https://bakery.example/team/ovens")

        assert [visit.url for visit in visits[:2]] == [HOME + "team/ovens", HOME]

    @pytest.mark.parametrize(
        ("failure", "temporary"),
        [
            (DnsFailed("bakery.example has no address.", temporary=False), False),
            (DnsFailed("no name server answered."), True),
            (PageUnreachable("bakery.example: connection refused."), True),
            (TlsFailed("no trustworthy connection."), False),
            (AddressRefused("10.0.0.1 is not a public address."), False),
            (Blocked("a challenge."), False),
            (ServerBusy("busy.", retry_after=timedelta(hours=1)), True),
        ],
    )
    async def test_a_site_that_cannot_be_reached_fails_with_the_first_reason(
        self, failure: PageUnreachable, temporary: bool
    ) -> None:
        site = PaperWebsite()
        for home in (HOME, PLAIN_HOME, WWW_HOME, "http://www.bakery.example/"):
            site.answers[home] = site.answers[home + "robots.txt"] = failure

        with pytest.raises(SiteUnreachable) as caught:
            await visits_of(site)

        assert caught.value.message == failure.message
        assert caught.value.temporary is temporary

    @pytest.mark.parametrize(("status", "temporary"), [(404, False), (403, False), (500, True)])
    async def test_a_home_that_is_an_error_is_none(self, site: PaperWebsite, status: int, temporary: bool) -> None:
        site.status(HOME, status)

        with pytest.raises(SiteUnreachable, match=f"status {status}") as caught:
            await visits_of(site)

        assert caught.value.temporary is temporary

    async def test_a_home_that_redirects_in_a_circle_is_none(self) -> None:
        site = PaperWebsite()
        site.redirect(HOME, HOME + "a")
        site.redirect(HOME + "a", HOME)

        with pytest.raises(SiteUnreachable, match="only ever redirects"):
            await visits_of(site)

        assert site.pages_fetched == ["/", "a"]

    async def test_a_home_that_redirects_for_ever_is_none(self) -> None:
        site = PaperWebsite()
        for number in range(20):
            site.redirect(HOME + "x" * number, HOME + "x" * (number + 1))

        with pytest.raises(SiteUnreachable, match="only ever redirects"):
            await visits_of(site)

        assert len(site.pages_fetched) == 6


class TestRedirects:
    async def test_the_target_is_visited_once_and_the_source_says_where_it_leads(self, site: PaperWebsite) -> None:
        site.page(HOME, "/contact", "/team", "/kontakt", "/kontakt/")
        site.redirect(HOME + "kontakt", HOME + "kontakt/")
        site.page(HOME + "kontakt/")

        visits = by_url(await visits_of(site))

        assert visits[HOME + "kontakt"].status is VisitStatus.SKIPPED
        assert visits[HOME + "kontakt"].final_url == HOME + "kontakt/"
        assert site.pages_fetched.count("kontakt/") == 1

    async def test_a_redirect_to_another_site_is_not_followed(self, site: PaperWebsite) -> None:
        site.redirect(HOME + "team", "https://other.example/team")

        visits = by_url(await visits_of(site))

        assert visits[HOME + "team"].status is VisitStatus.SKIPPED
        assert not any("other.example" in url for url in site.fetched)

    async def test_a_redirect_to_the_same_page_under_another_scheme_is_taken_literally(
        self, site: PaperWebsite
    ) -> None:
        site.redirect(HOME + "team", PLAIN_HOME + "team")
        site.page(PLAIN_HOME + "team")

        assert by_url(await visits_of(site))[PLAIN_HOME + "team"].status is VisitStatus.OK


class TestSilence:
    async def test_a_busy_server_is_given_the_time_that_it_asks_for(self, site: PaperWebsite) -> None:
        page = site.answers[HOME + "contact"]
        site.answers[HOME + "contact"] = ServerBusy(retry_after=timedelta(seconds=7))
        slept: list[float] = []

        async def sleep(seconds: float) -> None:
            slept.append(round(seconds))
            site.answers[HOME + "contact"] = page

        visits = crawl(parse_site("bakery.example"), fetch=site.fetch, read=read, sleep=sleep, monotonic=lambda: 0.0)
        found = by_url([visit async for visit in visits])

        assert found[HOME + "contact"].status is VisitStatus.OK
        assert set(slept) == {7}

    async def test_a_server_that_asks_for_a_long_time_is_left_for_later(self, site: PaperWebsite) -> None:
        site.answers[HOME + "contact"] = ServerBusy(retry_after=timedelta(hours=2))

        with pytest.raises(SiteUnreachable) as caught:
            await visits_of(site)

        assert caught.value.temporary
        assert caught.value.retry_after == timedelta(hours=2)

    async def test_a_site_that_falls_silent_is_left_for_later_and_its_pages_stay_queued(
        self, site: PaperWebsite
    ) -> None:
        site.page(HOME, "/contact", "/team", *(f"/{number}" for number in range(20)))
        for number in range(20):
            site.answers[f"{HOME}{number}"] = PageUnreachable("bakery.example fell silent.")
        reported: list[str] = []

        async def consume() -> None:
            async for visit in crawl(parse_site("bakery.example"), fetch=site.fetch, read=read):
                reported.append(visit.url)

        with pytest.raises(SiteUnreachable, match="fell silent") as caught:
            await consume()

        assert caught.value.temporary
        assert set(reported) == {HOME, HOME + "contact", HOME + "team"}
        assert len(site.pages_fetched) < 12

    async def test_other_hosts_of_the_site_may_be_dead(self, site: PaperWebsite) -> None:
        dead = [f"https://dead{number}.bakery.example/" for number in range(8)]
        site.page(HOME, "/contact", "/team", *dead)
        for url in dead:
            site.answers[url + "robots.txt"] = PageUnreachable()

        visits = by_url(await visits_of(site))

        assert {visits[url].status for url in dead} == {VisitStatus.FAILED}

    async def test_public_sites_are_given_half_a_second_between_requests(self, site: PaperWebsite) -> None:
        site.own_network = False
        for answer in ("", "contact", "team"):
            site.page(HOME + answer, "/contact", "/team")
        slept: list[float] = []

        async def sleep(seconds: float) -> None:
            slept.append(seconds)

        visits = crawl(parse_site("bakery.example"), fetch=site.fetch, read=read, sleep=sleep, monotonic=lambda: 0.0)
        assert len([visit async for visit in visits]) == 3

        assert slept == [0.5, 1.0, 1.5, 2.0]

    async def test_the_sites_own_wish_for_pauses_is_granted_within_reason(self, site: PaperWebsite) -> None:
        site.robots("User-agent: *\nCrawl-delay: 3600")
        slept: list[float] = []

        async def sleep(seconds: float) -> None:
            slept.append(seconds)

        options = CrawlOptions(delay=timedelta(seconds=1), max_pages=1)
        fetching = {"fetch": site.fetch, "read": read, "options": options}
        visits = crawl(parse_site("bakery.example"), **fetching, sleep=sleep, monotonic=lambda: 0.0)  # type: ignore[arg-type]
        assert len([visit async for visit in visits]) == 1

        assert slept[0] == 10.0


class TestEnough:
    async def test_a_site_that_gives_nothing_is_left_after_its_promising_pages(self) -> None:
        site = endless()

        visits = await visits_of(site)

        assert len(site.pages_fetched) == 1 + len(GUESSES) + FEWEST_BARREN
        assert {HOME + guess for guess in GUESSES} <= set(site.fetched)
        assert visits[-1].progress == 1.0

    async def test_thorough_goes_on_to_the_last_page(self) -> None:
        site = endless()

        await visits_of(site, options=CrawlOptions(concurrency=1, thorough=True))

        assert len(site.pages_fetched) == 1 + len(GUESSES) + 300

    async def test_it_goes_on_as_long_as_details_give_addresses(self) -> None:
        site = PaperWebsite()
        site.page(HOME, *(f"/a/b/{number}" for number in range(200)))
        for number in range(200):
            site.page(f"{HOME}a/b/{number}", text=f"baker{number}@bakery.example" if number % 10 == 9 else "")

        visits = await visits_of(site)

        assert sum(len(visit.sightings) for visit in visits) == 20

    async def test_a_site_that_fends_us_off_is_left_with_what_was_found(self) -> None:
        site = endless()
        for number in range(300):
            site.answers[f"{HOME}a/{number}"] = Blocked()

        visits = await visits_of(site)

        assert [visit.code for visit in visits].count(PageCode.BLOCKED) == MOST_REBUFFS_IN_A_ROW

    async def test_a_site_that_shows_one_page_for_everything_gives_no_guessed_pages(self) -> None:
        site = PaperWebsite()
        site.page(HOME)
        for guess in GUESSES:
            site.page(HOME + guess, "/", f"/login?from={guess}", text="there is no such page here: " + guess)

        visits = by_url(await visits_of(site))

        codes = [visits[HOME + guess].code for guess in GUESSES]
        assert codes.count(PageCode.SOFT_404) == len(GUESSES) - 1


class TestSpellings:
    async def test_slashes_and_index_pages_make_no_other_page(self, site: PaperWebsite) -> None:
        site.page(HOME, "/contact", "/contact/", "/team", "/team/index.html")
        site.page(HOME + "contact/")
        site.page(HOME + "team/index.html")

        visits = by_url(await visits_of(site))

        assert site.pages_fetched == ["/", "contact", "team"]
        assert visits[HOME + "contact/"].code == PageCode.DUPLICATE

    async def test_one_spelling_waits_for_the_other_that_is_asked_for(self, site: PaperWebsite) -> None:
        site.page(HOME, "/team", "/team/", "/contact/", "/contact")
        site.page(HOME + "team/")
        del site.answers[HOME + "contact"]
        site.page(HOME + "contact/", text="info@bakery.example")

        visits = by_url(await visits_of(site, options=CrawlOptions(concurrency=4)))

        assert sorted(site.pages_fetched) == ["/", "contact/", "team"]
        assert visits[HOME + "team/"].code == PageCode.DUPLICATE

    async def test_a_spelling_that_leads_nowhere_makes_way_for_the_other(self, site: PaperWebsite) -> None:
        site.page(HOME, "/contact", "/contact/")
        del site.answers[HOME + "contact"]
        site.page(HOME + "contact/", text="info@bakery.example")

        visits = by_url(await visits_of(site, options=CrawlOptions(concurrency=4)))

        assert visits[HOME + "contact/"].status is VisitStatus.OK


class TestCodes:
    @pytest.mark.parametrize(
        ("answer", "code"),
        [
            (DnsFailed(), "dns"),
            (PageUnreachable(), "unreachable"),
            (ConnectionRefused(), "refused"),
            (DeadlinePassed(), "timeout"),
            (TlsFailed(), "tls"),
            (AddressRefused(), "address_refused"),
            (NotAPage(), "not_a_page"),
            (BodyTooLarge(), "too_large"),
            (Blocked(), "blocked"),
            (UnusableUrl(), "unusable_url"),
            (Fetched(url=HOME + "odd", status=404, own_network=True), "http_404"),
            (Fetched(url=HOME + "odd", status=500, own_network=True), "http_500"),
            (Fetched(url=HOME + "odd", status=301, location=HOME + "team", own_network=True), "redirected"),
            (Fetched(url=HOME + "odd", status=301, location=HOME + "odd", own_network=True), "redirect_loop"),
            (Fetched(url=HOME + "odd", status=302, location="https://x.example/", own_network=True), "redirected_away"),
        ],
    )
    async def test_each_url_that_gave_no_page_has_one(
        self, site: PaperWebsite, answer: Fetched | FetchFailed, code: str
    ) -> None:
        site.page(HOME, "/contact", "/team", "/odd")
        site.answers[HOME + "odd"] = answer

        visits = by_url(await visits_of(site))

        assert visits[HOME + "odd"].code == code
        assert visits[HOME + "odd"].error
        assert visits[HOME + "team"].code is None


def endless() -> PaperWebsite:
    """A website of three hundred pages without an address."""
    site = PaperWebsite()
    site.page(HOME, *(f"/a/{number}" for number in range(300)))
    for number in range(300):
        site.page(f"{HOME}a/{number}")
    return site


class TestResume:
    async def test_nothing_that_was_fetched_is_fetched_again(self, site: PaperWebsite) -> None:
        site.page(HOME, "/contact", "/team", "/bread", "/rolls")
        site.page(HOME + "bread", "/", "/contact", "/cakes")
        for path in ("rolls", "cakes"):
            site.page(HOME + path)
        fetched: list[str] = []
        queued: dict[str, QueuedUrl] = {}
        async with aclosing(crawl(parse_site("bakery.example"), fetch=site.fetch, read=read)) as visits:
            async for visit in visits:
                fetched.append(visit.url)
                queued |= {page.url: page for page in visit.discovered}
                if len(fetched) == 2:
                    break
        left = [page for url, page in queued.items() if url not in fetched]
        under_way = set(site.pages_fetched[2:])
        site.fetched.clear()

        rest = await visits_of(site, resume=CrawlState(fetched=tuple(fetched), queued=tuple(left)))

        assert not {visit.url for visit in rest} & set(fetched)
        assert {visit.url for visit in rest} | set(fetched) == {
            HOME + path for path in ("", "contact", "team", "bread", "rolls", "cakes")
        }
        assert not set(site.fetched) & set(fetched)
        assert len(under_way) <= 2

    async def test_an_adopted_host_stays_adopted(self, site: PaperWebsite) -> None:
        new = "https://new-bakery.example/"
        site.page(new, "/contact")
        site.page(new + "contact")
        state = CrawlState(fetched=(HOME,), queued=(QueuedUrl(new, 101, 0),))

        visits = by_url(await visits_of(site, resume=state))

        assert {new, new + "contact"} <= set(visits)

    async def test_what_was_visited_counts_towards_the_budget(self, site: PaperWebsite) -> None:
        state = CrawlState(
            fetched=(HOME,), queued=(QueuedUrl(HOME + "contact", 95, 1), QueuedUrl(HOME + "team", 85, 1))
        )

        visits = await visits_of(site, resume=state, options=CrawlOptions(max_pages=2))

        assert [visit.url for visit in visits] == [HOME + "contact"]

    async def test_an_empty_state_is_a_fresh_start(self, site: PaperWebsite) -> None:
        assert len(await visits_of(site, resume=CrawlState())) == 3


class TestStopping:
    async def test_closing_stops_every_request_at_once(self, site: PaperWebsite) -> None:
        site.page(HOME, "/contact", "/team", "/bread")
        site.gates = {HOME + path: Gate() for path in ("team", "bread")}
        visits = crawl(parse_site("bakery.example"), fetch=site.fetch, read=read)
        assert (await anext(visits)).url == HOME
        assert (await anext(visits)).url == HOME + "contact"
        await asyncio.wait_for(site.gates[HOME + "team"].reached.wait(), 5)

        await visits.aclose()

        assert site.at_once == 0

    async def test_cancelling_stops_every_request_at_once(self, site: PaperWebsite) -> None:
        site.gates = {HOME + path: Gate() for path in ("contact", "team")}
        options = CrawlOptions(concurrency=2)

        crawling = asyncio.create_task(visits_of(site, options=options))
        for gate in site.gates.values():
            await asyncio.wait_for(gate.reached.wait(), 5)
        assert site.at_once == 2
        crawling.cancel()

        with pytest.raises(asyncio.CancelledError):
            await crawling
        assert site.at_once == 0


class TestTheSampleSite:
    @pytest.fixture
    async def demo(self) -> AsyncIterator[DemoSite]:
        """The shipped website on loopback."""
        async with serve_demo() as demo:
            yield demo

    async def test_it_is_crawled_whole_once_and_without_touching_the_canary(self, demo: DemoSite) -> None:
        guard = AddressGuard(parse_networks("127.0.0.1/32"))
        async with WebsiteClient(guard, user_agent="Scanlane/test") as client:
            visits = [visit async for visit in crawl(parse_site(demo.url), fetch=client.fetch, read=read_page)]

        read = {visit.url.removeprefix(demo.url) for visit in visits if visit.status is VisitStatus.OK}
        assert read == {
            "",
            "about",
            "blog/",
            "blog/sourdough-week",
            "blog/winter-hours",
            "contact",
            "legal-notice",
            "locations",
            "press",
            "privacy",
            "team",
        }
        assert demo.canary_hits == 0
        assert set(demo.requests.values()) == {1}
        assert visits[-1].progress == 1.0
