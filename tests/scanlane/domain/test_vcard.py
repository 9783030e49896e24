"""vCards of all versions, in files and in links."""

import base64
import time
from urllib.parse import quote

import pytest

from scanlane.domain import contacts, vcard
from scanlane.domain.sightings import Method
from tests.scanlane.domain.sample_pages import URL, shown

SIMPLE = """BEGIN:VCARD
VERSION:4.0
FN:Ada Example
ORG:Harbour Bakery;Office
TITLE:Head baker
EMAIL;TYPE=work:info@harbour-bakery.example
TEL;VALUE=uri;TYPE="voice,home":tel:+44-20-7946-0123;ext=7
URL:https://harbour-bakery.example/
END:VCARD
"""


def emails(body: bytes | str, content_type: str | None = "text/vcard") -> list[str]:
    """The addresses that extraction finds in a file."""
    return [sighting.value for sighting in contacts.extract(body, URL, content_type).emails]


class TestCards:
    def test_a_card_says_who_it_is_and_how_to_reach_them(self) -> None:
        (card,) = vcard.cards(SIMPLE.replace("\n", "\r\n").encode())

        assert (card.name, card.organisation, card.title) == ("Ada Example", "Harbour Bakery", "Head baker")
        assert card.emails == ("info@harbour-bakery.example",)
        assert card.phones == ("voice home +44-20-7946-0123",)
        assert card.urls == ("https://harbour-bakery.example/",)

    def test_each_card_of_a_file_keeps_its_own(self) -> None:
        other = SIMPLE.replace("Ada Example", "Bo Example").replace("info@", "bo@")

        found = vcard.cards(SIMPLE + other)

        assert [(card.name, card.emails) for card in found] == [
            ("Ada Example", ("info@harbour-bakery.example",)),
            ("Bo Example", ("bo@harbour-bakery.example",)),
        ]

    def test_a_card_within_a_card_is_a_card_of_its_own(self) -> None:
        inner = "AGENT:\nBEGIN:VCARD\nFN:Bo Example\nEMAIL:bo@harbour-bakery.example\nEND:VCARD\n"

        names = {card.name: card.emails for card in vcard.cards(SIMPLE.replace("ORG:", inner + "ORG:"))}

        assert names == {
            "Bo Example": ("bo@harbour-bakery.example",),
            "Ada Example": ("info@harbour-bakery.example",),
        }

    @pytest.mark.parametrize(
        ("line", "name"),
        [
            ("FN:Caf\\, \\; bar\\nline", "Caf, ; bar line"),
            ("fn:Ada", "Ada"),
            ("item1.FN:Ada", "Ada"),
            ('FN;X="a:b;c":Ada', "Ada"),
            ("N:Example;Ada;;;", "Ada Example"),
            ("FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BChle", "Mühle"),
            ("FN;QUOTED-PRINTABLE;CHARSET=ISO-8859-1:M=FChle", "Mühle"),
            ("FN;ENCODING=QUOTED-PRINTABLE:Ada =\nExample", "Ada Example"),
            ("FN:Ada Exa\n mple", "Ada Example"),
            ("FN:Ada Exa\r\n\tmple", "Ada Example"),
            ("FN;ENCODING=B:QWRh", "Ada"),
            ("FN", ""),
            ("FN;:", ""),
            ("FN;CHARSET=punycode:Ada", "Ada"),
        ],
    )
    def test_lines_are_read_as_every_version_writes_them(self, line: str, name: str) -> None:
        (card,) = vcard.cards(f"BEGIN:VCARD\n{line}\nEND:VCARD\n".encode())

        assert card.name == name

    def test_a_fold_may_part_the_bytes_of_one_letter(self) -> None:
        (card,) = vcard.cards(b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:M\xc3\r\n \xbchle\r\nEND:VCARD\r\n")

        assert card.name == "Mühle"

    def test_version_2_1_folds_at_a_space_that_stays(self) -> None:
        (card,) = vcard.cards("BEGIN:VCARD\nVERSION:2.1\nFN:Ada\n Example\nEND:VCARD")

        assert card.name == "Ada Example"

    @pytest.mark.parametrize("codec", ["utf-16", "utf-8-sig", "cp1252"])
    def test_the_characters_of_a_whole_file_are_recognised(self, codec: str) -> None:
        assert vcard.cards("BEGIN:VCARD\nFN:Mühle\nEND:VCARD".encode(codec))[0].name == "Mühle"

    @pytest.mark.parametrize("body", [b"", b"END:VCARD", b"BEGIN:VCARD", b"EMAIL:a@b.example", b"BEGIN:VCARD\n:\n;"])
    def test_rubbish_is_harmless(self, body: bytes) -> None:
        assert all(not card.emails for card in vcard.cards(body))

    @pytest.mark.parametrize(
        "body",
        [
            b"BEGIN:VCARD\n" * 200_000,
            b"BEGIN:VCARD\nEND:VCARD\n" * 100_000,
            b"BEGIN:VCARD\n" + b"EMAIL:a@b.example\n" * 100_000,
            b"BEGIN:VCARD\nFN:a" + b"\n a" * 700_000,
            b"BEGIN:VCARD\nFN;ENCODING=QUOTED-PRINTABLE:" + b"=\n" * 1_000_000,
            b"BEGIN:VCARD\nFN;" + b'"' * 2_000_000,
            b"BEGIN:VCARD\n" + b'FN;a="' * 400_000,
            b"BEGIN:VCARD\nN:" + b"\\;" * 1_000_000,
            b"BEGIN:VCARD\nPHOTO;ENCODING=b:" + b"A" * 2_000_000,
            b"BEGIN:VCARD\n" + b"TEL:+" * 500_000,
            b"\r" * 2_000_000,
        ],
    )
    def test_a_hostile_file_takes_no_time(self, body: bytes) -> None:
        started = time.process_time()

        found = vcard.cards(body)

        assert time.process_time() - started < 0.5
        assert len(found) <= vcard.MOST_CARDS


class TestExtraction:
    @pytest.mark.parametrize("content_type", ["text/vcard", "text/x-vcard; charset=utf-8", "text/plain", None])
    def test_a_vcard_is_known_by_its_type_or_its_beginning(self, content_type: str | None) -> None:
        assert emails(SIMPLE.encode(), content_type) == ["info@harbour-bakery.example"]

    def test_its_numbers_and_profiles_are_contacts_too(self) -> None:
        body = SIMPLE.replace("END:", "TEL;FAX:+44 20 7946 0124\nURL:https://www.facebook.com/harbourbakery\nEND:")

        found = contacts.extract(body, URL, "text/vcard")

        assert [(one.value, one.method) for one in found.phones] == [
            ("+442079460123", Method.VCARD),
            ("+442079460124", Method.VCARD),
        ]
        assert found.phones[1].context.startswith("fax ")
        assert [(one.value, one.network) for one in found.socials] == [
            ("https://facebook.com/harbourbakery", "facebook")
        ]

    @pytest.mark.parametrize("value", ["mailto:info@harbour-bakery.example", "Bakery <info@harbour-bakery.example>"])
    def test_addresses_are_read_however_they_are_dressed(self, value: str) -> None:
        assert emails(f"BEGIN:VCARD\nEMAIL:{value}\nEND:VCARD") == ["info@harbour-bakery.example"]

    @pytest.mark.parametrize(
        "href",
        [
            "data:text/vcard;charset=utf-8," + quote(SIMPLE),
            "data:text/x-vcard;base64," + base64.b64encode(SIMPLE.encode()).decode(),
            "DATA:text/vcard," + quote(SIMPLE),
        ],
    )
    def test_a_card_in_a_link_is_read_with_the_page(self, href: str) -> None:
        assert shown(f'<a href="{href}">Save contact</a>') == {"info@harbour-bakery.example"}

    @pytest.mark.parametrize(
        "href", ["data:,x", "data:text/html," + quote(SIMPLE), "data:text/vcard;base64,%%%", "data:"]
    )
    def test_other_data_links_are_not(self, href: str) -> None:
        assert shown(f'<a href="{href}">x</a>') == set()
