"""The sitemap parser under splitting, cutting, noise and malice; and against an XML parser."""

import gzip
import random
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanlane.domain.sitemap_entries import Notes
from scanlane.domain.sitemap_sniff import sniff
from scanlane.domain.sitemap_xml import XmlReader
from scanlane.domain.sitemaps import Entry, NotASitemap, SitemapKind, SitemapReader, parse
from tests.scanlane.domain.sitemap_shapes import MAP, SITE, A, B, Case, atom, pages, record, rss, urlset
from tests.scanlane.domain.test_sitemap_catalogue import CASES

Outcome = tuple[list[Entry], tuple[str, ...], SitemapKind | None] | str


def outcome(chunks: list[bytes], url: str = MAP) -> Outcome:
    """What a body gives that comes in these chunks: entries, warnings, kind; or why it is no sitemap."""
    reader = SitemapReader(url)
    entries: list[Entry] = []
    try:
        for chunk in chunks:
            entries += reader.feed(chunk)
        return entries + reader.close(), reader.warnings, reader.kind
    except NotASitemap as refusal:
        return refusal.reason


def split(body: bytes, cuts: list[int]) -> list[bytes]:
    """The body, cut at these positions."""
    edges = [0, *sorted(cut % (len(body) + 1) for cut in cuts), len(body)]
    return [body[start:end] for start, end in pairwise(edges)]


def entries_in_blocks(text: str, size: int) -> tuple[list[Entry], set[str]]:
    """What the markup gives in blocks of so many characters."""
    notes = Notes()
    reader = XmlReader(MAP, sniff(text).kind, notes)
    text = text[sniff(text).position :]
    entries: list[Entry] = []
    for start in range(0, len(text), size):
        entries += reader.read(text[start : start + size])
    return entries + reader.read("", final=True), set(notes.codes)


MARKUP = [
    case
    for case in CASES
    if case.body.lstrip()[:1] == b"<" and case.body.isascii() and b"\0" not in case.body and len(case.body) < 9000
]


class TestSplitting:
    @given(st.sampled_from(CASES), st.lists(st.integers(0, 10_000), max_size=6))
    @settings(deadline=None)
    def test_chunks_make_no_difference(self, case: Case, cuts: list[int]) -> None:
        assert outcome(split(case.body, cuts)) == outcome([case.body])

    def test_a_large_file_in_odd_chunks(self) -> None:
        body = pages(*(f"{SITE}{number}" for number in range(9000)))

        assert outcome(split(body, list(range(0, len(body), 997)))) == outcome([body])

    @pytest.mark.parametrize("case", MARKUP, ids=[case.name for case in MARKUP])
    def test_the_borders_of_blocks_make_no_difference(self, case: Case) -> None:
        text = case.body.decode()

        whole = entries_in_blocks(text, len(text))

        for size in (1, 2, 3, 5, 17, 64):
            assert entries_in_blocks(text, size) == whole, size

    def test_entries_come_while_the_bytes_come(self) -> None:
        body = pages(*(f"{SITE}{number}" for number in range(9000)))
        reader = SitemapReader(MAP)

        early = reader.feed(body[:150_000])

        assert len(early) > 2000


class TestCutting:
    @pytest.mark.parametrize(
        "body",
        [
            urlset(record(A, "<lastmod>2024-01-01</lastmod><!-- x -->"), record(f"<![CDATA[{B}]]>")),
            rss(f"<link>{A}</link><pubDate>Mon, 01 Jan 2024 00:00:00 GMT</pubDate>", f"<guid>{B}</guid>"),
            atom(f'<link href="{A}"/>', f"<id>{B}</id>"),
            gzip.compress(pages(A, B)),
            f"{A}\n{B}".encode("utf-16"),
            b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><?php x ?>' + pages(A),
        ],
        ids=["urlset", "rss", "atom", "gzip", "utf-16", "head"],
    )
    def test_every_prefix_is_read_or_refused(self, body: bytes) -> None:
        whole = outcome([body])
        assert not isinstance(whole, str)

        for end in range(len(body)):
            cut = outcome([body[:end]])
            if not isinstance(cut, str) and not body.startswith(b"\xff\xfe"):
                assert [entry.loc for entry in cut[0]] == [entry.loc for entry in whole[0]][: len(cut[0])]


class TestNoise:
    @given(st.binary(max_size=3000))
    @settings(deadline=None)
    def test_any_bytes_are_read_or_refused(self, body: bytes) -> None:
        outcome([body])

    @given(st.binary(max_size=500))
    @settings(deadline=None)
    def test_any_bytes_behind_a_mark_of_gzip(self, body: bytes) -> None:
        outcome([b"\x1f\x8b\x08" + body])

    @given(
        st.lists(
            st.sampled_from(
                sorted(
                    {
                        *"<>&;!?-[]/\"'= \n:x#\x00é",
                        "<url>",
                        "</url>",
                        "<loc>",
                        "</loc>",
                        "<!--",
                        "-->",
                        "<![CDATA[",
                        "]]>",
                        "<?xml",
                        "?>",
                        "<!DOCTYPE",
                        "<urlset>",
                        "</urlset>",
                        "<item>",
                        "<link>",
                        "<entry>",
                        "https://x/",
                        "<image:image>",
                        "<PageMap>",
                        "<DataObject>",
                        "<Attribute name='a'>",
                        "<lastmod>",
                        "&amp;",
                        "&#",
                        "<rss>",
                        "<feed>",
                        'href="',
                        "<link ",
                    }
                )
            ),
            max_size=60,
        )
    )
    @settings(deadline=None)
    def test_any_heap_of_tokens(self, tokens: list[str]) -> None:
        body = "".join(tokens).encode()

        assert outcome([body]) == outcome([body[:7], body[7:]])

    @given(st.sampled_from(CASES), st.randoms(use_true_random=False))
    @settings(deadline=None)
    def test_damaged_documents(self, case: Case, chance: random.Random) -> None:
        body = bytearray(case.body[:5000])
        for _ in range(8):
            position = chance.randrange(len(body))
            body[position : position + chance.randrange(3)] = chance.randbytes(chance.randrange(3))

        outcome([bytes(body)])


FILLER = (
    "<!-- <url> </url> -->",
    "<foo><loc>x</loc></foo>",
    "<![CDATA[<url>]]>",
    "<empty/>",
    "<?php 1 ?>",
    "\n ",
    "text",
    "<image:image><image:loc>x</image:loc></image:image>",
    '<link a="&lt;>" b=\'"\'/>',
    "<a><b><c/></b></a>",
)
WORD = st.text(st.sampled_from("abc/?=&<>\"'é;-%"), max_size=12)


@st.composite
def _text(draw: st.DrawFn) -> str:
    """Characters, written in some of the ways that XML has for them."""
    pieces = []
    for word in draw(st.lists(WORD, max_size=3)):
        plain = word.replace("&", "&amp;").replace("<", "&lt;")
        written = (
            plain,
            f"<![CDATA[{word}]]>",
            f"<!-- {plain.replace('-', '')} -->",
            "".join(f"&#{ord(c)};" for c in word),
        )
        pieces.append(draw(st.sampled_from(written)))
    return "".join(pieces)


@st.composite
def _document(draw: st.DrawFn) -> str:
    """A well-formed urlset."""
    records = []
    for _ in range(draw(st.integers(0, 4))):
        children = draw(st.lists(st.sampled_from(FILLER), max_size=4))
        for name in draw(st.sampled_from(([], ["loc"], ["loc", "lastmod"], ["lastmod", "loc", "priority"]))):
            inside = f"{SITE}x{draw(_text())}" if name == "loc" else draw(_text())
            children.insert(draw(st.integers(0, len(children))), f"<{name}>{inside}</{name}>")
        records.append(f"<url>{''.join(children)}</url>{draw(st.sampled_from(('', ' ', *FILLER)))}")
    head = draw(
        st.sampled_from(("", "<?xml version='1.0'?>", "<!DOCTYPE urlset [<!-- ' -->\n<!ENTITY a '<url>]>'>]>\n"))
    )
    return f"{head}<urlset xmlns:image='x'>{''.join(records)}</urlset>"


def as_an_xml_parser_reads(text: str) -> list[str | None]:
    """For each url of the root: the text of its own first loc that has any."""
    root = ElementTree.fromstring(text)
    found = []
    for element in root.findall("url"):
        locs = [child.text for child in element.findall("loc") if child.text]
        found.append(locs[0] if locs else None)
    return found


class TestAgainstAnXmlParser:
    @given(_document())
    @settings(deadline=None, max_examples=300)
    def test_well_formed_documents_are_read_alike(self, text: str) -> None:
        locs = [loc for loc in as_an_xml_parser_reads(text) if loc is not None]
        reader = XmlReader(MAP, SitemapKind.URLSET, Notes())
        expected = [reader._base.absolute(loc.strip()) for loc in locs]

        entries = reader.read(text, final=True)

        assert [entry.loc for entry in entries] == [loc for loc in expected if loc is not None]


LINK = '<xhtml:link rel="alternate" hreflang="%s" href="https://%s.example/"/>'
IMAGE = "<image:image><image:loc>https://i.example/%s.png</image:loc>%s</image:image>"
PLAIN_CHILDREN = st.tuples(
    st.lists(
        st.sampled_from([LINK % ("de", "de"), IMAGE % (1, ""), IMAGE % (2, "<image:title>Rye é </image:title>")]),
        max_size=3,
    ),
    st.sampled_from(
        [
            "",
            "<lastmod>2024-01-02</lastmod>",
            "<lastmod>2024-01-02T03:04:05+02:00</lastmod>",
            "<lastmod>2024-99-01</lastmod>",
            "<lastmod>0001-01-01T00:00:00Z</lastmod>",
            "<lastmod>2024</lastmod>",
        ]
    ),
    st.sampled_from(["", "<changefreq>daily</changefreq>"]),
    st.sampled_from(["", "<priority>0.5</priority>", "<priority>1</priority>"]),
    st.lists(
        st.sampled_from(
            [LINK % ("x-default", "x"), IMAGE % (3, "<image:title>a</image:title><image:caption>b</image:caption>")]
        ),
        max_size=2,
    ),
)
ADDRESS = st.sampled_from(
    [A, SITE + "?a=1&amp;b=2", "http://other.example/x", "https://a..b/", "https://bakery.example:443/"]
)


class TestTheThreeReaders:
    """A record that takes another way through the parser says the same."""

    @given(st.lists(st.tuples(ADDRESS, PLAIN_CHILDREN), max_size=4), st.sampled_from(["url", "sitemap"]))
    @settings(deadline=None)
    def test_plain_whole_and_patient_readers_agree(
        self, records: list[tuple[str, tuple[list[str], ...]]], tag: str
    ) -> None:
        def written(opening: str, extra: str) -> bytes:
            children = ((loc, "".join("".join(piece) for piece in pieces)) for loc, pieces in records)
            inside = "".join(f"<{opening}>{extra}<loc>{loc}</loc>{more}</{tag}>" for loc, more in children)
            root = "urlset" if tag == "url" else "sitemapindex"
            return f"<{root}>{inside}</{root}>".encode()

        plain = outcome([written(tag, "")])

        assert outcome([written(f'{tag} id="1"', "")]) == plain
        assert outcome([written(tag, "<?x?>")]) == plain


def repeated(piece: str, size: int = 500_000) -> bytes:
    """A urlset that holds this piece over and over."""
    return b"<urlset>" + (piece * (size // len(piece) + 1))[:size].encode()


HOSTILE = [
    "<",
    "&",
    ">",
    "<<url>",
    "<url>",
    "<url><loc>",
    "<url><loc>https://a/",
    "</url>",
    "<url></url>",
    "<url/>",
    "<loc>",
    "<a>",
    "<url><a>",
    "<a",
    "<a b='",
    "<a b=\"'",
    "<a a=1 ",
    "<!--",
    "<!-->",
    "<!---->",
    "<url><!--",
    "<url></url><!--",
    "<!",
    "<!a'",
    "<!a\"<!b'",
    "<![",
    "<![CDATA[",
    "<url><![CDATA[",
    "<url><loc><![CDATA[x]]>",
    "<!DOCTYPE x [",
    "<?",
    "<?x ",
    "<?xml ",
    "<?xml-x>",
    "&#",
    "&amp;",
    "&a;",
    " ",
    "\n",
    "\x00",
    "<urlset>",
    "</urlset>",
    "<url><url></url>",
    "<url><loc>x</loc></url><url>",
    "<x:url></y:url>",
    "<item>",
    "<image:image>",
    "<url><PageMap><DataObject>",
    "é",
    "<é>",
    "'",
    "<url><loc>" + "x" * 5000,
    "<url> " + "<b></c>" * 999,
    "<url></ur",
]


def count_of_events(body: bytes) -> int:
    """How many calls the parser makes for a body, those into C included."""
    count = 0

    def note(*_: object) -> None:
        nonlocal count
        count += 1

    sys.setprofile(note)
    try:
        outcome([body])
    finally:
        sys.setprofile(None)
    return count


class CountedText(str):
    """Text that counts how many of its characters are searched or copied."""

    counted = 0

    def __radd__(self, before: str) -> "CountedText":
        return self if not before else CountedText(str(before) + str(self))

    def __getitem__(self, key: Any) -> str:
        piece = super().__getitem__(key)
        CountedText.counted += len(piece)
        return piece

    def find(self, wanted: str, start: Any = 0, end: Any = None) -> int:
        end = len(self) if end is None else end
        found = super().find(wanted, start, end)
        CountedText.counted += (end if found < 0 else found) - start
        return found


def count_of_characters(body: bytes) -> int:
    """How many characters are searched or copied, one counted each time, in markup that is read as one block."""
    CountedText.counted = 0
    XmlReader(MAP, SitemapKind.URLSET, Notes()).read(CountedText(body.decode(errors="replace")), final=True)
    return CountedText.counted


class TestMalice:
    @pytest.mark.parametrize("piece", HOSTILE, ids=lambda piece: ascii(piece[:24]))
    def test_no_stretch_is_searched_again_for_each_thing_in_it(self, piece: str) -> None:
        assert count_of_characters(repeated(piece, 100_000)) <= 20 * 100_000

    @pytest.mark.parametrize("end", ["</url>", "<!-- </url>", "]]></url>", "?></url>"])
    @pytest.mark.parametrize("piece", ["<url>", "<url><!--", "<url><![CDATA[", "<url><?", "<url><loc>"])
    def test_one_end_for_thousands_of_beginnings(self, piece: str, end: str) -> None:
        assert count_of_characters(repeated(piece, 100_000) + end.encode()) <= 20 * 100_000

    @pytest.mark.parametrize("piece", HOSTILE, ids=lambda piece: ascii(piece[:24]))
    def test_twice_the_input_makes_no_more_than_twice_the_work(self, piece: str) -> None:
        once, twice = count_of_events(repeated(piece, 100_000)), count_of_events(repeated(piece, 200_000))

        assert twice <= 2.3 * once + 500

    @pytest.mark.parametrize(
        "body",
        [
            b"<urlset " + b"".join(b'a%d="x" ' % number for number in range(100_000)) + b"><url><loc>/a</loc></url>",
            b"<urlset><url " + b"a='x' " * 100_000 + b"><loc>/a</loc></url>",
            b"<urlset>" + b"<d>" * 100_000 + b"<url><loc>/a</loc></url>" + b"</d>" * 100_000,
            b"<urlset><url><loc>/a</loc>" + b"<d>" * 100_000 + b"</d>" * 100_000 + b"</url></urlset>",
            b"<urlset>" + b"".join(b"<p%d:x/>" % number for number in range(100_000)) + b"<url><loc>/a</loc></url>",
        ],
        ids=["attributes of the root", "attributes of a url", "nesting", "nesting in a url", "prefixes"],
    )
    def test_many_attributes_names_and_levels_do_no_harm(self, body: bytes) -> None:
        found = outcome([body])

        assert not isinstance(found, str)
        assert [entry.loc for entry in found[0]][-1:] in ([A], [])

    def test_entities_that_grow_are_not_expanded(self) -> None:
        lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
        body = f'<!DOCTYPE lolz [<!ENTITY l0 "lol">{lol}]><urlset>{record("/&l9;")}{record("/a")}</urlset>'.encode()

        found = outcome([body])

        assert not isinstance(found, str)
        assert [entry.loc for entry in found[0]] == [SITE + "&l9;", A]


def bomb(unit: bytes, size: int) -> bytes:
    """Gzip of a unit repeated to this size, built without holding it."""
    packer, whole = zlib.compressobj(9, wbits=31), unit * (1_000_000 // len(unit))
    return b"".join(packer.compress(whole) for _ in range(size // len(whole))) + packer.flush()


PEAK = """
import sys
from scanlane.domain.sitemaps import NotASitemap, SitemapReader
reader, entries, reason = SitemapReader("https://bakery.example/"), 0, ""
try:
    while chunk := sys.stdin.buffer.read(65536):
        entries += len(reader.feed(chunk))
    entries += len(reader.close())
except NotASitemap as refusal:
    reason = refusal.reason
with open("/proc/self/status") as status:
    peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
print(peak // 1024, entries, reason or ",".join(reader.warnings), sep="|")
"""


def peak_of(body: bytes) -> tuple[int, int, str]:
    """The peak memory in MB of a process that reads the body, the number of entries, and the warnings or the reason.

    Linux counts what a process was before it began the program as getrusage's peak, so its own file is asked.
    """
    done = subprocess.run([sys.executable, "-c", PEAK], input=body, capture_output=True, check=True, timeout=100)
    peak, entries, said = done.stdout.decode().strip().split("|")
    return int(peak), int(entries), said


# In one record: text that needs four bytes a character once a single one of them does.
WIDE = b"<a>" + b"x" * 9000 + "\U0001f35e".encode()


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc for the peak")
class TestBombs:
    def test_a_gigabyte_and_a_half_of_zeros_is_refused_in_little_memory(self) -> None:
        peak, entries, said = peak_of(bomb(bytes(1000), 1_500_000_000))

        assert (entries, said) == (0, "it is binary data")
        assert peak <= 100

    @pytest.mark.parametrize("unit", [b" ", b"<url><loc>/a</loc></url>", b"<url>", b"<url><loc>", b"x", WIDE])
    def test_a_sitemap_without_end_is_cut_in_little_memory(self, unit: bytes) -> None:
        head = gzip.compress(b"<urlset><url><loc>/first</loc></url><url>")

        peak, entries, said = peak_of(head + bomb(unit, 150_000_000))

        assert 1 <= entries <= 50_000
        assert {"over_50mb", "over_50000", "too_broken"} & set(said.split(","))
        assert peak <= 100

    def test_gzip_in_gzip_of_zeros(self) -> None:
        peak, _, said = peak_of(gzip.compress(bomb(bytes(1000), 1_500_000_000)))

        assert said == "it is binary data"
        assert peak <= 100


class TestParse:
    def test_it_gives_entries_one_after_the_other(self) -> None:
        entries: Iterator[Entry] = parse(pages(A, B), MAP)

        assert next(entries).loc == A
        assert [entry.loc for entry in entries] == [B]

    @pytest.mark.parametrize("pack", [bytes, gzip.compress])
    def test_it_refuses_what_is_no_sitemap(self, pack: Callable[[bytes], bytes]) -> None:
        with pytest.raises(NotASitemap):
            list(parse(pack(b"<html></html>"), MAP))
