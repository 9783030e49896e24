"""The text of a PDF, page by page, and where its links lead. The only module that knows the PDF library.

The library is the optional extra `pdf`; without it every PDF is empty here. Pages, bytes, characters and the work that
one stream may cause are limited, but a hostile file can still keep the library busy for seconds: whoever reads files of
strangers does so in a process that can be ended (`scanlane.clients.pdf_process`).
"""

import io
import logging
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

LARGEST = 6_000_000
FIRST_PAGES = 15
LAST_PAGES = 5
MOST_LINKS = 200
LONGEST_LINK = 2_000
LONGEST_TEXT = 400_000
# What one stream may unpack to, and how many operators one page may have.
LARGEST_STREAM = 8_000_000
MOST_WORK = 400_000

_MARK = b"%PDF-"
_MARK_REACHES = 1024


def is_pdf(body: bytes) -> bool:
    """Whether a body is a PDF, whatever its content type says; readers allow rubbish before the mark (ISO 32000-1)."""
    return _MARK in body[:_MARK_REACHES]


def is_installed() -> bool:
    """Whether the extra `pdf` is there."""
    return find_spec("pypdf") is not None


def text_of(body: bytes, *, largest: int = LARGEST) -> str:
    """The text of the first and last pages, then one line for the target of each link; "" for what cannot be read."""
    if not is_pdf(body) or len(body) > largest or not is_installed():
        return ""
    try:
        return _text(body)
    except Exception:
        # The library fails on broken files in as many ways as files are broken.
        return ""


def _text(body: bytes) -> str:
    from pypdf import PdfReader, apply_configuration

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    with apply_configuration(
        zlib_maximum_output_length=LARGEST_STREAM,
        lzw_maximum_output_length=LARGEST_STREAM,
        run_length_maximum_output_length=LARGEST_STREAM,
        array_based_stream_maximum_output_length=LARGEST_STREAM,
        stream_decoding_work_maximum_length=4 * LARGEST_STREAM,
        stream_parsing_work_maximum_count=MOST_WORK,
        xform_maximum_invocations_per_extraction=100,
        jbig2dec_binary=None,
    ):
        return _read(PdfReader(io.BytesIO(body)))


def _read(reader: "PdfReader") -> str:
    pieces: list[str] = []
    links: dict[str, None] = {}
    length = 0
    for page in _chosen(reader):
        text = _of_page(page)
        pieces.append(text)
        length += len(text)
        links.update(dict.fromkeys(_links(page)))
        if length >= LONGEST_TEXT:
            break
    return "\n".join(("\n".join(pieces)[:LONGEST_TEXT], *islice(links, MOST_LINKS))).replace("\x00", "")


def _chosen(reader: "PdfReader") -> Iterator["PageObject"]:
    """The first pages and the last: long documents name their publisher at one of their ends."""
    count = len(reader.pages)
    last = range(max(FIRST_PAGES, count - LAST_PAGES), count)
    for number in (*range(min(FIRST_PAGES, count)), *last):
        yield reader.pages[number]


def _of_page(page: "PageObject") -> str:
    try:
        return page.extract_text()
    except Exception:
        # One broken page does not take the others with it.
        return ""


def _links(page: "PageObject") -> Iterator[str]:
    try:
        for annotation in islice(page.annotations or (), MOST_LINKS):
            action = annotation.get_object().get("/A")
            target = action.get_object().get("/URI") if action is not None else None
            if isinstance(target, str) and target.strip() and len(target) < LONGEST_LINK:
                yield target.strip()
    except Exception:
        return
