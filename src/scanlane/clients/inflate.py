"""Decompression with a ceiling: a small body that unpacks to gigabytes is stopped at the ceiling."""

from collections.abc import Iterator
from typing import cast

from isal import isal_zlib

from scanlane.clients.website_errors import BodyTooLarge, NotAPage

_RUBBISH = cast(type[Exception], isal_zlib.error)
_GZIP = 16 + isal_zlib.MAX_WBITS
# Each member of a gzip stream costs a new decompressor; honest servers send one, seldom a few.
_MOST_MEMBERS = 100
A_PIECE = 64 * 1024


class StreamInflater:
    """Unpacks one gzip body piece by piece, and keeps nothing; stops after `largest` bytes."""

    def __init__(self, largest: int) -> None:
        self._largest = largest
        self._stream = isal_zlib.decompressobj(_GZIP)
        self._members = 1
        self.unpacked = 0

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """Unpack the next piece, at most 64 KiB at a time. Raises BodyTooLarge at the ceiling, NotAPage for rubbish."""
        try:
            while piece and self._may_go_on():
                room = min(A_PIECE, self._largest - self.unpacked + 1)
                unpacked = self._stream.decompress(piece, room)
                self.unpacked += len(unpacked)
                if self.unpacked > self._largest:
                    raise BodyTooLarge(f"The page unpacks to more than {self._largest} bytes.")
                yield unpacked
                piece = self._stream.unused_data if self._stream.eof else self._stream.unconsumed_tail
        except _RUBBISH as error:
            if self._members > 1:
                # What follows a whole member is padding as often as another member.
                self._members = _MOST_MEMBERS
                return
            raise NotAPage("The page says that it is compressed, but it cannot be unpacked.") from error

    def _may_go_on(self) -> bool:
        """Whether there is a stream to go on with, a new one if need be."""
        if self._members >= _MOST_MEMBERS:
            return False
        if not self._stream.eof:
            return True
        self._members += 1
        self._stream = isal_zlib.decompressobj(_GZIP)
        return True


class Inflater:
    """Unpacks one gzip body as a whole; what it has unpacked never grows beyond `largest` bytes."""

    def __init__(self, largest: int) -> None:
        self._stream = StreamInflater(largest)
        self._unpacked = bytearray()

    def feed(self, piece: bytes) -> None:
        """Unpack the next piece. Raises BodyTooLarge at the ceiling, NotAPage for rubbish."""
        for unpacked in self._stream.feed(piece):
            self._unpacked += unpacked

    def body(self) -> bytes:
        """What has been unpacked so far; a body cut off in the middle gives its beginning."""
        return bytes(self._unpacked)
