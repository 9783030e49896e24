"""What counts as the same address, domain, number or profile for a suppression."""

import pytest

from scanlane.domain.suppression_keys import host_suffixes, keys_of, read_key
from scanlane.errors import BadInput


class TestOneMailbox:
    @pytest.mark.parametrize(
        "spelling",
        [
            "ada@shop.example",
            " Ada@SHOP.example ",
            "ada+news@shop.example",
            "ada@shop.example.",
            "ａda@shop.example",
        ],
    )
    def test_has_one_key_however_it_is_spelled(self, spelling: str) -> None:
        assert str(read_key(spelling)) == "email:ada@shop.example"

    @pytest.mark.parametrize("spelling", ["a.d.a@gmail.com", "ADA@googlemail.com", "ada+x@gmail.com"])
    def test_of_google_has_no_dots(self, spelling: str) -> None:
        assert str(read_key(spelling)) == "email:ada@gmail.com"

    def test_elsewhere_dots_count(self) -> None:
        assert read_key("a.da@shop.example") != read_key("ada@shop.example")

    def test_of_an_international_domain_is_one_in_both_spellings(self) -> None:
        assert read_key("info@bäckerei.example") == read_key("info@xn--bckerei-5wa.example")


class TestKinds:
    @pytest.mark.parametrize(
        ("text", "key"),
        [
            ("@www.Shop.example", "domain:shop.example"),
            ("+49 (30) 123-456", "phone:+4930123456"),
            ("0049 30 123456", "phone:+4930123456"),
            ("https://www.network.example/Shop/", "profile:network.example/shop"),
        ],
    )
    def test_are_told_apart(self, text: str, key: str) -> None:
        assert str(read_key(text)) == key

    @pytest.mark.parametrize(
        "text", ["", "shop", "shop.example", "a@b", "@", "@shop", "12345", "a\x00@shop.example", "x" * 501]
    )
    def test_what_is_none_of_them_is_refused_and_not_repeated(self, text: str) -> None:
        with pytest.raises(BadInput) as refused:
            read_key(text)

        assert len(text) < 2 or text not in refused.value.message


class TestAContact:
    def test_falls_under_its_mailbox_and_every_domain_above(self) -> None:
        keys = set(map(str, keys_of("email", "Ada@mail.shop.example")))

        assert keys == {"email:ada@mail.shop.example", "domain:mail.shop.example", "domain:shop.example"}

    def test_of_another_kind_falls_under_itself_alone(self) -> None:
        assert list(map(str, keys_of("phone", "+4930123456"))) == ["phone:+4930123456"]
        assert list(map(str, keys_of("social", "https://network.example/Shop"))) == ["profile:network.example/shop"]


def test_a_host_has_its_parents_down_to_two_labels() -> None:
    assert host_suffixes("www.a.shop.example") == ("a.shop.example", "shop.example")
    assert host_suffixes("127.0.0.1") == ("127.0.0.1",)
