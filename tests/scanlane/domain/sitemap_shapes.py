"""Shapes of sitemaps for the tests: small builders, and the case that a row of the catalogue is."""

from typing import NamedTuple

SITE = "https://bakery.example/"
MAP = SITE + "maps/sitemap.xml"
A, B, C = SITE + "a", SITE + "b", SITE + "c"
XMLNS = "http://www.sitemaps.org/schemas/sitemap/0.9"
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


class Case(NamedTuple):
    """A body, the addresses it lists, and warnings that must be among those given."""

    name: str
    body: bytes
    locs: list[str]
    warnings: tuple[str, ...] = ()
    url: str = MAP


def record(loc: str, more: str = "", tag: str = "url") -> str:
    """A record of the sitemap protocol."""
    return f"<{tag}><loc>{loc}</loc>{more}</{tag}>"


def urlset(*records: str, attributes: str = f' xmlns="{XMLNS}"', head: str = DECLARATION) -> bytes:
    """A urlset around records."""
    return f"{head}<urlset{attributes}>{''.join(records)}</urlset>".encode()


def index(*locs: str) -> bytes:
    """An index of these sitemaps."""
    return (
        f'<sitemapindex xmlns="{XMLNS}">{"".join(record(loc, tag="sitemap") for loc in locs)}</sitemapindex>'.encode()
    )


def pages(*locs: str) -> bytes:
    """A urlset of these pages."""
    return urlset(*map(record, locs))


def rss(*items: str) -> bytes:
    """An RSS 2.0 feed of items."""
    inside = "".join(f"<item>{item}</item>" for item in items)
    return (
        f'{DECLARATION}<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>News</title>'
        f"<link>{SITE}</link><description/>{inside}</channel></rss>"
    ).encode()


def atom(*entries: str, attributes: str = "") -> bytes:
    """An Atom 1.0 feed of entries."""
    inside = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return (
        f'{DECLARATION}<feed xmlns="http://www.w3.org/2005/Atom"{attributes}><title>News</title>'
        f'<link rel="self" href="{SITE}feed"/><link href="{SITE}"/>{inside}</feed>'
    ).encode()
