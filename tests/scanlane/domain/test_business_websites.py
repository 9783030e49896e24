"""From the website that a business gives to the domain to work on."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanlane.domain.authority import owned_domain
from scanlane.domain.business_websites import NoOwnSite, find_site
from scanlane.domain.redirect_links import unwrapped
from scanlane.domain.shared_hosts import Shared, shared
from scanlane.domain.sites import Site, UnusableWebsite

HOME = "https://bakery.example/"
ESCAPED = "https%3A%2F%2Fbakery.example%2F"


def start_of(website: str | None) -> str:
    """The start URL that was found."""
    found = find_site(website)
    assert isinstance(found, Site), found
    return found.start_url


def reason(website: str | None) -> str:
    """Why there is no own site."""
    found = find_site(website)
    assert isinstance(found, NoOwnSite), found
    return found.reason


class TestFindSite:
    @pytest.mark.parametrize(
        ("website", "start", "name"),
        [
            ("bakery.example", HOME, "bakery.example"),
            ("http://www.bakery.example/shop?utm_source=maps", "http://www.bakery.example/shop", "bakery.example"),
            ("bakery.example:8080", "https://bakery.example:8080/", "bakery.example:8080"),
            ("https://B\u00c4CKEREI.example", "https://xn--bckerei-5wa.example/", "xn--bckerei-5wa.example"),
            ("https://bakery.wixsite.com/home", "https://bakery.wixsite.com/home", "bakery.wixsite.com"),
            ("https://bakery.wordpress.com", "https://bakery.wordpress.com/", "bakery.wordpress.com"),
            ("bakery.github.io/menu", "https://bakery.github.io/menu", "bakery.github.io"),
        ],
    )
    def test_an_own_site_is_named_after_its_host(self, website: str, start: str, name: str) -> None:
        found = find_site(website)

        assert isinstance(found, Site)
        assert (found.start_url, found.name) == (start, name)

    @pytest.mark.parametrize(
        "website",
        [
            "https//bakery.example",
            "https:/bakery.example",
            "https:bakery.example",
            "https:// bakery.example",
            "HTTP://https://bakery.example",
            "https:\\\\bakery.example",
            "<https://bakery.example>",
            '"https://bakery.example",',
            "\thttps://bakery.example\n",
            "https://www.facebook.com/bakery; https://bakery.example",
            "facebook.com/bakery;https://bakery.example",
            "instagram.com/bakery | https://bakery.example/",
            "our site: https://bakery.example",
            "https://bakery.example https://hill-bakery.example",
            "https://bakery.example,https://hill-bakery.example",
        ],
    )
    def test_what_people_write_is_read(self, website: str) -> None:
        assert start_of(website) == HOME

    def test_signs_inside_an_address_do_not_part_it(self) -> None:
        assert start_of("https://bakery.example/a,b;c=1") == "https://bakery.example/a,b;c=1"

    @pytest.mark.parametrize("website", [None, "", "  ", "n/a", "-", "None", "(none)"])
    def test_nothing_is_no_site(self, website: str | None) -> None:
        assert reason(website) == "The business gives no website."

    @pytest.mark.parametrize(
        ("website", "kind"),
        [
            ("https://www.facebook.com/bakery", Shared.SOCIAL),
            ("https://de-de.facebook.com/bakery", Shared.SOCIAL),
            ("instagram.com/bakery", Shared.SOCIAL),
            ("https://www.pinterest.co.uk/bakery", Shared.SOCIAL),
            ("https://wa.me/493000000", Shared.SOCIAL),
            ("https://linktr.ee/bakery", Shared.LINKS),
            ("https://www.booking.com/hotel/de/bakery.html", Shared.BOOKING),
            ("https://www.opentable.de/bakery", Shared.BOOKING),
            ("https://www.tripadvisor.com.au/bakery", Shared.BOOKING),
            ("https://www.lieferando.at/menu/bakery", Shared.DELIVERY),
            ("https://www.google.com/maps/place/bakery", Shared.MAP),
            ("https://maps.app.goo.gl/abc", Shared.MAP),
            ("https://g.page/bakery", Shared.MAP),
            ("https://www.yelp.ie/biz/bakery", Shared.DIRECTORY),
            ("https://www.amazon.co.uk/bakery", Shared.MARKET),
            ("https://bakery-shop.etsy.com", Shared.MARKET),
            ("https://bit.ly/bakery", Shared.SHORT),
            ("https://sites.google.com/view/bakery", Shared.BUILDER),
            ("https://wixsite.com/bakery", Shared.BUILDER),
            ("https://www.wordpress.com", Shared.BUILDER),
            ("co.uk", Shared.BUILDER),
        ],
    )
    def test_other_peoples_hosts_are_no_own_site(self, website: str, kind: Shared) -> None:
        assert f": {kind}, no website" in reason(website)

    @pytest.mark.parametrize(
        "website", ["facebook-bakery.example", "notfacebook.com", "my-google.example", "x.com.example"]
    )
    def test_a_host_that_only_sounds_like_one_is_its_own(self, website: str) -> None:
        assert isinstance(find_site(website), Site)

    @pytest.mark.parametrize(
        ("website", "message"),
        [
            ("info@bakery.example", "holds an @"),
            ("mailto:info@bakery.example", "mailto:"),
            ("ftp://bakery.example", "ftp:"),
            ("our new site", "a host name holds a dot"),
            ("http://[::1", "malformed"),
            ("https://", "names no host"),
            ("a" * 20_000, "longer than an address"),
        ],
    )
    def test_what_is_no_address_is_refused_with_the_reason(self, website: str, message: str) -> None:
        with pytest.raises(UnusableWebsite, match=message):
            find_site(website)

    @given(st.text(max_size=80) | st.text("htps:/.wa;|, \\?=&%2", max_size=40))
    def test_any_text_has_an_answer(self, website: str) -> None:
        with suppress(UnusableWebsite):
            assert isinstance(find_site(website), Site | NoOwnSite)


class TestUnwrapped:
    @pytest.mark.parametrize(
        "link",
        [
            f"https://www.google.com/url?sa=t&url={ESCAPED}&ved=1",
            f"https://www.google.co.uk/url?q={ESCAPED}",
            f"google.com/url?q={ESCAPED}",
            f"http://www.google.de/aclk?sa=L&adurl={ESCAPED}",
            f"https://www.googleadservices.com/pagead/aclk?adurl={ESCAPED}",
            f"https://translate.google.com/translate?sl=de&u={ESCAPED}",
            f"https://l.facebook.com/l.php?u={ESCAPED}&h=abc",
            f"https://l.instagram.com/?u={ESCAPED}",
            f"https://www.youtube.com/redirect?event=x&q={ESCAPED}",
            f"https://www.linkedin.com/safety/go?url={ESCAPED}",
            f"https://www.yelp.com/biz_redir?url={ESCAPED}&src=x",
            f"https://duckduckgo.com/l/?uddg={ESCAPED}",
            f"https://vk.com/away.php?to={ESCAPED}",
            f"https://out.reddit.com/t3_a?url={ESCAPED}",
            f"https://eur01.safelinks.protection.outlook.com/?url={ESCAPED}&data=1",
            "https://web.archive.org/web/20200101000000/https://bakery.example/",
            "https://web.archive.org/web/2020/https:/bakery.example/",
            "https://href.li/?https://bakery.example/",
            f"https://l.facebook.com/l.php?u=https%3A%2F%2Fwww.google.de%2Furl%3Fq%3D{ESCAPED.replace('%', '%25')}",
        ],
    )
    def test_a_link_that_leads_on_is_where_it_leads(self, link: str) -> None:
        assert unwrapped(link) == HOME
        assert start_of(link) == HOME

    @pytest.mark.parametrize(
        "link",
        [
            f"https://bakery.example/url?q={ESCAPED}",
            "https://www.google.com/url?q=bread",
            f"https://www.google.com/search?q={ESCAPED}",
            "https://www.facebook.com/bakery?u=1",
            "https://bakery.example/web.archive.org/web/2020/https://other.example/",
        ],
    )
    def test_any_other_link_is_itself(self, link: str) -> None:
        assert unwrapped(link) == link

    def test_a_link_around_itself_ends(self) -> None:
        link = "https://www.google.com/url?q=" + "https://www.google.com/url?q=" * 50

        assert unwrapped(link).startswith("https://www.google.com/url?q=")


class TestShared:
    def test_every_host_is_spelled_as_hosts_are_read(self) -> None:
        assert shared("facebook.com") is Shared.SOCIAL
        assert shared("bakery.example") is None
        assert shared("localhost") is None

    @pytest.mark.parametrize(
        "host", ["bakery.weebly.com", "bakery.business.site", "bakery.jimdosite.com", "bakery.webflow.io"]
    )
    def test_what_a_builder_hosts_belongs_to_its_customer(self, host: str) -> None:
        assert shared(host) is None
        assert owned_domain(f"www.{host}") == host
