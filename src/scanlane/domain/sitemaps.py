"""Sitemaps of every kind and state, read while their bytes come in: the public face of the sitemap parser.

    reader = SitemapReader(final_url)
    for chunk in body:
        pages += reader.feed(chunk)
    pages += reader.close()

What the file is, its bytes tell; a content type is never asked. Sources: sitemaps.org/protocol.html, RFC 4287, the
RSS specifications, and what real files do instead.
"""

from collections.abc import Iterator

from scanlane.domain.sitemap_bytes import BLOCK, Body
from scanlane.domain.sitemap_charset import Characters
from scanlane.domain.sitemap_entries import Entry, Json, Limits, NotASitemap, Notes, SitemapKind
from scanlane.domain.sitemap_sniff import is_blank, refuse_binary, sniff
from scanlane.domain.sitemap_text import TextReader
from scanlane.domain.sitemap_xml import XmlReader

__all__ = ["Entry", "Json", "Limits", "NotASitemap", "SitemapKind", "SitemapReader", "kind_of", "parse"]

CHUNK = 16_384


class SitemapReader:
    """Reads one file, whose final URL is given. Its memory does not grow with the file.

    `feed` and `close` answer the entries that became complete, and raise NotASitemap once it is plain that the body is
    none. When `is_full`, a limit is reached and further bytes are ignored: the caller may stop sending.
    """

    def __init__(self, url: str, *, limits: Limits | None = None) -> None:
        self.entries = 0
        self._url = url
        self._limits = limits or Limits()
        self._notes = Notes()
        self._body = Body(self._limits, self._notes)
        self._characters: Characters | None = None
        self._reader: XmlReader | TextReader | None = None
        self._kind: SitemapKind | None = None
        self._is_full = False

    @property
    def kind(self) -> SitemapKind | None:
        """What the file is written in; None until that is known."""
        return self._reader.kind if isinstance(self._reader, XmlReader) else self._kind

    @property
    def warnings(self) -> tuple[str, ...]:
        """Machine codes of what is wrong with the file, each once."""
        return self._notes.codes

    @property
    def bytes_raw(self) -> int:
        """How many bytes were fed."""
        return self._body.bytes_raw

    @property
    def bytes_decoded(self) -> int:
        """How many bytes they were when unpacked."""
        return self._body.bytes_decoded

    @property
    def is_full(self) -> bool:
        """Whether a limit is reached, so that nothing more will be read."""
        is_spent = isinstance(self._reader, XmlReader) and self._reader.is_spent
        return self._is_full or self._body.is_full or is_spent

    def feed(self, chunk: bytes) -> list[Entry]:
        """Take the next bytes of the body; answer the entries that they complete. Raises NotASitemap."""
        found: list[Entry] = []
        if self.is_full:
            return found
        for block in self._body.blocks(chunk):
            found += self._read(block)
            if self.is_full:
                break
        return found

    def close(self) -> list[Entry]:
        """The body has ended; answer the last entries. Raises NotASitemap."""
        last = self._body.rest()
        found = [] if self._is_full else self._read(last, final=True)
        if not self.entries:
            self._refuse_nothing()
        return found

    def _read(self, block: bytes, *, final: bool = False) -> list[Entry]:
        if self._is_full:
            return []
        text = self._decoded(block, final=final)
        if self._reader is None:
            if is_blank(text):
                return []
            text = self._begin(text)
        reader = self._reader
        found = reader.read(text, final=final) if reader is not None else []
        return self._counted(found)

    def _decoded(self, block: bytes, *, final: bool) -> str:
        if self._characters is None:
            refuse_binary(block)
            self._characters = Characters(block, self._notes)
            block = block[self._characters.mark :]
        return self._characters.decode(block, final=final)

    def _begin(self, text: str) -> str:
        """Choose the reader by the first text; answer the text without what stands before the document."""
        start = sniff(text)
        self._kind = start.kind
        if start.has_junk:
            self._notes.add("text_before_xml")
        if start.kind is SitemapKind.TEXT:
            self._reader = TextReader(self._url, self._notes)
        else:
            self._reader = XmlReader(self._url, start.kind, self._notes)
        return text[start.position :]

    def _counted(self, found: list[Entry]) -> list[Entry]:
        room = self._limits.most_entries - self.entries
        if len(found) > room:
            self._notes.add("over_50000")
            self._is_full = True
            found = found[:room]
        self.entries += len(found)
        return found

    def _refuse_nothing(self) -> None:
        """A sitemap may be empty; text without an address and a document without a root are none."""
        if self._reader is None:
            raise NotASitemap("it is empty")
        if isinstance(self._reader, XmlReader) and not self._reader.roots:
            raise NotASitemap("it is markup without pages")
        if self.kind is SitemapKind.TEXT:
            raise NotASitemap("it is text that lists no address")
        self._notes.add("empty")


def parse(body: bytes, url: str) -> Iterator[Entry]:
    """The entries of a whole body that came from this URL, one after the other. Raises NotASitemap."""
    reader = SitemapReader(url)
    view = memoryview(body)
    for start in range(0, len(body), CHUNK):
        yield from reader.feed(bytes(view[start : start + CHUNK]))
    yield from reader.close()


def kind_of(body: bytes) -> SitemapKind | None:
    """What a body is written in; None if it is no sitemap."""
    reader = SitemapReader("http://localhost/")
    try:
        reader.feed(body[:BLOCK])
        reader.close()
    except NotASitemap:
        return None
    return reader.kind
