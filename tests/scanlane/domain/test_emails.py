"""Where an address begins and ends in running text."""

import pytest

from scanlane.domain.emails import addresses


def values(text: str, *tags: int) -> list[str]:
    return [found.value for found in addresses(text, tags)]


class TestAddresses:
    @pytest.mark.parametrize(
        "text",
        [
            "info@bakery-fixture.de",
            "(info@bakery-fixture.de)",
            "<info@bakery-fixture.de>,",
            "Write:info@bakery-fixture.de.",
            "'info@bakery-fixture.de'",
            "info@Bakery-Fixture.DE!",
            "...info@bakery-fixture.de...",
        ],
    )
    def test_punctuation_around_it_does_not_belong_to_it(self, text: str) -> None:
        assert values(text) == ["info@bakery-fixture.de"]

    def test_several_stand_side_by_side(self) -> None:
        assert values("a@bakery-fixture.de,b@bakery-fixture.de;c@bakery-fixture.de") == [
            "a@bakery-fixture.de",
            "b@bakery-fixture.de",
            "c@bakery-fixture.de",
        ]

    def test_the_local_part_keeps_its_case_and_the_host_does_not(self) -> None:
        assert values("Info.Desk@Bakery-Fixture.De") == ["Info.Desk@bakery-fixture.de"]

    @pytest.mark.parametrize(
        "address", ["grüße@bäckerei-fixture.de", "пекарня@хлеб-fixture.рф", "信息@面包-fixture.cn"]
    )
    def test_other_alphabets_are_addresses_too(self, address: str) -> None:
        assert values(f"→ {address} ←") == [address]

    def test_a_tag_parts_an_address_from_its_neighbours(self) -> None:
        text = "462769info@bakery-fixture.depost"

        assert values(text, 6, 28) == ["info@bakery-fixture.de"]

    def test_tags_inside_the_address_do_not_part_it(self) -> None:
        text = "info@bakery-fixture.de"

        assert values(text, 4, 5, 19, 20) == [text]

    def test_positions_are_those_in_the_text(self) -> None:
        text = "Write to info@bakery-fixture.de today"

        found = next(addresses(text))

        assert text[found.start : found.end] == found.value


class TestNeighbours:
    """Words and signs that touch an address without belonging to it."""

    @pytest.mark.parametrize(
        "text",
        [
            "邮箱info@bakery-fixture.de电话", "メールinfo@bakery-fixture.deまで",
            "Почтаinfo@bakery-fixture.deтелефон",
            "E-Mailinfo@bakery-fixture.de", "Mailinfo@bakery-fixture.de", "Tel 0123-456789info@bakery-fixture.de",
            "d'info@bakery-fixture.de", "info@bakery-fixture.dewww.bakery-fixture.de", "info@bakery-fixture.detel",
            "info@bakery-fixture.deTelefon", "info@bakery-fixture.de.Bitte", "info@bakery-fixture.dehttps://",
        ],
    )  # fmt: skip
    def test_glue_is_cut_off(self, text: str) -> None:
        assert values(text) == ["info@bakery-fixture.de"]

    def test_a_number_with_spaces_ends_where_the_name_begins(self) -> None:
        assert values("Tel 0123 4567ada.example@bakery-fixture.de") == ["ada.example@bakery-fixture.de"]

    @pytest.mark.parametrize(
        "label", ["Fax 462769", "Fax 0404627691", "Telefon: 462769", "Telefax:\n040/462769", "Tel.46276-91"]
    )
    def test_a_number_behind_its_label_is_no_part_of_the_name(self, label: str) -> None:
        assert values(f"{label}ada.example@bakery-fixture.de") == ["ada.example@bakery-fixture.de"]

    @pytest.mark.parametrize("local", ["24hours", "o'example", "d'example", "maildesk", "mailing", "1822bakery"])
    def test_names_that_look_glued_stay_whole(self, local: str) -> None:
        assert values(f"in 2019 {local}@bakery-fixture.de") == [f"{local}@bakery-fixture.de"]

    def test_two_addresses_of_one_host_may_touch(self) -> None:
        assert values("info@bakery-fixture.deshop@bakery-fixture.de") == [
            "info@bakery-fixture.de",
            "shop@bakery-fixture.de",
        ]

    @pytest.mark.parametrize("text", ["{info,shop}@bakery-fixture.de", "(info|shop)@bakery-fixture.de"])
    def test_names_in_brackets_share_the_host(self, text: str) -> None:
        assert values(text) == ["info@bakery-fixture.de", "shop@bakery-fixture.de"]


class TestAccounts:
    @pytest.mark.parametrize(
        "text",
        [
            "@baker@social.bakery-fixture.de", "ssh root@server.bakery-fixture.de",
            "scp a.txt ada@bakery-fixture.de:/tmp",
            "git clone ada@bakery-fixture.de:repository", "Message-ID: <1@bakery-fixture.de>",
            "ada@bakery-fixture.de:~/notes",
            "bundes€info@bakery-fixture.de",
        ],
    )  # fmt: skip
    def test_handles_and_accounts_on_computers_are_none(self, text: str) -> None:
        assert values(text) == []


class TestInUrls:
    @pytest.mark.parametrize(
        "text",
        [
            "https://archive.example/all/20260305-1234@bakery-fixture.de", "https://ada@bakery-fixture.de/repository",
            "ssh://ada@bakery-fixture.de", "https://ada:secret@bakery-fixture.de/simple",
            "https://shop.example/login?user=ada@bakery-fixture.de",
        ],
    )  # fmt: skip
    def test_an_account_or_a_message_is_none(self, text: str) -> None:
        assert values(text) == []

    @pytest.mark.parametrize(
        "text",
        [
            "https://bakery-fixture.de/info@bakery-fixture.de", "http://www.bakery-fixture.de info@bakery-fixture.de",
            "www.bakery-fixture.de/info@bakery-fixture.de", "Web: https://other.example, Mail:info@bakery-fixture.de",
        ],
    )  # fmt: skip
    def test_an_address_beside_the_web_site_is_one(self, text: str) -> None:
        assert values(text) == ["info@bakery-fixture.de"]

    def test_a_tag_ends_the_url(self) -> None:
        text = "https://other.example/info@bakery-fixture.de"

        assert values(text, 22) == ["info@bakery-fixture.de"]
