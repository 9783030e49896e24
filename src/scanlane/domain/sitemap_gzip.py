"""Gzip, peeled off while the bytes come in (RFC 1952): several members, cut off, damaged, with rubbish behind.

What could be unpacked is handed out: a missing end costs a warning, a wrong check sum nothing.
"""

import zlib
from collections.abc import Iterator

from scanlane.domain.sitemap_entries import NotASitemap, Notes

MAGIC = b"\x1f\x8b"
PIECE = 65_536
SLICE = 16_384
LONGEST_HEADER = 70_000
_TRAILER = 8


class Gzip:
    """One layer of gzip."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._waiting = b""
        self._inflater: zlib._Decompress | None = None
        self._members = 0
        self._trailer = 0
        self._is_over = False

    def unpack(self, packed: bytes) -> Iterator[bytes]:
        """Unpack the next bytes, in pieces of at most PIECE."""
        for start in range(0, len(packed), SLICE):
            yield from self._unpack_slice(packed[start : start + SLICE])

    def close(self) -> None:
        """The bytes have ended: note truncated_gzip if the last member has not."""
        if not self._is_over and (self._inflater is not None or self._waiting or self._trailer):
            self._notes.add("truncated_gzip")

    def _unpack_slice(self, packed: bytes) -> Iterator[bytes]:
        while packed and not self._is_over:
            if self._trailer:
                cut = min(self._trailer, len(packed))
                self._trailer -= cut
                packed = packed[cut:]
            elif self._inflater is None:
                packed = self._begin(packed)
            else:
                yield from self._inflate(self._inflater, packed)
                packed = self._waiting
                self._waiting = b""

    def _begin(self, packed: bytes) -> bytes:
        """Read the header of a member; answer what follows it, nothing if the header is not yet complete."""
        self._waiting += packed
        if self._members and not self._waiting.startswith(MAGIC[: len(self._waiting)]):
            self._end("gzip_trailing" if self._waiting.strip(b"\0") else None)
            return b""
        length = header_length(self._waiting)
        if length is None:
            if len(self._waiting) > LONGEST_HEADER:
                self._end("damaged_gzip")
            return b""
        rest, self._waiting = self._waiting[length:], b""
        self._inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        self._members += 1
        return rest

    def _inflate(self, inflater: "zlib._Decompress", packed: bytes) -> Iterator[bytes]:
        while packed:
            before = inflater.copy()
            try:
                piece = inflater.decompress(packed, PIECE)
            except zlib.error:
                yield from self._salvage(before, packed)
                return
            yield piece
            packed = inflater.unconsumed_tail
            if inflater.eof:
                self._inflater, self._trailer, self._waiting = None, _TRAILER, inflater.unused_data
                return

    def _salvage(self, inflater: "zlib._Decompress", packed: bytes) -> Iterator[bytes]:
        """Hand out what comes before the damage: the decompressor gives nothing of a call that fails."""
        self._end("damaged_gzip")
        for position in range(len(packed)):
            try:
                yield inflater.decompress(packed[position : position + 1], PIECE)
            except zlib.error:
                return

    def _end(self, code: str | None) -> None:
        self._is_over, self._waiting, self._inflater = True, b"", None
        if code:
            self._notes.add(code)


def header_length(packed: bytes) -> int | None:
    """How long the header of a member is; None while it is not complete."""
    if len(packed) < 10:
        return None
    flags, end = packed[3], 10
    if flags & 4:
        end += 2 + int.from_bytes(packed[10:12], "little")
    for flag in (8, 16):
        if flags & flag:
            end = packed.find(b"\0", end) + 1 or len(packed) + 1
    end += 2 if flags & 2 else 0
    return end if end <= len(packed) else None


class Peeler:
    """Takes off as many layers of gzip as there are, told by their mark; at most so many."""

    def __init__(self, notes: Notes, *, most_layers: int, depth: int = 0) -> None:
        self._notes = notes
        self._most_layers = most_layers
        self._depth = depth
        self._head: bytes | None = b""
        self._layer: Gzip | None = None
        self._inner: Peeler | None = None

    def peel(self, chunk: bytes) -> Iterator[bytes]:
        """Unpack the next bytes, in pieces of at most PIECE. Raises NotASitemap at one layer too many."""
        if self._head is not None:
            chunk = self._head + chunk
            self._head = chunk
            if len(chunk) < len(MAGIC):
                return
            self._head = None
            if chunk.startswith(MAGIC):
                self._open()
        if self._layer is None or self._inner is None:
            yield chunk
            return
        for piece in self._layer.unpack(chunk):
            yield from self._inner.peel(piece)

    def close(self) -> bytes:
        """The bytes have ended; answer what is left: a body too short to tell."""
        if self._layer is None or self._inner is None:
            return self._head or b""
        self._layer.close()
        return self._inner.close()

    def _open(self) -> None:
        if self._depth >= self._most_layers:
            raise NotASitemap(f"it is gzip inside gzip, more than {self._most_layers} times")
        if self._depth:
            self._notes.add("gzip_twice")
        self._layer = Gzip(self._notes)
        self._inner = Peeler(self._notes, most_layers=self._most_layers, depth=self._depth + 1)
