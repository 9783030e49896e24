"""The promise of a page, judged by its address and the text of the link."""

import pytest

from scanlane.domain.link_priority import (
    ARCHIVE,
    CONTACT,
    DATED,
    HOME,
    LEAST_ORDINARY,
    ORDINARY,
    PEOPLE,
    PLACES,
    PRIVACY,
    priority,
)


class TestPriority:
    def test_the_home_page_comes_first(self) -> None:
        assert priority("/") == HOME

    @pytest.mark.parametrize(
        "path",
        [
            "/contact",
            "/contact-us.html",
            "/Kontakt.php",
            "/impressum",
            "/contacto",
            "/contatti",
            "/contato",
            "/nous-contacter",
            "/mentions-legales",
            "/kontakta-oss",
            "/kontakt-oss",
            "/yhteystiedot",
            "/kapcsolat",
            "/kontakty",
            "/iletisim",
            "/%D0%BA%D0%BE%D0%BD%D1%82%D0%B0%D0%BA%D1%82%D1%8B",
            "/%E8%81%94%E7%B3%BB%E6%88%91%E4%BB%AC",
            "/index.php?page=kontakt",
        ],
    )
    def test_contact_pages_are_known_in_many_languages(self, path: str) -> None:
        assert priority(path) == CONTACT

    @pytest.mark.parametrize("text", ["contact", "Nous contacter", "Über uns / Kontakt", "お問い合わせ", "İletişim"])
    def test_the_text_of_a_link_says_it_too(self, text: str) -> None:
        assert priority("/p7", text.lower()) >= CONTACT - 1

    @pytest.mark.parametrize(
        ("path", "kind"),
        [
            ("/about", PEOPLE),
            ("/ueber-uns", PEOPLE),
            ("/om-oss", PEOPLE),
            ("/our-team.html", PEOPLE),
            ("/locations", PLACES),
            ("/presse", PLACES),
            ("/datenschutz", PRIVACY),
        ],
    )
    def test_other_kinds_have_their_own_place(self, path: str, kind: int) -> None:
        assert priority(path) == kind

    @pytest.mark.parametrize("path", ["/tag/rye", "/blog/page/7", "/?page=3", "/calendar", "/list?sort=asc", "/login"])
    def test_archives_and_calendars_come_last(self, path: str) -> None:
        assert priority(path) == ARCHIVE

    def test_dated_articles_come_after_ordinary_pages_and_before_archives(self) -> None:
        assert ARCHIVE < priority("/2019/05/rye") == priority("/news/2020-harvest") == DATED < LEAST_ORDINARY

    def test_ordinary_pages_come_the_later_the_deeper_they_lie(self) -> None:
        assert ORDINARY > priority("/a", depth=1) > priority("/a/b", depth=1) > priority("/a/b", depth=2) > ARCHIVE

    def test_a_headline_is_no_menu_entry(self) -> None:
        assert priority("/p8", "ten ways to contact the people behind your bread") < PRIVACY
