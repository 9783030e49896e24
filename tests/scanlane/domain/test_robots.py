"""robots.txt: obeyed where it can be understood, never a reason to fail."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanlane.domain.robots import allowed, crawl_delay, sitemaps

HOME = "https://bakery.example"
AGENT = "scanlane"


class TestAllowed:
    @pytest.mark.parametrize(
        ("robots", "path", "may"),
        [
            (b"", "/a", True),
            (b"User-agent: *\nDisallow: /staff/", "/staff/rota", False),
            (b"User-agent: *\nDisallow: /staff/", "/staff", True),
            (b"User-agent: *\nDisallow:", "/a", True),
            (b"User-agent: *\nDisallow: /", "/a", False),
            (b"User-agent: *\nDisallow: /\nAllow: /contact", "/contact", True),
            (b"User-agent: *\nDisallow: /*.php$", "/a.php", False),
            (b"User-agent: *\nDisallow: /*.php$", "/a.php?b", True),
            (b"User-agent: otherbot\nDisallow: /", "/a", True),
            (b"User-agent: Scanlane\nDisallow: /\n\nUser-agent: *\nAllow: /", "/a", False),
            (b"User-agent: otherbot\nUser-agent: scanlane\nDisallow: /a", "/a", False),
            (b"User-agent: *\nDisallow: /\n\nUser-agent: scanlane\nDisallow: /b", "/a", True),
            (b"\xef\xbb\xbfUser-agent: *\r\nDisallow: /staff/\r\n", "/staff/", False),
            (b"User-agent: *\rDisallow: /staff/", "/staff/", False),
            (b"user-agent: * # everybody\ndisallow: /staff/ # please", "/staff/", False),
            (b"<!doctype html><p>There is no such page.", "/a", True),
        ],
    )
    def test_the_rules_are_those_of_rfc_9309(self, robots: bytes, path: str, may: bool) -> None:
        assert allowed(robots, AGENT, HOME + path) is may

    def test_rules_for_other_agents_do_not_leak_into_ours(self) -> None:
        robots = b"User-agent: scanlane\nDisallow: /a\nUser-agent: b\nUser-agent: c\nDisallow: /\n"

        assert not allowed(robots, AGENT, HOME + "/a")
        assert allowed(robots, AGENT, HOME + "/b")

    @given(st.binary(max_size=300), st.text(max_size=50))
    def test_no_bytes_make_it_fail(self, rubbish: bytes, path: str) -> None:
        robots = b"User-agent: *\n" + rubbish

        allowed(robots, AGENT, f"{HOME}/{path}")
        crawl_delay(robots, AGENT)
        sitemaps(robots, HOME)

    @pytest.mark.parametrize(
        "robots",
        [
            b"".join(b"User-agent: a%d\n" % number for number in range(9000)) + b"Disallow: /x\n" * 20_000,
            b"User-agent: *\n" + b"".join(b"Disallow: /*a*b*c%d\n" % number for number in range(20_000)),
            b"User-agent: *\nDisallow: /" + b"*a" * 250_000,
            b"User-agent:" * 45_000,
            b" " * 500_000,
        ],
        ids=["many agents", "many rules", "many stars", "one line", "spaces"],
    )
    def test_no_file_takes_long(self, robots: bytes) -> None:
        started = time.process_time()

        allowed(robots, AGENT, HOME + "/" + "a" * 1900)

        assert time.process_time() - started < 0.5


class TestCrawlDelay:
    @pytest.mark.parametrize(
        ("line", "seconds"),
        [
            (b"Crawl-delay: 3", 3.0),
            (b"Crawl-delay: 0.5", 0.5),
            (b"Crawl-delay: soon", None),
            (b"Crawl-delay: -1", None),
        ],
    )
    def test_it_is_the_seconds_or_nothing(self, line: bytes, seconds: float | None) -> None:
        assert crawl_delay(b"User-agent: *\n" + line, AGENT) == seconds

    @pytest.mark.parametrize("endless", [b"1e999", b"inf", b"nan"])
    def test_endless_waiting_is_not_asked_for(self, endless: bytes) -> None:
        assert crawl_delay(b"User-agent: *\nCrawl-delay: " + endless, AGENT) is None


class TestSitemaps:
    def test_they_are_resolved_and_listed_once(self) -> None:
        robots = b"Sitemap: /a.xml\nUser-agent: *\nSITEMAP: https://bakery.example/b.xml\nSitemap: /a.xml\nSitemap: ftp://x\n"

        assert sitemaps(robots, HOME + "/") == [HOME + "/a.xml", HOME + "/b.xml"]
