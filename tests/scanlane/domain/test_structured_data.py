"""What a page states for machines."""

import pytest

from scanlane.domain import html, structured_data


def facts(block: str) -> structured_data.Facts:
    return structured_data.json_ld(html.parse(f'<script type="application/ld+json">{block}</script>'))


class TestJsonLd:
    def test_contacts_are_found_at_any_depth(self) -> None:
        said = facts(
            '{"@graph":[{"@type":"Bakery","email":"a@x.de","contactPoint":{"telephone":"+49 30 1"},'
            '"sameAs":["https://x.com/abc"],"address":{"addressCountry":"de"}}]}'
        )

        assert (said.emails, said.phones) == (["a@x.de"], ["+49 30 1"])
        assert (said.profiles, said.countries) == (["https://x.com/abc"], ["DE"])

    def test_the_site_is_that_of_an_organisation_not_of_an_image(self) -> None:
        said = facts('[{"@type":"Organization","url":"https://a.de"},{"@type":"ImageObject","url":"https://cdn.de/x"}]')

        assert said.sites == ["https://a.de"]

    @pytest.mark.parametrize(
        "wrapped",
        [
            '<!-- {"email":"a@x.de"} -->',
            '//<![CDATA[\n{"email":"a@x.de"}\n//]]>',
            '{"email":"a@x.de",}',
            '{"email":"a@x.de"};',
        ],
    )
    def test_common_mistakes_are_forgiven(self, wrapped: str) -> None:
        assert facts(wrapped).emails == ["a@x.de"]

    @pytest.mark.parametrize("broken", ["", "{", "[" * 100_000, '{"email":', "null", "1e999", "9" * 5000])
    def test_what_is_no_json_says_nothing(self, broken: str) -> None:
        assert facts(broken).emails == []


class TestMicrodata:
    @pytest.mark.parametrize(
        "markup",
        [
            "<span itemprop=email>a@x.de</span>",
            "<meta itemprop=email content=a@x.de>",
            "<a itemprop='email url' href='a@x.de'>write</a>",
        ],
    )
    def test_the_value_is_the_attribute_or_else_the_text(self, markup: str) -> None:
        assert structured_data.microdata(html.parse(markup)).emails == ["a@x.de"]
