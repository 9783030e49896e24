"""What an entry says besides its address."""

from datetime import UTC, datetime

import pytest

from scanlane.domain.sitemaps import Entry, SitemapKind, SitemapReader, kind_of
from tests.scanlane.domain.sitemap_shapes import MAP, SITE, A, B, atom, index, pages, record, rss, urlset


def entry_of(body: bytes) -> Entry:
    """The one entry of a body."""
    reader = SitemapReader(MAP)
    (entry,) = reader.feed(body) + reader.close()
    return entry


def extras_of(more: str) -> object:
    """The extras of an entry with these elements."""
    return entry_of(urlset(record(A, more))).extras


class TestFields:
    def test_all_fields_of_a_page(self) -> None:
        more = "<lastmod>2024-05-02T10:00:00+02:00</lastmod><changefreq>weekly</changefreq><priority>0.8</priority>"

        assert entry_of(urlset(record(A, more))) == Entry(
            loc=A,
            lastmod="2024-05-02T10:00:00+02:00",
            modified_at=datetime(2024, 5, 2, 8, tzinfo=UTC),
            changefreq="weekly",
            priority=0.8,
        )

    def test_what_is_absent_is_none(self) -> None:
        assert entry_of(pages(A)) == Entry(
            loc=A, is_sitemap=False, lastmod=None, modified_at=None, changefreq=None, priority=None, extras=None
        )

    @pytest.mark.parametrize(
        ("text", "expected"),
        [("0.5", 0.5), ("1", 1.0), (" 0,7 ", 0.7), ("", None), ("high", None), ("nan", None), ("inf", None),
         ("1_0", None), ("1e999", None), ("<![CDATA[0.3]]>", 0.3), ("٣", None), ("80", 80.0)],
    )  # fmt: skip
    def test_a_priority_is_a_number_or_none(self, text: str, expected: float | None) -> None:
        assert entry_of(urlset(record(A, f"<priority>{text}</priority>"))).priority == expected

    def test_an_unreadable_date_stays_as_text(self) -> None:
        entry = entry_of(urlset(record(A, "<lastmod> last week </lastmod>")))

        assert (entry.lastmod, entry.modified_at) == ("last week", None)

    def test_the_frequency_is_in_lower_case(self) -> None:
        assert entry_of(urlset(record(A, "<changefreq> Daily\n</changefreq>"))).changefreq == "daily"

    def test_empty_fields_are_none(self) -> None:
        entry = entry_of(urlset(record(A, "<lastmod/><changefreq></changefreq><priority> </priority>")))

        assert (entry.lastmod, entry.changefreq, entry.priority) == (None, None, None)

    def test_an_item_of_rss_has_its_publication_date(self) -> None:
        entry = entry_of(rss(f"<link>{A}</link><pubDate>Thu, 02 May 2024 08:00:00 GMT</pubDate>"))

        assert entry.lastmod == "Thu, 02 May 2024 08:00:00 GMT"
        assert entry.modified_at == datetime(2024, 5, 2, 8, tzinfo=UTC)

    def test_an_entry_of_atom_has_the_date_of_its_update(self) -> None:
        dates = "<published>2023-01-01</published><updated>2024-05-02T08:00:00Z</updated>"

        assert entry_of(atom(f'<link href="{A}"/>{dates}')).lastmod == "2024-05-02T08:00:00Z"


class TestKinds:
    @pytest.mark.parametrize(
        ("body", "kind"),
        [(pages(A), SitemapKind.URLSET), (index(A), SitemapKind.INDEX),
         (rss(f"<link>{A}</link>"), SitemapKind.RSS),
         (atom(f'<link href="{A}"/>'), SitemapKind.ATOM), (A.encode(), SitemapKind.TEXT),
         (b"<html>", None), (b"", None)],
    )  # fmt: skip
    def test_the_bytes_tell_the_kind(self, body: bytes, kind: SitemapKind | None) -> None:
        assert kind_of(body) is kind

    def test_children_of_an_index_are_sitemaps(self) -> None:
        assert entry_of(index(SITE + "a.xml")).is_sitemap
        assert not entry_of(pages(SITE + "a.xml")).is_sitemap

    def test_an_index_that_calls_its_sitemaps_pages_lists_sitemaps(self) -> None:
        body = f"<sitemapindex>{record(SITE + 'posts.xml.gz')}{record(B)}</sitemapindex>".encode()
        reader = SitemapReader(MAP)

        entries = reader.feed(body) + reader.close()

        assert [(entry.loc, entry.is_sitemap) for entry in entries] == [(SITE + "posts.xml.gz", True), (B, False)]
        assert "mixed_kinds" in reader.warnings

    def test_a_sitemap_in_a_urlset_is_one(self) -> None:
        assert entry_of(urlset(record(A, tag="sitemap"))).is_sitemap


class TestExtras:
    def test_images(self) -> None:
        first = "<image:image><image:loc>/i.png</image:loc><image:title>Rye &amp; spelt</image:title></image:image>"
        caption = "<image:caption><![CDATA[a<b]]></image:caption>"
        second = f"<image:image>\n<image:loc> https://i.example/2 </image:loc>{caption}</image:image>"

        assert extras_of(first + second) == {
            "images": [
                {"loc": SITE + "i.png", "title": "Rye & spelt"},
                {"loc": "https://i.example/2", "caption": "a<b"},
            ]
        }

    def test_videos(self) -> None:
        inside = (
            "<video:thumbnail_loc>/t.jpg</video:thumbnail_loc><video:title>Kneading</video:title>"
            "<video:duration>600</video:duration><video:tag>bread</video:tag><video:tag>rye</video:tag>"
            '<video:uploader info="/u">The bakery</video:uploader>'
        )

        assert extras_of(f"<video:video>{inside}</video:video>") == {
            "videos": [
                {
                    "thumbnail_loc": SITE + "t.jpg",
                    "title": "Kneading",
                    "duration": "600",
                    "tags": ["bread", "rye"],
                    "uploader": "The bakery",
                }
            ]
        }

    def test_news(self) -> None:
        inside = (
            "<n:publication>\n<n:name>The Loaf</n:name><n:language>en</n:language></n:publication>"
            "<n:publication_date>2024-05-02</n:publication_date><n:title>Rye is back</n:title>"
        )

        assert extras_of(f"<n:news>{inside}</n:news>") == {
            "news": {"name": "The Loaf", "language": "en", "date": "2024-05-02", "title": "Rye is back"}
        }

    @pytest.mark.parametrize(
        "link",
        [
            '<xhtml:link rel="alternate" hreflang="de" href="https://bakery.example/de"/>',
            "<xhtml:link href='/de' hreflang='de' rel='alternate'></xhtml:link>",
            '<x:link hreflang=" de "\nhref="https://bakery.example/d&#101;" />',
        ],
    )
    def test_alternates(self, link: str) -> None:
        assert extras_of(link) == {"alternates": [{"hreflang": "de", "href": SITE + "de"}]}

    def test_mobile_and_pagemap(self) -> None:
        inside = '<Attribute name="a" value="1"/><Attribute name="b">2</Attribute>'
        told = f'<PageMap><DataObject type="document" id="x">{inside}</DataObject></PageMap>'

        assert extras_of(f"<mobile:mobile/>{told}") == {
            "mobile": True,
            "pagemap": [{"type": "document", "id": "x", "attributes": {"a": "1", "b": "2"}}],
        }

    def test_elements_that_nobody_knows_say_nothing(self) -> None:
        assert extras_of("<xhtml:meta name='a'/><foo><bar>1</bar></foo><xhtml:link rel='x'/>") is None

    def test_a_record_of_thousands_of_images_keeps_some(self) -> None:
        extras = extras_of("<image:image><image:loc>/i</image:loc></image:image>" * 5000)

        assert isinstance(extras, dict)
        assert len(extras["images"]) == 1000
