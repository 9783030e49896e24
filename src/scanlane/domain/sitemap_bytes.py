"""The bytes of a body in blocks of one size: unpacked, counted, limited, whatever pieces they came in."""

from collections.abc import Iterator

from scanlane.domain.sitemap_entries import Limits, Notes
from scanlane.domain.sitemap_gzip import Peeler

BLOCK = 65_536


class Body:
    """Takes chunks of any size and gives blocks of one size, so that the chunks cannot influence what is read."""

    def __init__(self, limits: Limits, notes: Notes, *, block: int = BLOCK) -> None:
        self.bytes_raw = 0
        self.bytes_decoded = 0
        self.is_full = False
        self._limits = limits
        self._notes = notes
        self._block = block
        self._peeler = Peeler(notes, most_layers=limits.most_layers)
        self._waiting = bytearray()

    def blocks(self, chunk: bytes) -> Iterator[bytes]:
        """Take the next bytes; give the blocks that they fill. Raises NotASitemap at too many layers of gzip."""
        if self.is_full:
            return
        room = self._limits.largest_raw - self.bytes_raw
        self.bytes_raw += len(chunk)
        for piece in self._peeler.peel(chunk[:room]):
            yield from self._filled(piece)
            if self.is_full:
                return
        if len(chunk) > room:
            self._overflow()

    def rest(self) -> bytes:
        """The body has ended: its last bytes, fewer than a block."""
        last = self._peeler.close()
        self.bytes_decoded += len(last)
        return bytes(self._waiting + last)

    def _filled(self, piece: bytes) -> Iterator[bytes]:
        room = self._limits.largest_body - self.bytes_decoded
        self.bytes_decoded += len(piece)
        self._waiting += piece[:room]
        while len(self._waiting) >= self._block:
            yield bytes(self._waiting[: self._block])
            del self._waiting[: self._block]
        if len(piece) > room:
            self._overflow()

    def _overflow(self) -> None:
        self._notes.add("over_50mb")
        self.is_full = True
