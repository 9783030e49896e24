"""Sitemaps in other encodings, packed, with odd addresses, as feeds, as text; and what is no sitemap."""

import gzip
import zlib

from tests.scanlane.domain.sitemap_shapes import (
    SITE,
    A,
    B,
    C,
    Case,
    atom,
    index,
    pages,
    record,
    rss,
    urlset,
)

ENCODED = f'<?xml version="1.0" encoding="%s"?><urlset>{record(SITE + "%s")}</urlset>'
ENCODINGS = [
    Case("UTF-8 mark", b"\xef\xbb\xbf" + pages(A), [A]),
    Case("UTF-8 mark twice", b"\xef\xbb\xbf" * 2 + pages(A), [A]),
    Case("UTF-16 little-endian with mark", b"\xff\xfe" + pages(A).decode().encode("utf-16-le"), [A]),
    Case("UTF-16 big-endian with mark", b"\xfe\xff" + pages(A).decode().encode("utf-16-be"), [A]),
    Case("UTF-16 little-endian without mark", pages(A).decode().encode("utf-16-le"), [A]),
    Case("UTF-16 big-endian without mark", pages(A).decode().encode("utf-16-be"), [A]),
    Case("UTF-32 with mark", pages(A).decode().encode("utf-32"), [A]),
    Case("UTF-32 big-endian without mark", pages(A).decode().encode("utf-32-be"), [A]),
    Case("UTF-8 letters", pages(SITE + "brötchen"), [SITE + "br%C3%B6tchen"]),
    Case("declared Latin-1", (ENCODED % ("ISO-8859-1", "brötchen")).encode("latin-1"), [SITE + "br%C3%B6tchen"]),
    Case(
        "declared windows-1251",
        (ENCODED % ("windows-1251", "хлеб")).encode("cp1251"),
        [SITE + "%D1%85%D0%BB%D0%B5%D0%B1"],
    ),
    Case("declared Shift_JIS", (ENCODED % ("Shift_JIS", "パン")).encode("cp932"), [SITE + "%E3%83%91%E3%83%B3"]),
    Case("declared GB2312", (ENCODED % ("gb2312", "面包")).encode("gb2312"), [SITE + "%E9%9D%A2%E5%8C%85"]),
    Case("declared Big5", (ENCODED % ("Big5", "麵包")).encode("big5"), [SITE + "%E9%BA%B5%E5%8C%85"]),
    Case("declared EUC-KR", (ENCODED % ("EUC-KR", "빵")).encode("euc-kr"), [SITE + "%EB%B9%B5"]),
    Case("declared KOI8-R", (ENCODED % ("koi8-r", "хлеб")).encode("koi8-r"), [SITE + "%D1%85%D0%BB%D0%B5%D0%B1"]),
    Case(
        "declared Latin-1, but UTF-8",
        (ENCODED % ("ISO-8859-1", "brötchen")).encode(),
        [SITE + "br%C3%B6tchen"],
        ("bad_encoding",),
    ),
    Case("declared UTF-16, but ASCII", (ENCODED % ("UTF-16", "a")).encode(), [A], ("bad_encoding",)),
    Case("declared as nothing known", (ENCODED % ("x-klingon", "a")).encode(), [A], ("bad_encoding",)),
    Case("mark against declaration", b"\xef\xbb\xbf" + (ENCODED % ("windows-1251", "é")).encode(), [SITE + "%C3%A9"]),
    Case(
        "declaration in single quotes",
        (ENCODED % ("latin1", "é")).replace('"', "'").encode("latin-1"),
        [SITE + "%C3%A9"],
    ),
    Case("invalid byte", pages(SITE + "caf?").replace(b"?</", b"\xe9</"), [SITE + "caf%C3%A9"], ("bad_encoding",)),
    Case("control characters", pages(SITE + "\x01a\x0b", B), [A, B]),
    Case("a zero byte inside", pages(SITE + "\x00a", B), [A, B]),
    Case("odd byte at the end of UTF-16", b"\xff\xfe" + pages(A).decode().encode("utf-16-le") + b"\x20", [A]),
]

PACKED = gzip.compress(pages(A, B))
THREE_TIMES = gzip.compress(gzip.compress(PACKED))


def raw_gzip(flags: int, extra: bytes, body: bytes) -> bytes:
    """A gzip member with fields in its header, and no check sum worth the name."""
    deflated = zlib.compressobj(wbits=-15)
    return b"\x1f\x8b\x08" + bytes([flags]) + bytes(6) + extra + deflated.compress(body) + deflated.flush() + bytes(8)


PACKING = [
    Case("gzip", PACKED, [A, B]),
    Case("gzip twice", gzip.compress(PACKED), [A, B], ("gzip_twice",)),
    Case("gzip three times", THREE_TIMES, [A, B], ("gzip_twice",)),
    Case("gzip in members", gzip.compress(pages(A, B)[:90]) + gzip.compress(pages(A, B)[90:]), [A, B]),
    Case("gzip cut off", gzip.compress(pages(A, B) + b" " * 99 + b"x")[:-12], [A, B], ("truncated_gzip",)),
    Case("gzip without its trailer", PACKED[:-8], [A, B], ("truncated_gzip",)),
    Case("gzip with a wrong check sum", PACKED[:-8] + bytes(8), [A, B]),
    Case("gzip with rubbish behind", PACKED + b"<!-- cached -->", [A, B], ("gzip_trailing",)),
    Case("gzip with zeros behind", PACKED + bytes(512), [A, B]),
    Case("gzip with a name", raw_gzip(8, b"sitemap.xml\0", pages(A)), [A]),
    Case("gzip with all fields", raw_gzip(30, b"\x02\0xy" + b"name\0" + b"words\0" + b"cc", pages(A)), [A]),
    Case("gzip of UTF-16", gzip.compress(b"\xff\xfe" + pages(A).decode().encode("utf-16-le")), [A]),
    Case("gzip of text", gzip.compress(f"{A}\n{B}\n".encode()), [A, B]),
    Case("gzip of a feed", gzip.compress(rss(f"<link>{A}</link>")), [A]),
    Case("gzip damaged behind the pages", raw_gzip(0, b"", pages(A))[:-9] + b"\xff" * 20, [A]),
]

LOCS = [
    Case("relative loc", pages("/a", "b", "../b?c"), [A, SITE + "maps/b", SITE + "b?c"], ("relative_loc",)),
    Case("loc without scheme", pages("//bakery.example/a"), [A], ("relative_loc",)),
    Case(
        "loc that begins with the host",
        pages("bakery.example/a", "www.bakery.example/b"),
        [A, "https://www.bakery.example/b"],
        ("relative_loc",),
    ),
    Case("relative child in an index", index("posts.xml.gz"), [SITE + "maps/posts.xml.gz"], ("relative_loc",)),
    Case("white space around loc", pages(f"\n\t  {A}\r\n "), [A]),
    Case("no-break space around loc", pages(f"\u00a0{A}\u00a0"), [A]),
    Case("zero-width space around loc", pages(f"\u200b{A}\ufeff"), [A]),
    Case("no-break space as an entity", pages(f"&nbsp;{A}&#160;"), [A]),
    Case("zero-width space inside loc", pages(f"{SITE}\u200ba"), [A]),
    Case("newline inside loc", pages(f"{SITE}bread/\n      rye"), [SITE + "bread/rye"]),
    Case("space inside loc", pages(f"{SITE}rye bread"), [SITE + "rye%20bread"]),
    Case("no-break space inside loc", pages(f"{SITE}rye\u00a0bread"), [SITE + "rye%C2%A0bread"]),
    Case("quotes around loc", pages(f'"{A}"'), [A]),
    Case("loc None", pages("None", A), [A], ("dropped_loc",)),
    Case("loc null", pages("null", "undefined", A), [A], ("dropped_loc",)),
    Case("loc is a fragment", pages("#top", A), [A], ("dropped_loc",)),
    Case(
        "other schemes",
        pages("mailto:bread@bakery.example", "javascript:1", "ftp://bakery.example/a", "data:,x", A),
        [A],
        ("dropped_loc",),
    ),
    Case("user name in loc", pages("https://bread:secret@bakery.example/", A), [A], ("dropped_loc",)),
    Case(
        "host that is none",
        pages("https://a..b/", "http://-/", "https://[::g]/", "https:///", "https://1.2.3/", A),
        [A],
        ("dropped_loc",),
    ),
    Case("port that is none", pages("https://bakery.example:99999/", A), [A], ("dropped_loc",)),
    Case("host without path", pages("https://bakery.example"), [SITE]),
    Case("query without path", pages("https://bakery.example?a=1"), [SITE + "?a=1"]),
    Case("upper-case scheme and host", pages("HTTPS://Bakery.EXAMPLE/A"), [SITE + "A"]),
    Case("scheme twice", pages("https://https://bakery.example/a", "http://https://bakery.example/b"), [A, B]),
    Case("one slash", pages("https:/bakery.example/a"), [A]),
    Case("backslashes", pages(r"https:\\bakery.example\a?b=\c"), [SITE + "a?b=%5Cc"]),
    Case(
        "host with letters", pages("https://bäckerei.example/"), ["https://xn--bckerei-5wa.example/"], ("cross_host",)
    ),
    Case("fragment is kept", pages(SITE + "#!/a"), [SITE + "#!/a"]),
    Case("tracking parameters are kept", pages(SITE + "?utm_source=x"), [SITE + "?utm_source=x"]),
    Case(
        "many parameters are kept",
        pages(SITE + "?a&amp;b&amp;c&amp;d&amp;e&amp;f&amp;g&amp;h"),
        [SITE + "?a&b&c&d&e&f&g&h"],
    ),
    Case("escapes are kept", pages(SITE + "%e4%C3%A9%zz"), [SITE + "%e4%C3%A9%zz"]),
    Case("another host", pages("https://flour.example/a"), ["https://flour.example/a"], ("cross_host",)),
    Case("IPv6 host", pages("http://[2001:db8::1]:8080/a"), ["http://[2001:db8::1]:8080/a"], ("cross_host",)),
    Case("loc of 2,048 characters", pages(SITE + "x" * (2048 - len(SITE))), [SITE + "x" * (2048 - len(SITE))]),
    Case("loc of 2,049 characters", pages(SITE + "x" * (2049 - len(SITE)), A), [A], ("long_loc",)),
    Case("loc of 100,000 characters", pages(SITE + "x" * 100_000, A), [A], ("long_loc",)),
    Case(
        "a file on localhost",
        pages("/a"),
        ["http://localhost:8000/a"],
        ("relative_loc",),
        "http://localhost:8000/s.xml",
    ),
    Case("date that is none", urlset(record(A, "<lastmod>yesterday</lastmod>")), [A], ("bad_lastmod",)),
]

RDF = '<rdf:RDF xmlns:rdf="x" xmlns="http://purl.org/rss/1.0/"><channel><link>%s</link></channel>%s</rdf:RDF>'
FEEDS = [
    Case("RSS 2.0", rss(f"<title>x</title><link>{A}</link>", f"<link>{B}</link>"), [A, B]),
    Case("RSS item without title", rss(f"<link>{A}</link>"), [A]),
    Case("RSS with atom:link in the item", rss(f'<atom:link href="{B}" rel="self"/><link>{A}</link>'), [A]),
    Case("RSS with only an atom:link", rss(f'<atom:link href="{A}"/>', f"<link>{B}</link>"), [A, B]),
    Case("RSS with an empty atom:link", rss(f"<atom:link/><link>{A}</link>", f"<link>{B}</link>"), [A, B]),
    Case("RSS with a guid only", rss(f'<guid isPermaLink="true">{A}</guid>', f"<guid>{B}</guid>"), [A, B]),
    Case("RSS with a guid that is no address", rss("<guid>17</guid>", f"<link>{A}</link>"), [A], ("dropped_loc",)),
    Case(
        "RSS with a guid that is no permanent link",
        rss(f'<guid isPermaLink="false">{SITE}?p=1</guid><link>{A}</link>'),
        [A],
    ),
    Case("RSS with an empty description", rss(f"<description/><link>{A}</link>", f"<link>{B}</link>"), [A, B]),
    Case("RSS with an entity of HTML", rss(f"<title>Caf&eacute;</title><link>{A}</link>"), [A]),
    Case(
        "RSS with an entity in the link",
        rss(f"<link>{SITE}caf&eacute;</link>"),
        [SITE + "caf%C3%A9"],
        ("html_entities",),
    ),
    Case(
        "RSS with CDATA",
        rss(f"<link><![CDATA[{SITE}?a&b]]></link><description><![CDATA[<item><link>x]]></description>"),
        [SITE + "?a&b"],
    ),
    Case(
        "RSS with HTML that is not escaped",
        rss(f"<description><a href='x'>y</a><br><link>z</link></description><link>{A}</link>"),
        [A],
        ("recovered_xml",),
    ),
    Case("RSS with an enclosure", rss(f'<enclosure url="{B}.mp3"/><link>{A}</link><comments>{B}</comments>'), [A]),
    Case("RSS with a relative link", rss("<link>/a</link>"), [A], ("relative_loc",)),
    Case(
        "RSS with an image of the channel",
        rss(f"<link>{A}</link>").replace(b"<description/>", b"<image><url>x</url><link>y</link></image>"),
        [A],
    ),
    Case("RSS 1.0", (RDF % (SITE, f'<item rdf:about="{B}"><link>{A}</link></item>')).encode(), [A]),
    Case("RSS 1.0 with about only", (RDF % (SITE, f'<item rdf:about="{A}"><title>x</title></item>')).encode(), [A]),
    Case(
        "RSS 0.91 with a DOCTYPE",
        b'<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "x">' + rss(f"<link>{A}</link>"),
        [A],
    ),
    Case("RSS without items", rss(), [], ("empty",)),
    Case("RSS cut inside an item", rss(f"<link>{A}</link>", f"<link>{B}")[:-35], [A], ("truncated_xml",)),
    Case("RSS without its rss element", rss(f"<link>{A}</link>").replace(b"rss", b"xss"), [A], ("unknown_root",)),
    Case("Atom 1.0", atom(f'<link href="{A}"/>', f'<link rel="alternate" href="{B}"/>'), [A, B]),
    Case("Atom self and alternate", atom(f'<link rel="self" href="{B}"/><link rel="alternate" href="{A}"/>'), [A]),
    Case(
        "Atom alternates of two types",
        atom(f'<link type="application/json" href="{B}"/><link href="{A}"/>'),
        [A],
    ),
    Case("Atom self only", atom(f'<link rel="self" href="{A}"/>'), [A]),
    Case(
        "Atom with an enclosure only",
        atom(f'<link rel="enclosure" href="{B}"/>', f'<link href="{A}"/>'),
        [A],
        ("dropped_loc",),
    ),
    Case("Atom with an address for its id", atom(f"<id>{A}</id>"), [A]),
    Case("Atom with a tag for its id", atom("<id>tag:bakery.example,2024:1</id>"), [], ("empty", "dropped_loc")),
    Case("Atom with a source inside", atom(f'<source><link href="{B}"/></source><link href="{A}"/>'), [A]),
    Case("Atom with xml:base", atom('<link href="a"/>', attributes=f' xml:base="{SITE}"'), [A], ("relative_loc",)),
    Case(
        "Atom with xml:base in xml:base",
        atom('<link xml:base="/y/" href="b"/>', attributes=' xml:base="x/"'),
        [SITE + "y/b"],
    ),
    Case("Atom 0.3", f'<feed version="0.3"><entry><link rel="alternate" href="{A}"/></entry></feed>'.encode(), [A]),
    Case("Atom with a prefix", f'<a:feed><a:entry><a:link href="{A}"/></a:entry></a:feed>'.encode(), [A]),
    Case("Atom with href of entities", atom(f'<link href="{SITE}?a&amp;b&#61;c"/>'), [SITE + "?a&b=c"]),
    Case("Atom with content elsewhere", atom(f'<content src="{A}"/>'), [A]),
]

TEXT = [
    Case("text", f"{A}\n{B}\n".encode(), [A, B]),
    Case("text without a last line end", f"{A}\n{B}".encode(), [A, B]),
    Case("text with CR", f"{A}\r{B}\r".encode(), [A, B]),
    Case("text with CRLF and blank lines", f"\r\n{A}\r\n\r\n  {B}  \r\n".encode(), [A, B]),
    Case("text with a mark", b"\xef\xbb\xbf" + f"{A}\n{B}".encode(), [A, B]),
    Case("text in UTF-16", f"{A}\n{B}".encode("utf-16"), [A, B]),
    Case("text in UTF-16 without mark", f"{A}\n{B}".encode("utf-16-be"), [A, B]),
    Case("text with comments", f"# pages\n{A}\n# more\n{B}".encode(), [A, B]),
    Case("text with a heading", f"Our pages\n{A}".encode(), [A], ("dropped_loc",)),
    Case("text with ampersands", f"{SITE}?a=1&copy=2&amp;b".encode(), [SITE + "?a=1&copy=2&amp;b"]),
    Case("text with addresses side by side", f"{A} {B}, {C}".encode(), [A, B, C]),
    Case("text with columns", f"{A}\t2024-01-01\t0.5".encode(), [A]),
    Case("text with addresses without scheme", f"{A}\n//bakery.example/b".encode(), [A, B], ("relative_loc",)),
    Case("text with a very long line", f"{A}\n{'x' * 300_000}\n{B}".encode(), [A, B], ("long_loc",)),
    Case("text with letters", f"{SITE}brötchen".encode(), [SITE + "br%C3%B6tchen"]),
]

REFUSED = [
    ("nothing", b"", "it is empty"),
    ("white space", b" \n\t", "it is empty"),
    ("only a mark", b"\xef\xbb\xbf", "it is empty"),
    ("gzip of nothing", gzip.compress(b""), "it is empty"),
    ("one byte", b"x", "it is text that lists no address"),
    ("an HTML page", b"<!DOCTYPE html><html><body><h1>Not found</h1></body></html>", "it is an HTML page"),
    ("an HTML page without a doctype", b"<html><a href='/sitemap.xml'>x</a></html>", "it is an HTML page"),
    ("XHTML", b"<?xml version='1.0'?><!DOCTYPE html PUBLIC 'x'><html/>", "it is an HTML page"),
    ("an HTML page that shows a sitemap", b"<html><pre>&lt;urlset&gt;</pre></html>", "it is an HTML page"),
    ("a piece of HTML", b"<div><a href='https://bakery.example/'>x</a></div>", "it is an HTML page"),
    ("words and HTML", b"404 <h1>Not found</h1>", "it is an HTML page"),
    ("gzip of an HTML page", gzip.compress(b"<html></html>"), "it is an HTML page"),
    ("JSON", b'{"error": "https://bakery.example/"}', "it is JSON"),
    ("a JSON list", b'\n["https://bakery.example/"]', "it is JSON"),
    ("a PNG image", b"\x89PNG\r\n\x1a\n" + bytes(99), "it is a PNG image"),
    ("a PDF document", b"%PDF-1.7\n", "it is a PDF document"),
    ("a zip archive", b"PK\x03\x04" + bytes(99), "it is a zip archive"),
    ("zeros", bytes(5000), "it is binary data"),
    ("noise", bytes(range(256)) * 9, "it is binary data"),
    (
        "an error of a file store",
        b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>",
        "its root element is <Error>",
    ),
    ("OPML", b"<opml><body/></opml>", "it is an HTML page"),
    ("a style sheet", b"<?xml version='1.0'?><xsl:stylesheet/>", "its root element is <xsl:stylesheet>"),
    ("words", b"Not found", "it is text that lists no address"),
    ("robots.txt", b"User-agent: *\nSitemap: https://bakery.example/sitemap.xml", "it is text that lists no address"),
    ("a comment that names a sitemap", b"<!-- <urlset> --><p>no</p>", "it is markup without pages"),
    ("gzip four times", gzip.compress(THREE_TIMES), "it is gzip inside gzip, more than 3 times"),
]
