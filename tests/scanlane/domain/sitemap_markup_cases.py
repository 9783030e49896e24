"""Sitemaps in XML: as they should be, broken, and with namespaces of all sorts."""

from tests.scanlane.domain.sitemap_shapes import DECLARATION, MAP, SITE, XMLNS, A, B, Case, index, pages, record, urlset

PLAIN = [
    Case("plain urlset", pages(A, B), [A, B]),
    Case("urlset without declaration", urlset(record(A), head=""), [A]),
    Case("index", index(A, B), [A, B]),
    Case("empty urlset", pages(), [], ("empty",)),
    Case("self-closed urlset", b"<urlset/>", [], ("empty",)),
    Case("empty index", index(), [], ("empty",)),
    Case("self-closed url", urlset("<url/>", record(A)), [A], ("dropped_loc",)),
    Case("url without loc", urlset("<url><priority>1</priority></url>", record(A)), [A], ("dropped_loc",)),
    Case("empty loc", urlset(record(""), record(A)), [A], ("dropped_loc",)),
    Case("self-closed loc", urlset("<url><loc/></url>", record(A)), [A], ("dropped_loc",)),
    Case("two locs in a url", urlset(f"<url><loc>{A}</loc><loc>{B}</loc></url>"), [A]),
    Case("an empty loc, then a full one", urlset(f"<url><loc></loc><loc>{B}</loc></url>"), [B]),
    Case("loc is not the first child", urlset(f"<url><lastmod>2024-01-01</lastmod><loc>{A}</loc></url>"), [A]),
    Case("unknown children", urlset(record(A, "<foo>1</foo><bar><loc>x</loc></bar>")), [A]),
    Case("one line", pages(A, B).replace(b"\n", b""), [A, B]),
    Case("bare CR line ends", pages(A, B).replace(b"><", b">\r<"), [A, B]),
    Case("CRLF line ends", pages(A, B).replace(b"><", b">\r\n\t<"), [A, B]),
    Case("attributes on url and loc", urlset(f'<url id="1"><loc type="x">{A}</loc></url>'), [A]),
    Case("greater-than inside an attribute", urlset(f"<url title=\"a>b\"><loc t='>'>{A}</loc></url>"), [A]),
    Case("spaces in tags", urlset(f"<url ><loc >{A}</loc ></url >", record(B)), [A, B]),
    Case("a style sheet", urlset(record(A), head=DECLARATION + '<?xml-stylesheet href="a.xsl"?>'), [A]),
    Case(
        "comments everywhere", urlset("<!-- <url> -->", record(A, "<!-- </url> -->"), "<!-- x -->", record(B)), [A, B]
    ),
    Case("a comment inside loc", pages(SITE + "<!-- x -->a"), [A]),
    Case("a record in a comment", urlset(f"<!-- {record(B)} -->", record(A)), [A]),
    Case("an instruction between records", urlset(record(A), "<?php echo 1 > 2; ?>", record(B)), [A, B]),
    Case("duplicates", pages(A, A), [A, A]),
    Case("nested junk around records", urlset(f"<div><p>{record(A)}</p></div>"), [A]),
    Case("mixed children in a urlset", urlset(record(A), record(B, tag="sitemap")), [A, B], ("mixed_kinds",)),
    Case(
        "mixed children in an index",
        index(A).replace(b"</sitemapindex>", record(B).encode() + b"</sitemapindex>"),
        [A, B],
        ("mixed_kinds",),
    ),
    Case("loc without url", f"<urlset><loc>{A}</loc>\n<loc>{B}</loc></urlset>".encode(), [A, B], ("recovered_xml",)),
    Case(
        "loc without sitemap",
        f"<sitemapindex><loc>{A}</loc>{record(B, tag='sitemap')}".encode(),
        [A, B],
        ("truncated_xml",),
    ),
    Case("loc in something else", urlset(f"<image:image><loc>{B}</loc></image:image>", record(A)), [A]),
    Case("a url in a root that nobody knows", f"<urls>{record(A)}</urls>".encode(), [A], ("unknown_root",)),
    Case("records without a root", (record(A) + record(B)).encode(), [A, B], ("unknown_root",)),
    Case(
        "image:loc is no page",
        urlset(f"<url><image:image><image:loc>{B}</image:loc></image:image><loc>{A}</loc></url>"),
        [A],
    ),
    Case("loc without prefix inside an image", urlset(f"<url><image><loc>{B}</loc></image><loc>{A}</loc></url>"), [A]),
    Case(
        "only an image",
        urlset("<url><image:image><image:loc>/i</image:loc></image:image></url>", record(A)),
        [A],
        ("dropped_loc",),
    ),
    Case("a very long comment before the root", urlset(record(A), head="<!--" + "x" * 200_000 + "-->"), [A]),
    Case("elements named in a comment before the root", urlset(record(A), head="<!-- <html> <rss> -->"), [A]),
]

BROKEN = [
    Case("raw ampersand", pages(SITE + "?x=1&y=2"), [SITE + "?x=1&y=2"], ("recovered_xml",)),
    Case(
        "raw ampersand before names of HTML",
        pages(SITE + "?x=1&section=2&copy=3"),
        [SITE + "?x=1&section=2&copy=3"],
        ("recovered_xml",),
    ),
    Case(
        "ampersands escaped before names of HTML",
        pages(SITE + "?x=1&amp;section=2&amp;copy=3&amp;region=4"),
        [SITE + "?x=1&section=2&copy=3&region=4"],
    ),
    Case("escaped twice", pages(SITE + "?x=1&amp;amp;y=2"), [SITE + "?x=1&amp;y=2"]),
    Case("undefined entity", urlset(record(SITE + "caf&eacute;")), [SITE + "caf%C3%A9"], ("html_entities",)),
    Case("entity that nobody knows", pages(SITE + "a?b&foo;"), [SITE + "a?b&foo;"], ("recovered_xml",)),
    Case("numeric references", pages(SITE + "&#98;&#x61;&#X63;"), [SITE + "bac"]),
    Case("numeric references of nothing", pages(SITE + "a&#0;&#xD800;&#x110000;"), [A], ("recovered_xml",)),
    Case("the five entities of XML", pages(SITE + "?&lt;&gt;&quot;&apos;&amp;x"), [SITE + "?%3C%3E%22'&x"]),
    Case("CDATA", pages(f"<![CDATA[{SITE}?a=1&b=2]]>"), [SITE + "?a=1&b=2"]),
    Case("CDATA between words", pages(f"{SITE}<![CDATA[?a&]]>amp;<![CDATA[b]]>"), [SITE + "?a&amp;b"]),
    Case("CDATA around a whole record", urlset(f"<![CDATA[{record(B)}]]>", record(A)), [A]),
    Case("CDATA never closed", urlset(record("<![CDATA[" + A), record(f"<![CDATA[{B}]]>")), [A]),
    Case("lower-case cdata", pages(f"<![cdata[{A}]]>"), [A]),
    Case("cut inside a record", pages(A, B)[:-25], [A], ("truncated_xml",)),
    Case(
        "cut behind a loc", (f"<urlset>{record(A)}<url><loc>{B}</loc><lastmod>20").encode(), [A, B], ("truncated_xml",)
    ),
    Case("cut before the end of the root", pages(A, B)[:-9], [A, B], ("truncated_xml",)),
    Case("cut inside a tag", pages(A, B)[:-12], [A, B], ("truncated_xml",)),
    Case(
        "url never closed",
        f"<urlset><url><loc>{A}</loc><url><loc>{B}</loc></urlset>".encode(),
        [A, B],
        ("recovered_xml",),
    ),
    Case(
        "loc never closed",
        f"<urlset><url><loc>{A}<lastmod>2024</lastmod></url>{record(B)}</urlset>".encode(),
        [A, B],
        ("recovered_xml",),
    ),
    Case("root closed twice", pages(A) + b"</urlset>", [A]),
    Case("end tag without start", urlset("</b>", record(A, "</i>"), record(B)), [A, B], ("recovered_xml",)),
    Case("a stray less-than", pages(SITE + "?a<b", B), [SITE + "?a%3Cb", B], ("recovered_xml",)),
    Case("less-than signs between records", urlset(record(A), "<<<<", record(B)), [A, B], ("recovered_xml",)),
    Case(
        "quotes that do not pair",
        urlset(f'<url><x a="1></x><loc>{A}</loc></url>', record(B)),
        [A, B],
        ("recovered_xml",),
    ),
    Case("attributes without quotes", f"<urlset version=1>{record(A)}</urlset>".encode(), [A]),
    Case(
        "upper-case tags",
        pages(A, B)
        .upper()
        .replace(b"HTTPS://BAKERY.EXAMPLE/A", A.encode())
        .replace(b"HTTPS://BAKERY.EXAMPLE/B", B.encode()),
        [A, B],
    ),
    Case("tags of mixed case", f"<urlSet><Url><Loc>{A}</loc></URL>{record(B)}</UrlSet>".encode(), [A, B]),
    Case("two documents concatenated", pages(A) + pages(B), [A, B], ("second_document",)),
    Case("an index behind a urlset", pages(A) + index(B), [A, B], ("second_document", "mixed_kinds")),
    Case(
        "a document inside another",
        f"<urlset>{record(A)}<urlset>{record(B)}</urlset>".encode(),
        [A, B],
        ("second_document",),
    ),
    Case(
        "PHP warning before the XML",
        b"<br />\n<b>Warning</b>: foo() in <b>/a.php</b> on line <b>3</b><br />\n" + pages(A),
        [A],
        ("text_before_xml",),
    ),
    Case(
        "PHP notice as text before the XML",
        b"Notice: undefined index in /a.php\n" + pages(A),
        [A],
        ("text_before_xml",),
    ),
    Case("white space before the XML", b"\n \t\r\n" + pages(A), [A], ("text_before_xml",)),
    Case("much white space before the XML", b"\n" * 200_000 + pages(A), [A]),
    Case("white space before the root", b"\n\n" + urlset(record(A), head=""), [A]),
    Case("text behind the XML", pages(A) + b"\n<!-- 0.2 s --><script>x()</script>", [A]),
    Case(
        "HTML around the XML",
        b"<html><head></head><body><div>" + urlset(record(A), head="") + b"</div></body></html>",
        [A],
        ("text_before_xml",),
    ),
    Case("declaration without a question mark", urlset(record(A), head='<?xml version="1.0">'), [A]),
    Case(
        "style sheet without a question mark",
        urlset(record(A), head='<?xml version="1.0"?><?xml-stylesheet href="a">'),
        [A],
        ("recovered_xml",),
    ),
    Case("declaration twice", urlset(record(A), head=DECLARATION * 2), [A]),
    Case("XML 1.1", urlset(record(A), head='<?xml version="1.1"?>'), [A]),
    Case(
        "a harmless DOCTYPE",
        urlset(record(A), head='<!DOCTYPE urlset SYSTEM "http://x.example/a.dtd">'),
        [A],
        ("doctype",),
    ),
    Case(
        "entities are not expanded",
        urlset(record(SITE + "&a;"), head='<!DOCTYPE urlset [<!ENTITY a "b">]>'),
        [SITE + "&a;"],
        ("doctype",),
    ),
    Case(
        "markup in an entity is none",
        urlset(record(A), head=f'<!DOCTYPE u [<!ENTITY a "{record(B)}"> <!-- ]> --> ]>'),
        [A],
        ("doctype",),
    ),
    Case(
        "an external entity is not read",
        urlset(record("&x;"), record(A), head='<!DOCTYPE u [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
        [MAP.replace("sitemap.xml", "&x;"), A],
    ),
]


def prefixed(prefix: str, namespace: str) -> bytes:
    """A urlset all of whose tags have a prefix."""
    inside = f"<{prefix}:url><{prefix}:loc>{A}</{prefix}:loc></{prefix}:url>"
    return f'<{prefix}:urlset xmlns:{prefix}="{namespace}">{inside}</{prefix}:urlset>'.encode()


NAMESPACES = [
    Case("no namespace", urlset(record(A), attributes=""), [A]),
    Case("prefixed namespace", prefixed("sm", XMLNS), [A]),
    Case("prefix that is not declared", b"<x:urlset>" + record(A).encode() + b"</x:urlset>", [A]),
    Case("namespace over https", urlset(record(A), attributes=f' xmlns="{XMLNS.replace("http:", "https:")}"'), [A]),
    Case("namespace with a slash", urlset(record(A), attributes=f' xmlns="{XMLNS}/"'), [A]),
    Case(
        "Google's namespace of 2005",
        urlset(record(A), attributes=' xmlns="http://www.google.com/schemas/sitemap/0.84"'),
        [A],
    ),
    Case("wrong namespace", urlset(record(A), attributes=' xmlns="urn:bread"'), [A]),
    Case("empty namespace", urlset(record(A), attributes=' xmlns=""'), [A]),
    Case("namespaces mixed by prefix", urlset(f'<s:url xmlns:s="{XMLNS}"><loc>{A}</loc></s:url>', record(B)), [A, B]),
    Case("schema location", urlset(record(A), attributes=f' xmlns:xsi="x" xsi:schemaLocation="{XMLNS} a.xsd"'), [A]),
    Case("a url of another namespace inside", urlset(record(A, "<media:url>x</media:url>"), record(B)), [A, B]),
]
