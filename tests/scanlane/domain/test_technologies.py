"""The technologies that a page gives away: each by its signs, none by chance."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanlane.domain import html
from scanlane.domain.technologies import MOST_TECHNOLOGIES, Technology, technologies, traces_of
from scanlane.domain.technology_rules import RULE_OF, RULES
from scanlane.domain.technology_signs import HeaderSign, MetaSign, Sign, SourceSign
from tests.scanlane.domain.technology_samples import Sample, samples

SAMPLES = list(samples())
HONEST = """<!doctype html><html lang="en"><head><title>Why we left WordPress for paper</title>
<meta name="description" content="Shopify, Wix and TYPO3 compared: nginx is no content management system.">
<meta name="viewport" content="width=device-width"><link rel="canonical" href="https://bakery.example/blog/wordpress">
<link rel="stylesheet" href="/css/site.css"><script src="/js/site.js"></script>
<script src="/js/reaction.js"></script></head>
<body><p>We know jquery.js, react.js and Google Analytics by name. Our PHP was never public; our page on Squarespace is
gone, and so are the cookies. Read more about Cloudflare, Stripe and Calendly at wordpress.org.</p>
<a href="https://www.shopify.com/blog">Shopify</a><a href="https://www.facebook.com/bakery">Facebook</a>
<script>const bread = {"wix": 1, "react": 2, "drupal": "old"};</script></body></html>"""


def seen(page: str, headers: dict[str, str] | None = None, cookies: tuple[str, ...] = ()) -> dict[str, Technology]:
    """The technologies of a page, by name."""
    found = technologies(traces_of(page, html.parse(page), headers=headers, cookies=cookies))
    return {one.name: one for one in found}


def pattern_of(sign: Sign) -> str:
    """The regular expression of a sign; the name of a cookie is short, a text in the markup is no pattern."""
    match sign:
        case HeaderSign(value=pattern) | MetaSign(value=pattern) | SourceSign(address=pattern):
            return re.sub(r"\[[^\]]*\]", "", pattern.pattern)
        case _:
            return ""


class TestRules:
    @pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample.name} {sample.kind}")
    def test_a_technology_is_known_by_its_sign(self, sample: Sample) -> None:
        found = seen(sample.page, sample.headers, sample.cookies)

        assert sample.name in found
        assert found[sample.name].version == sample.version
        assert 40 <= found[sample.name].confidence <= 100
        assert found[sample.name].evidence

    def test_every_rule_has_a_sample(self) -> None:
        assert {sample.name for sample in SAMPLES} == set(RULE_OF)
        assert len(RULES) == len(RULE_OF) >= 200

    def test_what_never_comes_alone_names_something_known(self) -> None:
        assert {rule.implies for rule in RULES if rule.implies} <= set(RULE_OF)

    def test_a_page_that_only_talks_about_technologies_has_none(self) -> None:
        assert seen(HONEST, {"content-type": "text/html"}, ("consent", "session")) == {}

    def test_no_pattern_takes_more_than_linear_time(self) -> None:
        unbounded = re.compile(r"(?<!\\)[*+]|\{\d+,\}")
        endless = [rule.name for rule in RULES for sign in rule.signs if unbounded.search(pattern_of(sign))]

        assert endless == []

    @pytest.mark.parametrize(
        "piece",
        [
            "/wp-includes/",
            "//a.",
            "/jquery-1.",
            "/leaflet",
            "/theme/",
            "/plugins/woocommerce/?ver=",
            "/-/media/",
            "-.a/",
        ],
    )
    def test_hostile_addresses_take_no_time(self, piece: str) -> None:
        page = f'<script src="{piece * (499 // len(piece))}"></script>' * 400
        started = time.process_time()

        seen(page)

        assert time.process_time() - started < 1.5


class TestTechnologies:
    def test_the_surest_sign_is_the_evidence_and_any_sign_may_tell_the_version(self) -> None:
        page = '<meta name="generator" content="WordPress"><script src="/wp-includes/a.js?ver=6.4.1"></script>'

        found = seen(page)["WordPress"]

        assert (found.category, found.confidence) == ("cms", 100)
        assert found.evidence == "meta generator: WordPress"
        assert found.version == "6.4.1"

    def test_what_a_technology_never_comes_without_is_found_with_it(self) -> None:
        found = seen('<meta name="generator" content="WooCommerce 8.8.3">')

        assert found["WordPress"].evidence == "implied by WooCommerce"
        assert found["WordPress"].version is None

    def test_several_generators_are_all_read(self) -> None:
        page = '<meta name="generator" content="WordPress 6.5"><meta name="generator" content="Elementor 3.21.0; a">'

        assert {name: one.version for name, one in seen(page).items()} == {"WordPress": "6.5", "Elementor": "3.21.0"}

    def test_the_surest_come_first(self) -> None:
        page = '<script src="/wp-content/a.js"></script>'
        found = technologies(traces_of(page, html.parse(page), headers={"Server": "nginx"}))

        assert [(one.name, one.confidence) for one in found] == [("nginx", 100), ("WordPress", 90)]

    def test_there_is_an_end(self) -> None:
        page = "".join(sample.page for sample in SAMPLES)

        assert len(seen(page)) == MOST_TECHNOLOGIES

    @given(st.text(max_size=200), st.dictionaries(st.text(max_size=10), st.text(max_size=20)), st.lists(st.text()))
    def test_nothing_makes_it_fail(self, page: str, headers: dict[str, str], cookies: list[str]) -> None:
        technologies(traces_of(page, html.parse(page), headers=headers, cookies=cookies))
