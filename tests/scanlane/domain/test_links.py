"""Which links of a page a crawl follows."""

import time
from dataclasses import dataclass

import pytest

from scanlane.domain.links import Scope, folder_of, follow, resolve

HOME = "https://bakery.example/"
SCOPE = Scope(HOME)


@dataclass(frozen=True)
class Link:
    """A link as a reader reports it."""

    href: str
    text: str = ""
    rel: str = ""
    hidden: bool = False


def followed(*links: Link, scope: Scope = SCOPE, base: str = HOME) -> dict[str, int]:
    """The pages that these links lead to, with their priorities."""
    return {page.url: page.priority for page in resolve(links, base, scope, depth=1)}


class TestScope:
    @pytest.mark.parametrize(
        ("home", "url", "inside"),
        [
            (HOME, "https://bakery.example/a", True),
            (HOME, "http://www.bakery.example/a", True),
            (HOME, "https://shop.bakery.example/", True),
            (HOME, "https://bakery.example.other.example/", False),
            (HOME, "https://notbakery.example/", False),
            (HOME, "https://bakery.example:8443/", False),
            ("https://bakery.example:8443/", "https://bakery.example:8443/a", True),
            ("https://bakery.co.uk/", "https://butcher.co.uk/", False),
            ("https://bakery.github.io/", "https://butcher.github.io/", False),
            ("http://127.0.0.1:9100/", "http://127.0.0.1:9100/a", True),
            ("http://127.0.0.1:9100/", "http://127.0.0.1:9101/", False),
            ("http://127.0.0.1:9100/", "http://127.0.0.2:9100/", False),
            ("http://localhost:9100/", "http://localhost/", False),
            ("http://[::1]:9100/", "http://[::1]:9101/", False),
        ],
    )
    def test_a_site_is_its_registered_domain_or_exactly_its_address(self, home: str, url: str, inside: bool) -> None:
        assert Scope(home).holds(url) is inside

    @pytest.mark.parametrize("url", ["http://bakery.example/a", "https://www.bakery.example/a", HOME + "a"])
    def test_scheme_and_www_do_not_make_another_page(self, url: str) -> None:
        assert SCOPE.spell(url) == "https://bakery.example/a"

    def test_other_hosts_keep_their_spelling(self) -> None:
        assert SCOPE.spell("http://shop.bakery.example/a") == "http://shop.bakery.example/a"


class TestFollow:
    @pytest.mark.parametrize(
        "href",
        [
            "#top",
            " mailto:info@bakery.example",
            "tel:+442079460123",
            "JavaScript:void(0)",
            "https://other.example/",
            "/logo@2x.png",
            "/menu.PDF?v=2",
            "/feed.rss",
            "/wp-login.php",
            "/wp-json/wp/v2/pages",
            "/cdn-cgi/l/email-protection#0a",
            "/?add-to-cart=7",
            "/logout",
        ],
    )
    def test_what_is_no_page_is_left_alone(self, href: str) -> None:
        assert follow(HOME, href, SCOPE) is None

    @pytest.mark.parametrize("href", ["/a.html", "/a.php?id=2", "/v1.2/notes", "/js", "/a.b.c/"])
    def test_pages_are_followed(self, href: str) -> None:
        assert follow(HOME, href, SCOPE) == HOME.rstrip("/") + href


class TestResolve:
    def test_contact_pages_come_before_ordinary_ones_and_archives_come_last(self) -> None:
        found = followed(Link("/tag/rye"), Link("/bread"), Link("/kontakt"), Link("/team"), Link("/privacy"))

        assert sorted(found, key=found.__getitem__, reverse=True) == [
            HOME + path for path in ("kontakt", "team", "privacy", "bread", "tag/rye")
        ]

    def test_the_text_of_a_link_counts_as_much_as_its_address(self) -> None:
        found = followed(Link("/p1", "Contact us"), Link("/p2", "Bread"))

        assert found[HOME + "p1"] > 90 > found[HOME + "p2"]

    def test_the_best_of_several_links_to_a_page_counts(self) -> None:
        found = followed(Link("/p1"), Link("/p1#form", "Impressum"), Link("/p1", "more"))

        assert found == {HOME + "p1": 95}

    def test_hidden_links_are_not_followed_unless_they_are_seen_elsewhere(self) -> None:
        found = followed(Link("/a", hidden=True), Link("/contact", hidden=True), Link("/contact"))

        assert set(found) == {HOME + "contact"}

    def test_many_hidden_links_are_a_menu_and_wait_longer(self) -> None:
        menu = [Link(f"/{name}", hidden=True) for name in ("a", "b", "c", "d", "e")]

        found = followed(*menu, Link("/f"))

        assert set(found) == {HOME + name for name in "abcdef"}
        assert found[HOME + "a"] < found[HOME + "f"]

    def test_links_marked_nofollow_and_other_hosts_wait_longer(self) -> None:
        found = followed(Link("/a"), Link("/c", rel="nofollow"))
        elsewhere = followed(Link("https://shop.bakery.example/a"))

        assert found[HOME + "c"] < found[HOME + "a"]
        assert elsewhere["https://shop.bakery.example/a"] < found[HOME + "a"]

    def test_links_are_resolved_against_the_base(self) -> None:
        assert set(followed(Link("a"), base=HOME + "x/y")) == {HOME + "x/a"}

    @pytest.mark.parametrize("piece", ["../", "%41", "a-", "/", "?a=1&"])
    def test_a_page_of_monstrous_links_takes_no_time(self, piece: str) -> None:
        links = [Link(piece * (1900 // len(piece)) + str(number), "contact " * 100) for number in range(3000)]
        started = time.process_time()

        followed(*links)

        assert time.process_time() - started < 0.5


class TestFolderOf:
    @pytest.mark.parametrize("name", ["index.html", "index.php", "INDEX.HTM", "default.aspx"])
    def test_an_index_page_is_its_folder(self, name: str) -> None:
        assert folder_of(f"{HOME}shop/{name}") == f"{HOME}shop/"

    def test_other_pages_are_themselves(self) -> None:
        assert folder_of(HOME + "index.php?id=3") == HOME + "index.php?id=3"
