"""Decompression with a ceiling: a small body that unpacks to gigabytes is stopped at the ceiling."""

from typing import cast

from isal import isal_zlib

from scanlane.clients.website_errors import BodyTooLarge, NotAPage

_RUBBISH = cast(type[Exception], isal_zlib.error)
_GZIP = 16 + isal_zlib.MAX_WBITS
# Each member of a gzip stream costs a new decompressor; honest servers send one, seldom a few.
_MOST_MEMBERS = 100


class Inflater:
    """Unpacks one gzip body piece by piece; what it has unpacked never grows beyond `largest` bytes."""

    def __init__(self, largest: int) -> None:
        self._largest = largest
        self._stream = isal_zlib.decompressobj(_GZIP)
        self._members = 1
        self._unpacked = bytearray()

    def feed(self, piece: bytes) -> None:
        """Unpack the next piece. Raises BodyTooLarge at the ceiling, NotAPage for rubbish."""
        try:
            while piece and self._may_go_on():
                piece = self._unpack(piece)
        except _RUBBISH as error:
            if self._members > 1:
                # What follows a whole member is padding as often as another member.
                self._members = _MOST_MEMBERS
                return
            raise NotAPage("The page says that it is compressed, but it cannot be unpacked.") from error

    def body(self) -> bytes:
        """What has been unpacked so far; a body cut off in the middle gives its beginning."""
        return bytes(self._unpacked)

    def _unpack(self, piece: bytes) -> bytes:
        """Unpack a part of the piece; answer the rest of it."""
        room = self._largest - len(self._unpacked) + 1
        self._unpacked += self._stream.decompress(piece, room)
        if len(self._unpacked) > self._largest:
            raise BodyTooLarge(f"The page unpacks to more than {self._largest} bytes.")
        return self._stream.unused_data if self._stream.eof else self._stream.unconsumed_tail

    def _may_go_on(self) -> bool:
        """Whether there is a stream to go on with, a new one if need be."""
        if self._members >= _MOST_MEMBERS:
            return False
        if not self._stream.eof:
            return True
        self._members += 1
        self._stream = isal_zlib.decompressobj(_GZIP)
        return True
