"""The websites of a sample town: small, made up, and each with a sitemap of another kind."""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass, field

URLSET = "http://www.sitemaps.org/schemas/sitemap/0.9"


@dataclass(frozen=True, slots=True, kw_only=True)
class TownSite:
    """One website. `head` goes into the head of every page; `files` are served as they are, after {base} was filled in.

    `answers_everything`: unknown paths get a page that says so politely, with status 200. `is_gone`: all are 410.
    """

    host: str
    title: str
    language: str = "en"
    head: str = ""
    pages: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    answers_everything: bool = False
    is_gone: bool = False

    def page(self, path: str) -> bytes | None:
        """The page at this path."""
        found = self.pages.get(path)
        if found is None:
            return self._apology() if self.answers_everything else None
        return self._written(*found)

    def _apology(self) -> bytes:
        return self._written("Nothing here", "<p>We looked everywhere, but this page is not on our shelves.</p>")

    def _written(self, heading: str, body: str) -> bytes:
        menu = "".join(f'<a href="{path}">{name}</a> ' for path, (name, _) in self.pages.items())
        canonical = f"https://{self.host.removesuffix('.localhost')}.example/"
        return (
            f'<!doctype html><html lang="{self.language}"><head><meta charset="utf-8">'
            f"<title>{heading} | {self.title}</title>"
            f'<link rel="canonical" href="{canonical}">{self.head}</head>'
            f"<body><nav>{menu}</nav><main><h1>{heading}</h1>{body}</main></body></html>"
        ).encode()


def _robots(*sitemaps: str) -> bytes:
    named = "".join(f"Sitemap: {{base}}{path}\n" for path in sitemaps)
    return f"User-agent: *\nDisallow: /admin/\n\n{named}".encode()


def _urlset(*paths: str, lastmod: str = "2026-10-01") -> bytes:
    urls = "".join(f"<url><loc>{{base}}{path}</loc><lastmod>{lastmod}</lastmod></url>" for path in paths)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{URLSET}">{urls}</urlset>\n'.encode()


def _index(*paths: str) -> bytes:
    files = "".join(f"<sitemap><loc>{{base}}{path}</loc></sitemap>" for path in paths)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex xmlns="{URLSET}">{files}</sitemapindex>\n'.encode()


LIGHTHOUSE_HOTEL = TownSite(
    host="lighthouse-hotel.localhost",
    title="Lighthouse Hotel",
    head='<meta name="generator" content="WordPress 6.5.2"><link rel="stylesheet" href="/wp-content/themes/sea/a.css">',
    pages={
        "/": (
            "Sleep by the light",
            "<p>Twelve rooms, one lamp. Call <a href='tel:+442079460201'>020 7946 0201</a>.</p>",
        ),
        "/rooms": ("Rooms", "<p>Every room looks at the sea. Groups: groups [at] lighthouse-hotel [dot] example.</p>"),
        "/contact": (
            "Contact",
            "<p><a href='mailto:reception@lighthouse-hotel.example'>Write to the reception</a>.</p>",
        ),
        "/weddings": ("Weddings", "<p>Ask events@lighthouse-hotel.example for a date.</p>"),
    },
    files={
        "/robots.txt": _robots("/wp-sitemap.xml"),
        "/wp-sitemap.xml": _index("/wp-sitemap-pages.xml", "/wp-sitemap-rooms.xml.gz"),
        "/wp-sitemap-pages.xml": _urlset("/", "/contact", "/weddings"),
        # Compressed below, once {base} was filled in.
        "/wp-sitemap-rooms.xml.gz": _urlset("/rooms"),
    },
)
QUAY_DENTAL = TownSite(
    host="quay-dental.localhost",
    title="Quay Dental",
    head='<meta name="generator" content="Joomla! - Open Source Content Management">',
    pages={
        "/": ("Teeth, gently", "<p>New patients are welcome.</p>"),
        "/team": ("Our team", "<p>The practice: <a href='mailto:practice@quay-dental.example'>e-mail</a></p>"),
        "/appointments": ("Appointments", "<p>Telephone <a href='tel:+442079460202'>020 7946 0202</a>.</p>"),
    },
    files={
        "/robots.txt": _robots("/sitemap.txt"),
        "/sitemap.txt": b"{base}/\n{base}/team\n{base}/appointments\n",
    },
)
OLD_TOWN_BOOKS = TownSite(
    host="old-town-books.localhost",
    title="Old Town Books",
    head='<script src="https://cdn.shopify.com/s/files/1/shop.js"></script>',
    pages={
        "/": ("Second-hand, first-rate", "<p>Books by the metre and by the page.</p>"),
        "/pages/contact": ("Contact", "<p>shop@old-town-books.example, or across the counter.</p>"),
        "/pages/selling": (
            "Sell us books",
            "<p>Send a list to <a href='mailto:buying@old-town-books.example'>us</a>.</p>",
        ),
    },
    files={"/sitemap_index.xml": _index("/sitemap_pages.xml"), "/sitemap_pages.xml": _urlset("/pages/contact", "/")},
)
GULL_BICYCLES = TownSite(
    host="gull-bicycles.localhost",
    title="Gull Bicycles",
    head='<link rel="sitemap" type="application/xml" href="/feed.atom"><script src="/js/jquery-3.7.1.min.js"></script>',
    pages={
        "/": ("Wheels for the coast road", "<p>Hire, repair, advice.</p>"),
        "/workshop": ("Workshop", "<p>Book a repair: workshop(at)gull-bicycles.example</p>"),
        "/hire": ("Hire", "<p><a href='https://www.instagram.com/gullbicyclesexample'>See our bicycles</a></p>"),
    },
    files={
        "/feed.atom": b'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Gull</title>'
        b'<entry><title>Workshop</title><link href="/workshop"/><updated>2026-09-01T08:00:00Z</updated></entry>'
        b'<entry><title>Hire</title><link href="/hire"/><updated>2026-09-02T08:00:00Z</updated></entry></feed>',
    },
)
TIDE_YOGA = TownSite(
    host="tide-yoga.localhost",
    title="Tide Yoga",
    head='<meta name="generator" content="Squarespace">',
    pages={
        "/": ("Breathe with the tide", "<p>Classes at low water.</p>"),
        "/classes": ("Classes", "<p>Monday to Saturday.</p>"),
        "/contact-us": ("Contact us", "<p>hello@tide-yoga.example</p>"),
    },
    files={
        "/robots.txt": _robots("/sitemap.xml"),
        # As it is found in the wild: a warning before the document, and an ampersand that was not escaped.
        "/sitemap.xml": b"Warning: Undefined variable\n"
        + _urlset("/classes?day=mon&level=2", "/contact-us").replace(b"&amp;", b"&"),
    },
)
ANCHOR_SURVEYORS = TownSite(
    host="anchor-surveyors.localhost",
    title="Anchor Surveyors",
    pages={
        "/": ("We measure twice", "<p>Chartered since the harbour wall.</p>"),
        "/legal-notice": ("Legal notice", "<p>Anchor Surveyors, office@anchor-surveyors.example</p>"),
    },
    answers_everything=True,
)
PIER_THEATRE = TownSite(
    host="pier-theatre.localhost",
    title="Pier Theatre",
    pages={
        "/": ("Tonight at the end of the pier", "<p>Doors at seven.</p>"),
        "/box-office": ("Box office", "<p><a href='mailto:tickets@pier-theatre.example'>Tickets</a></p>"),
    },
    files={
        "/robots.txt": _robots("/sitemap.xml"),
        "/sitemap.xml": b"<!doctype html><html><body><h1>Curtain down</h1><p>No such page.</p></body></html>",
    },
)
SUNKEN_GALLEON = TownSite(host="sunken-galleon.localhost", title="The Sunken Galleon", is_gone=True)

SITES = {
    site.host: site
    for site in (
        LIGHTHOUSE_HOTEL,
        QUAY_DENTAL,
        OLD_TOWN_BOOKS,
        GULL_BICYCLES,
        TIDE_YOGA,
        ANCHOR_SURVEYORS,
        PIER_THEATRE,
        SUNKEN_GALLEON,
    )
}


def file_at(site: TownSite, path: str, base: bytes) -> bytes | None:
    """The file that the site serves at this path, for a site that is reached at `base`."""
    found = site.files.get(path)
    if found is None:
        return None
    written = found.replace(b"{base}", base)
    return gzip.compress(written, mtime=0) if path.endswith(".gz") else written
