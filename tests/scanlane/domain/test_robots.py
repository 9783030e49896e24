"""robots.txt: obeyed where it can be understood, never a reason to fail."""

import re
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanlane.domain.robots import LARGEST_ROBOTS, MOST_SITEMAPS, allowed, crawl_delay, sitemaps
from scanlane.domain.robots_rules import matches

HOME = "https://bakery.example"
AGENT = "scanlane"
PIECES = (
    "user-agent: *\n",
    "user-agent: scanlane\n",
    "disallow: /",
    "allow: /",
    "*",
    "$",
    "a",
    "/index.html",
    "#",
    ":",
    " ",
)


class Counted(str):
    """Text that counts how many characters were looked at to find something in it."""

    looked = 0

    def find(self, sub: str, start: Any = 0, end: Any = None, /) -> int:
        """As ever, counting."""
        found = str.find(self, sub, start, end)
        self.looked += (len(self) if found < 0 else found + len(sub)) - int(start)
        return found


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

    @pytest.mark.parametrize(
        "key", ["disallow", "Dissallow", "dissalow", "disalow", "diasllow", "disallaw", "Disallowed", "DISALLOW "]
    )
    def test_usual_misspellings_count(self, key: str) -> None:
        robots = f"useragent: *\n{key}: /staff/"

        assert not allowed(robots.encode(), AGENT, HOME + "/staff/")

    def test_an_agent_that_is_named_twice_obeys_both_groups_and_not_those_for_everybody(self) -> None:
        robots = (
            b"User-agent: *\nDisallow: /c\nUser-agent: scanlane/1.0\nDisallow: /a\nUser-agent: SCANLANE\nDisallow: /b"
        )

        assert [allowed(robots, AGENT, HOME + path) for path in ("/a", "/b", "/c")] == [False, False, True]

    def test_a_group_may_speak_to_one_and_to_everybody_again_and_again(self) -> None:
        robots = b"User-agent: *\nUser-agent: scanlane\nDisallow: /a\nUser-agent: *\nUser-agent: scanlane\nDisallow: /b"

        assert [allowed(robots, AGENT, HOME + path) for path in ("/a", "/b", "/c")] == [False, False, True]

    def test_a_crawl_delay_ends_no_group(self) -> None:
        robots = b"User-agent: scanlane\nCrawl-delay: 2\nUser-agent: otherbot\nDisallow: /a"

        assert not allowed(robots, AGENT, HOME + "/a")
        assert crawl_delay(robots, AGENT) == 2

    def test_utf_16_is_read(self) -> None:
        rules = "User-agent: *\nDisallow: /caf\u00e9"

        assert not allowed(rules.encode("utf-16"), AGENT, HOME + "/caf%C3%A9")

    def test_what_lies_behind_500_kibibytes_is_not_read(self) -> None:
        group = b"User-agent: *\n"
        filling = b"#" * (LARGEST_ROBOTS - len(group) - len(b"\nDisallow: /a\n"))

        assert not allowed(group + filling + b"\nDisallow: /a\n", AGENT, HOME + "/a")
        assert allowed(group + filling + b"#####\nDisallow: /a\n", AGENT, HOME + "/ab")
        assert allowed(group + filling + b"\nDisallow: /x\nDisallow: /a\n", AGENT, HOME + "/a")

    @given(st.binary(max_size=300), st.text(max_size=50), st.text(max_size=10))
    def test_no_bytes_make_it_fail(self, rubbish: bytes, path: str, agent: str) -> None:
        for robots in (rubbish, b"User-agent: *\n" + rubbish, b"\xff\xfe" + rubbish, b"Sitemap: " + rubbish):
            allowed(robots, agent, path)
            allowed(robots, AGENT, f"{HOME}/{path}")
            crawl_delay(robots, agent)
            sitemaps(robots, HOME)

    @given(st.lists(st.sampled_from([*PIECES, "/%2f", "\n"])), st.text("/ab$*%?", max_size=12))
    def test_no_lines_make_it_fail(self, pieces: list[str], path: str) -> None:
        robots = "".join(pieces).encode()

        assert allowed(robots, AGENT, HOME + path) in (True, False)
        assert allowed(robots, "", HOME + path) in (True, False)

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


class TestMatches:
    @pytest.mark.parametrize(
        ("pattern", "target", "fits"),
        [
            ("/a", "/ab", True),
            ("/*b*d", "/abcd", True),
            ("/*b*d", "/adcb", False),
            ("/a*$", "/a", True),
            ("/*a$", "/aba", True),
            ("/a*a$", "/a", False),
            ("*", "/", True),
            ("$", "/", False),
            ("/a$b", "/a$bc", True),
            ("/***a", "/a", True),
            ("/*ab*ab$", "/ab", False),
            ("/*ab*b", "/ab", False),
        ],
    )
    def test_stars_stand_for_anything_and_a_last_dollar_for_the_end(
        self, pattern: str, target: str, fits: bool
    ) -> None:
        assert matches(pattern, target) is fits

    @given(st.text("ab*$", max_size=12), st.text("ab$", max_size=12))
    def test_it_agrees_with_a_regular_expression(self, pattern: str, target: str) -> None:
        body, end = (pattern[:-1], r"\Z") if pattern.endswith("$") else (pattern, "")
        expected = re.match(".*".join(map(re.escape, body.split("*"))) + end, target)

        assert matches(pattern, target) is (expected is not None)

    @pytest.mark.parametrize("pattern", ["*a" * 4000 + "b", "*aab" * 3000, "a*" * 4000 + "b$", "*a" * 8000 + "$"])
    def test_the_work_is_one_pass_over_the_target(self, pattern: str) -> None:
        target = Counted("a" * 1900)

        matches(pattern, target)

        assert target.looked <= 2 * len(target) + len(pattern)


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

    @pytest.mark.parametrize(
        "line",
        [
            "Site-map: /a.xml",
            "sitemaps: /a.xml",
            "Sitemap /a.xml",
            "  Sitemap :/a.xml  ",
            "Sitemap: /a.xml # all pages",
            "Sitemap: //bakery.example/a.xml",
            "Sitemap: a.xml",
            "\ufeffSitemap: /a.xml",
            "User-agent: *\r\ufeffSitemap: /a.xml\rDisallow: /",
            "Sitemap: \u00a0/a.xml\u00a0",
        ],
    )
    def test_they_are_found_as_people_write_them(self, line: str) -> None:
        assert sitemaps(line.encode(), HOME + "/") == [HOME + "/a.xml"]
        assert sitemaps(line.encode("utf-16"), HOME + "/") == [HOME + "/a.xml"]

    @pytest.mark.parametrize(
        "line", ["Sitemap:", "Sitemap: # none", "# Sitemap: /a.xml", "my sitemap: /a.xml", "Map: /a"]
    )
    def test_an_empty_line_names_none(self, line: str) -> None:
        assert sitemaps(line.encode(), HOME + "/") == []

    def test_two_urls_on_a_line_are_two_sitemaps(self) -> None:
        robots = b"Sitemap: https://bakery.example/a.xml https://bakery.example/b.xml\nSitemap: /c d.xml"

        assert sitemaps(robots, HOME + "/") == [HOME + "/a.xml", HOME + "/b.xml", HOME + "/c%20d.xml"]

    def test_a_file_may_name_thousands(self) -> None:
        some = b"".join(b"Sitemap: /%d.xml\n" % number for number in range(1293))
        many = b"".join(b"Sitemap: /%d.xml\n" % number for number in range(20_000))

        assert len(sitemaps(some, HOME + "/")) == 1293
        assert len(sitemaps(many, HOME + "/")) == MOST_SITEMAPS
