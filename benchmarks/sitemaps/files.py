"""The sitemaps of the measurement: 50,000 pages each, plain, packed, and with images and languages."""

import gzip
from collections.abc import Callable
from pathlib import Path

URL = "https://www.bakery.example/sitemap.xml"

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"%s>\n'
_EXTENSIONS = (
    ' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" xmlns:xhtml="http://www.w3.org/1999/xhtml"'
)


def write_files(folder: Path, pages: int) -> dict[str, Path]:
    """Write the files; answer their paths by name."""
    plain = _file(_plain, "", pages)
    bodies = {
        "plain": plain,
        "gz": gzip.compress(plain),
        "ext": _file(_extended, _EXTENSIONS, pages),
        "odd": plain.replace(b"</loc>", b"<!-- x --></loc>"),
        "broken": plain.replace(b"&amp;", b"&"),
    }
    for name, body in bodies.items():
        (folder / name).write_bytes(body)
    return {name: folder / name for name in bodies}


def _file(record: Callable[[int], str], namespaces: str, pages: int) -> bytes:
    return (_HEAD % namespaces + "".join(map(record, range(pages))) + "</urlset>\n").encode()


def _plain(number: int) -> str:
    return (
        f"  <url>\n    <loc>https://www.bakery.example/breads/kind-{number % 97}/loaf-of-rye-{number}?ref={number}"
        f"&amp;page=1</loc>\n    <lastmod>{_date(number)}</lastmod>\n"
        f"    <changefreq>weekly</changefreq>\n    <priority>0.{number % 10}</priority>\n  </url>\n"
    )


def _extended(number: int) -> str:
    links = "".join(
        f'    <xhtml:link rel="alternate" hreflang="{language}" '
        f'href="https://www.bakery.example/{language}/loaf-{number}"/>\n'
        for language in ("de", "fr")
    )
    return (
        f"  <url>\n    <loc>https://www.bakery.example/breads/loaf-{number}</loc>\n"
        f"    <lastmod>{_date(number)}</lastmod>\n{links}    <image:image>\n"
        f"      <image:loc>https://www.bakery.example/images/loaf-{number}.jpg</image:loc>\n"
        f"      <image:title>Loaf {number}</image:title>\n    </image:image>\n  </url>\n"
    )


def _date(number: int) -> str:
    time = f"{number % 24:02}:{number % 60:02}:{number * 7 % 60:02}"
    return f"2024-{number % 12 + 1:02}-{number % 28 + 1:02}T{time}+00:00"
