"""Which files beside the pages are worth a request."""

import time
from dataclasses import dataclass

import pytest

from scanlane.domain.links import Scope
from scanlane.domain.side_files import FileKind, documents, scripts

HOME = "https://bakery.example/"
SCOPE = Scope(HOME)


@dataclass(frozen=True)
class Link:
    """A link as a reader reports it."""

    href: str
    text: str = ""
    rel: str = ""
    hidden: bool = False


def found(*links: Link) -> list[str]:
    """The paths of the files, best first."""
    return [file.url.removeprefix(HOME) for file in documents(links, HOME, SCOPE)]


class TestDocuments:
    @pytest.mark.parametrize(
        "link",
        [
            Link("/kontakt.pdf"),
            Link("/files/12.pdf", "Team"),
            Link("/files/flyer_2024.pdf"),
            Link("/files/Preisliste.PDF?v=2"),
            Link("/a.pdf", "Download our price list"),
            Link("/ada.vcf"),
            Link("/card.vcard#x"),
            Link("/vorstand.docx"),
        ],
    )
    def test_what_promises_contacts_is_worth_it(self, link: Link) -> None:
        assert len(found(link)) == 1

    @pytest.mark.parametrize(
        "link",
        [
            Link("/thesis.pdf", "My thesis"),
            Link("/ada.vcf", hidden=True),
            Link("/ada.vcf", rel="nofollow"),
            Link("https://other.example/ada.vcf"),
            Link("/kontakt"),
            Link("/kontakt.zip"),
            Link("javascript:open('/a.pdf')"),
        ],
    )
    def test_other_files_are_not(self, link: Link) -> None:
        assert found(link) == []

    def test_the_best_come_first_and_each_once(self) -> None:
        links = [Link("/a.pdf", "Price list"), Link("/contact.pdf"), Link("/a.vcf"), Link("/a.vcf#1")]

        assert found(*links) == ["a.vcf", "contact.pdf", "a.pdf"]
        assert [file.kind for file in documents(links, HOME, SCOPE)] == [FileKind.CARD, FileKind.PDF, FileKind.PDF]

    @pytest.mark.parametrize("piece", ["../", "%41", "flyer", " ", "?.pdf"])
    def test_a_page_of_monstrous_links_takes_no_time(self, piece: str) -> None:
        links = [Link(piece * (1900 // len(piece)) + f"{number}.pdf", piece * 1000) for number in range(3000)]
        started = time.process_time()

        found(*links)

        assert time.process_time() - started < 0.5


class TestScripts:
    def test_decoders_come_first_and_libraries_are_left_out(self) -> None:
        addresses = ["/main.js", "/jquery.min.js", "/js/mail-decode.js", "https://cdn.other.example/mail.js", "/x.js"]

        assert scripts(addresses, HOME, SCOPE) == [HOME + "js/mail-decode.js", HOME + "main.js"]
