"""What a body is, told from its first bytes and never from its content type: which sitemap, or why none."""

import re
from dataclasses import dataclass

from scanlane.domain.sitemap_entries import NotASitemap, SitemapKind

LONGEST_HEAD = 8192

_SIGNATURES = (
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"RIFF", "a RIFF file (an image, sound or video)"),
    (b"\x00\x00\x01\x00", "an icon"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a zip archive"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\x28\xb5\x2f\xfd", "compressed with Zstandard"),
)
_KINDS = {
    "urlset": SitemapKind.URLSET,
    "sitemapindex": SitemapKind.INDEX,
    "rss": SitemapKind.RSS,
    "rdf": SitemapKind.RSS,
    "feed": SitemapKind.ATOM,
}
_SPACE = " \t\r\n\x0b\x0c\x85\xa0\ufeff\u200b\u2028\u2029"
_ROOT = re.compile(r"<(?:[\w.-]{1,60}:)?(urlset|sitemapindex|rss|rdf|feed)(?=[\s/>])", re.IGNORECASE)
_SITEMAP_IN_HTML = re.compile(r"<(?:urlset|sitemapindex)\s[^<>]{0,2000}sitemap", re.IGNORECASE)
_HTML = re.compile(r"<!doctype\s+html|<(?:html|head|body|title|meta|script|div|table|center|h1)\b", re.IGNORECASE)
_PAGE = re.compile(r"<!doctype\s+html|<(?:html|head|body)\b", re.IGNORECASE)
_RECORD = re.compile(r"<(?:[\w.-]{1,60}:)?(?:url|sitemap|item|entry)[\s>]", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_FIRST_ELEMENT = re.compile(r"<([A-Za-z_][\w.:-]{0,60})")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufffd]")
_DECLARATION = re.compile(r"\s*(?:<\?xml|<!--|<!DOCTYPE|<\?)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Start:
    """How a body begins: its kind (None if the root is unknown but records follow), and where its markup starts."""

    kind: SitemapKind | None
    position: int
    has_junk: bool


def refuse_binary(first: bytes) -> None:
    """Raise NotASitemap if the bytes begin like an image, a document or an archive."""
    for signature, name in _SIGNATURES:
        if first.startswith(signature):
            raise NotASitemap(f"it is {name}")


def kind_of_root(local: str) -> SitemapKind | None:
    """The kind of sitemap that a root element of this local name, in lower case, begins; None if of none."""
    return _KINDS.get(local)


def is_blank(text: str) -> bool:
    """Whether nothing in the text can be seen."""
    return not text.strip(_SPACE)


def sniff(text: str) -> Start:
    """Tell what the first block of a body is. Raises NotASitemap with the reason."""
    page, root = _PAGE.search(text), _ROOT.search(text)
    if page and (root is None or page.start() < root.start()):
        root = _SITEMAP_IN_HTML.search(text)
        if root is None:
            raise NotASitemap("it is an HTML page")
        return Start(_KINDS[_named(root[0])], root.start(), has_junk=True)
    if root is not None:
        before = text[: root.start()]
        return Start(_KINDS[root[1].lower()], *_declared_at(before))
    return _without_root(text)


def _named(tag: str) -> str:
    return tag[1:].split(None, 1)[0].lower()


def _declared_at(before: str) -> tuple[int, bool]:
    """Where the markup of the document starts, and whether something that is no markup stands before it."""
    stripped = before.lstrip(_SPACE)
    if not stripped or _DECLARATION.match(stripped):
        blank = len(before) - len(stripped)
        return blank, bool(before[:blank].strip("\ufeff")) and stripped.startswith("<?xml")
    declaration = before.find("<?xml")
    return (declaration if declaration >= 0 else len(before)), True


def _without_root(text: str) -> Start:
    shown = text.lstrip(_SPACE)
    if shown.startswith(("{", "[")):
        raise NotASitemap("it is JSON")
    if shown.startswith("<"):
        return _unknown_root(text, shown)
    if len(_CONTROL.findall(shown[:1000])) * 10 > len(shown[:1000]) or "\0" in shown[:1000]:
        raise NotASitemap("it is binary data")
    if _HTML.search(text):
        raise NotASitemap("it is an HTML page")
    if "<loc" in text or _RECORD.search(text):
        return Start(None, text.find("<"), has_junk=True)
    return Start(SitemapKind.TEXT, 0, has_junk=False)


def _unknown_root(text: str, shown: str) -> Start:
    if _RECORD.search(text):
        return Start(None, len(text) - len(shown), has_junk=False)
    element = _FIRST_ELEMENT.search(_COMMENT.sub("", text))
    if element is None and len(text) >= LONGEST_HEAD:
        return Start(None, len(text) - len(shown), has_junk=False)
    if _HTML.search(text):
        raise NotASitemap("it is an HTML page")
    raise NotASitemap(f"its root element is <{element[1]}>" if element else "it is markup without elements")
