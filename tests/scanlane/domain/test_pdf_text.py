"""The text of PDFs."""

import time

import pytest

from scanlane.domain import contacts, pdf_text
from scanlane.domain.sightings import Method
from tests.scanlane.domain.sample_pages import URL
from tests.scanlane.domain.sample_pdfs import of_streams, pdf

pytest.importorskip("pypdf")

ADDRESS = "info@harbour-bakery.example"


class TestTextOf:
    def test_lines_stay_lines(self) -> None:
        text = pdf_text.text_of(pdf(["Harbour Bakery", "Phone +44 20 7946 0123"], [ADDRESS]))

        assert text.split() == ["Harbour", "Bakery", "Phone", "+44", "20", "7946", "0123", ADDRESS]
        assert "Bakery\nPhone" in text

    def test_links_follow_the_text(self) -> None:
        text = pdf_text.text_of(
            pdf(["Write to us"], links=["mailto:info%40harbour-bakery.example", "tel:+442079460123"])
        )

        assert text.split("\n")[-2:] == ["mailto:info%40harbour-bakery.example", "tel:+442079460123"]

    def test_long_documents_are_read_at_both_ends(self) -> None:
        text = pdf_text.text_of(pdf(*([f"page {number}."] for number in range(40))))

        assert "page 0." in text
        assert "page 39." in text
        assert text.count("page ") == pdf_text.FIRST_PAGES + pdf_text.LAST_PAGES

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"%PDF-1.7",
            b"%PDF-1.7\nxref\ntrailer << /Root 1 0 R >>",
            pdf([ADDRESS])[:400],
            b"<p>info@harbour-bakery.example</p>",
        ],
    )
    def test_what_is_broken_or_no_pdf_is_empty(self, body: bytes) -> None:
        assert pdf_text.text_of(body) == ""

    def test_a_file_over_the_limit_is_not_opened(self) -> None:
        assert pdf_text.text_of(pdf([ADDRESS]), largest=100) == ""

    def test_a_stream_that_unpacks_to_too_much_is_left_out(self) -> None:
        bomb = b"BT " + b" " * (2 * pdf_text.LARGEST_STREAM) + b"ET"
        started = time.process_time()

        text = pdf_text.text_of(of_streams([bomb, b"BT /F1 9 Tf (second) Tj ET"]))

        assert "second" in text
        assert time.process_time() - started < 5

    def test_a_page_of_endless_work_is_left_out(self) -> None:
        flood = b"BT /F1 9 Tf " + b"(a) Tj " * (pdf_text.MOST_WORK // 2 + 1) + b"ET"

        assert "a" not in pdf_text.text_of(of_streams([flood]))


class TestExtraction:
    def test_a_pdf_gives_its_addresses_and_numbers(self) -> None:
        found = contacts.extract(pdf(["Phone +44 20 7946 0123", f"Mail {ADDRESS}"]), URL, "application/pdf")

        assert [(one.value, one.method) for one in found.emails] == [(ADDRESS, Method.PDF)]
        assert [(one.value, one.method) for one in found.phones] == [("+442079460123", Method.PDF)]

    def test_the_targets_of_its_links_count(self) -> None:
        found = contacts.extract(pdf(["Write"], links=["mailto:info%40harbour-bakery.example"]), URL)

        assert [one.value for one in found.emails] == [ADDRESS]

    def test_text_that_was_taken_out_elsewhere_counts_the_same(self) -> None:
        found = contacts.extract("Mail\ninfo (at) harbour-bakery (dot) example\n", URL, "application/pdf")

        (email,) = found.emails
        assert (email.value, email.method, email.obfuscated) == (ADDRESS, Method.PDF, True)

    def test_bytes_that_only_claim_to_be_a_pdf_are_nothing(self) -> None:
        assert contacts.extract(ADDRESS.encode(), URL, "application/pdf").emails == ()
