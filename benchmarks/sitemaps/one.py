"""Reads one file with one reader, in a process of its own: `python one.py READER FILE`; prints one JSON object.

It imports nothing of the project but for its own reader, so that any Python that has a peer can run it.
"""

import gc
import gzip
import importlib
import json
import pyexpat
import sys
import time
from collections.abc import Callable
from pathlib import Path

URL = "https://www.bakery.example/sitemap.xml"
Read = Callable[[bytes], int]


def scanlane() -> Read:
    """This project: dates parsed, entries with all their fields, 16 KB at a time."""
    parse = importlib.import_module("scanlane.domain.sitemaps").parse
    return lambda body: sum(1 for _ in parse(body, URL))


def expat() -> Read:
    """The bare loop of Python's XML parser: texts of leaves, no dates, no objects, no repair."""
    return _bare_loop


def scrapy() -> Read:
    """Scrapy's Sitemap, over lxml: dictionaries, dates as text."""
    sitemap = importlib.import_module("scrapy.utils.sitemap").Sitemap
    gunzip = importlib.import_module("scrapy.utils.gz").gunzip
    return lambda body: sum(1 for _ in sitemap(gunzip(body) if body.startswith(b"\x1f\x8b") else body))


def usp() -> Read:
    """ultimate-sitemap-parser, over expat: dates parsed, pages swapped to disk."""
    parser = importlib.import_module("usp.fetch_parse").XMLSitemapParser

    def read(body: bytes) -> int:
        found = parser(URL, _text(body), 0, None, set()).sitemap()
        return sum(1 for _ in found.all_pages())

    return read


def trafilatura() -> Read:
    """trafilatura, over regular expressions: addresses only."""
    made = importlib.import_module("trafilatura.sitemaps").SitemapObject

    def read(body: bytes) -> int:
        found = made("https://www.bakery.example", "bakery.example", [URL], external=True)
        found.current_url, found.content = URL, _text(body)
        found.process()
        return len(found.urls)

    return read


READERS = {function.__name__: function for function in (scanlane, expat, scrapy, usp, trafilatura)}


def _text(body: bytes) -> str:
    return (gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body).decode()


def _bare_loop(body: bytes) -> int:
    pages, texts, fields = 0, [], {}

    def begin(_: str, __: list[str]) -> None:
        texts.clear()

    def end(name: str) -> None:
        nonlocal pages
        if name == "url":
            pages += "loc" in fields
            fields.clear()
        fields[name] = "".join(texts)

    parser = pyexpat.ParserCreate()
    parser.buffer_text = parser.ordered_attributes = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = begin, end, texts.append
    parser.Parse(gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body, True)
    return pages


def _kilobytes(field: str) -> int:
    """How much memory Linux says that this process has or had; 0 elsewhere."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) for line in lines if line.startswith(field)), 0)


def main(reader: str, path: str) -> None:
    """Read the file; print the number of pages, the CPU seconds, and the megabytes above the loaded file."""
    read, body = READERS[reader](), Path(path).read_bytes()
    gc.collect()
    before, began = _kilobytes("VmRSS"), time.process_time()
    pages = read(body)
    seconds = time.process_time() - began
    above = max(0, _kilobytes("VmHWM") - before) / 1024
    print(json.dumps({"pages": pages, "seconds": seconds, "megabytes": round(above, 1)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
