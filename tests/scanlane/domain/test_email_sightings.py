"""Places in a page that hold an address, beside the ways of hiding one that the obfuscation catalogue lists."""

import pytest

from tests.scanlane.domain.sample_pages import shown

ADDRESS = "info@harbour-bakery.example"
ONLY = {ADDRESS}


class TestLinksWithoutTheirScheme:
    @pytest.mark.parametrize(
        "href",
        [
            ADDRESS, f"http://{ADDRESS}", f"//{ADDRESS}", f"/en/{ADDRESS}", f"../{ADDRESS}?subject=Bread",
            f"https://www.harbour-bakery.example/en/{ADDRESS}", "info%40harbour-bakery.example",
            f"mailto://{ADDRESS}", f"mailto:mailto:{ADDRESS}", f"/contact?mailto={ADDRESS}&page=2",
            "/contact?mailto=info%40harbour-bakery.example",
            f"https://mail.google.com/mail/?view=cm&fs=1&to={ADDRESS}&su=Bread", f"mailto:Bakery <{ADDRESS}>",
            f"maito:{ADDRESS}", f"email:{ADDRESS}", f"mailto;{ADDRESS}", f"mailto {ADDRESS}", f"tel:{ADDRESS}",
            f"https://mailto:{ADDRESS}",
            f"mailto:{ADDRESS}.", f"mailto:{ADDRESS},", "mailto:info (at) harbour-bakery.example",
        ],
    )  # fmt: skip
    def test_they_are_read_as_meant(self, href: str) -> None:
        assert shown(f'<a href="{href}">Write to us</a>') == ONLY

    @pytest.mark.parametrize(
        "href",
        [
            "https://social.example/@info@harbour-bakery.example", "ssh://info@harbour-bakery.example",
            "https://info@harbour-bakery.example/repository", "https://cdn.example/npm/bread@2.1.0/bread.js",
            f"skype:{ADDRESS}?chat", f"xmpp:{ADDRESS}", f"sip:{ADDRESS}",
            "https://social.example/@harbour-bakery.example", "/users?q=harbour@bakery",
        ],
    )  # fmt: skip
    def test_accounts_and_handles_are_none(self, href: str) -> None:
        assert shown(f'<a href="{href}">Follow us</a>') == set()


class TestText:
    @pytest.mark.parametrize(
        "markup",
        [
            "info&amp;#64;harbour-bakery.example",
            "Write: &amp;#105;nfo&amp;#x40;harbour&amp;#45;bakery.example",
            "info@<br>harbour-bakery.example", "info @ harbour-bakery.example",
            "info\u24d0harbour-bakery.example", "info@harbour\u2011bakery.example",
            "info(at)<br>harbour-bakery.example",
            'info<img src="a.png" alt=" (at) ">harbour-bakery.example',
            'info<img src="a.png" alt="@-Zeichen">harbour-bakery.example',
            "Kontakt:<b>info</b> (at) <b>harbour-bakery</b> (punkt) <b>example</b>",
        ],
    )  # fmt: skip
    def test_an_address_in_disguise(self, markup: str) -> None:
        assert shown(f"<p>{markup}</p>") == ONLY

    def test_elements_that_only_screen_readers_skip_are_shown(self) -> None:
        assert shown(f'<div aria-hidden="true">{ADDRESS}</div>') == ONLY

    def test_a_name_pattern_is_nobody_on_the_own_site_either(self) -> None:
        assert shown("<p>firstname.lastname@harbour-bakery.example</p>") == set()

    def test_a_word_for_harvesters_before_the_host_makes_another_address(self) -> None:
        markup = f'<p>info@<i class="x">trap</i>harbour-bakery.example</p><a href="mailto:{ADDRESS}">Write</a>'

        assert shown(markup) == ONLY


class TestAttributes:
    @pytest.mark.parametrize("value", ["info[at]harbour-bakery.example", "info(at)harbour-bakery(dot)example"])
    def test_words_for_the_sign_count_where_the_name_says_mail(self, value: str) -> None:
        assert shown(f'<a href="#" data-email="{value}">Write</a>') == ONLY

    @pytest.mark.parametrize(
        "markup",
        [
            f'<form action="https://forms.example/{ADDRESS}">', f'<link rel="me" href="mailto:{ADDRESS}">',
            f'<input type="hidden" name="recipient" value="{ADDRESS}">', f'<option value="{ADDRESS}">Shop</option>',
        ],
    )  # fmt: skip
    def test_forms_and_heads_name_a_recipient(self, markup: str) -> None:
        assert shown(markup) == ONLY

    @pytest.mark.parametrize("start", ["e.g. ", "z.B. ", "p. ej. ", "Ex.: ", "Beispiel: ", "f.eks. "])
    def test_examples_for_the_visitor_are_none(self, start: str) -> None:
        assert shown(f'<input title="{start}shop@other-bakery.de">') == set()
