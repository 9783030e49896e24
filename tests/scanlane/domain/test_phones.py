"""Which digits are a telephone number."""

import pytest

from scanlane.domain import phones
from scanlane.domain.flow import Flow
from scanlane.domain.phone_labels import is_fax
from tests.scanlane.domain.phone_samples import NO_NUMBERS, NUMBERS


def values(text: str, region: str | None = "GB") -> list[str]:
    return [phone.value for phone in phones.in_text(Flow(text), region)]


class TestInText:
    @pytest.mark.parametrize(
        ("text", "region"),
        [
            ("Call +44 20 7946 0123", None),
            ("Call +44 (0)20 7946 0123.", None),
            ("Phone: 020 7946 0123", "GB"),
            ("Tel.:020/79460123", "GB"),
            ("T: 020 7946 0123", "GB"),
            ("(020) 7946 0123", "GB"),
            ("0044 20 7946 0123", None),
            ("☎ 020 7946 0123 (office)", "GB"),
        ],
    )
    def test_numbers_in_many_spellings_become_one(self, text: str, region: str | None) -> None:
        assert values(text, region) == ["+442079460123"]

    @pytest.mark.parametrize(
        "text",
        ["020 7946 0123 / 020 7946 0124", "Tel 020 7946 0123 | 020 7946 0124", "(020) 7946 0123  (020) 7946 0124"],
    )
    def test_two_numbers_may_stand_side_by_side(self, text: str) -> None:
        assert values(text) == ["+442079460123", "+442079460124"]

    def test_letters_before_a_bracketed_number_do_not_spoil_it(self) -> None:
        assert values("202-BUN-4-ME-1 (202-555-0143)", None) == ["+12025550143"]

    @pytest.mark.parametrize("text", ["(202) 555-0143", "202-555-0143", "Call 1-202-555-0143"])
    def test_north_american_groups_are_known_without_a_region(self, text: str) -> None:
        assert values(text, None) == ["+12025550143"]

    @pytest.mark.parametrize(
        "text",
        [
            "12.05.2026 13:30", "2026-05-12", "2019 - 2026", "12/05/2026", "Order 4711 0815 4711",
            "ISBN 978-3-16-148410-0", "DE89 3704 0044 0532 0130 00", "£ 1.234.567,00", "1 234 567 visitors",
            "51.5074, -0.1278", "id=442079460123", "/article/02079460123", "v02079460123", "02079460123@",
            "020 7946 0123 4567 8901 2345", "192.168.100.200",
        ],
    )  # fmt: skip
    def test_dates_prices_accounts_and_identifiers_are_none(self, text: str) -> None:
        assert values(text) == []

    def test_a_date_is_none_even_where_it_would_make_a_valid_number(self) -> None:
        assert values("Ring: 22 05 20 26", "NO") == ["+4722052026"]
        assert values("Ring: 22.05.2026", "NO") == []

    def test_the_context_begins_with_the_label(self) -> None:
        found = list(phones.in_text(Flow("Tel 020 7946 0123 Fax 020 7946 0124"), "GB"))

        assert [is_fax(phone.context) for phone in found] == [False, True]


class TestDialled:
    @pytest.mark.parametrize(
        "href",
        [
            "tel:+442079460123",
            "tel:020%207946%200123",
            "TEL: 020-7946-0123",
            "callto:+442079460123",
            "tel:02079460123;ext=5",
        ],
    )
    def test_links_are_read_leniently(self, href: str) -> None:
        assert phones.dialled(href, "GB") == "+442079460123"

    @pytest.mark.parametrize("href", ["tel:", "tel:123", "tel:call-us", "tel:+99999999999999", "mailto:x"])
    def test_what_is_no_number_is_none(self, href: str) -> None:
        assert phones.dialled(href, "GB") is None


class TestWithSamplesOfManyCountries:
    """Precision and recall over numbers and look-alikes as websites write them."""

    @pytest.mark.parametrize(("region", "text", "numbers"), NUMBERS)
    def test_numbers_are_found(self, region: str, text: str, numbers: tuple[str, ...]) -> None:
        assert values(text, region or None) == list(numbers)

    @pytest.mark.parametrize(("region", "text"), NO_NUMBERS)
    def test_other_digits_are_not(self, region: str, text: str) -> None:
        assert values(text, region) == []

    def test_precision_and_recall(self, capsys: pytest.CaptureFixture[str]) -> None:
        wanted = {(text, number) for _, text, numbers in NUMBERS for number in numbers}
        samples = [*((region, text) for region, text, _ in NUMBERS), *NO_NUMBERS]

        found = {(text, number) for region, text in samples for number in values(text, region or None)}

        right = len(found & wanted)
        with capsys.disabled():
            print(f" precision {right / len(found):.3f}, recall {right / len(wanted):.3f} of {len(wanted)} numbers")
        assert len({region for region, _, _ in NUMBERS}) >= 35
        assert (right, len(found)) == (len(wanted), len(wanted))
