"""The characters of a sitemap, while its bytes come in: byte-order mark, zero bytes, XML declaration, UTF-8."""

import codecs
import re

from scanlane.domain.charset import codec_of
from scanlane.domain.sitemap_entries import Notes

DECLARED_WITHIN = 1024

_DECLARED = re.compile(
    rb"<\?xml\s[^>]{0,200}?encoding\s{0,9}=\s{0,9}[\"']\s{0,9}([A-Za-z0-9._:-]{2,40})", re.IGNORECASE
)
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
# Which of the first four bytes are zero where the text begins with two ASCII characters.
_ZEROS = {
    (False, True, False, True): "utf-16-le",
    (True, False, True, False): "utf-16-be",
    (False, True, True, True): "utf-32-le",
    (True, True, True, False): "utf-32-be",
}
_ONE_BYTE = re.compile(r"cp\d+|iso8859_\d+|koi8_.|mac_roman")
_INVALID = re.compile("[\udc80-\udcff]")
# A byte that is no UTF-8 is what Windows-1252 makes of it: one stray character, not a lost file.
_AS_CP1252 = {0xDC00 + byte: bytes([byte]).decode("cp1252", "replace") for byte in range(0x80, 0x100)}


class Characters:
    """Turns blocks of bytes into text. The first block decides about the encoding."""

    def __init__(self, first: bytes, notes: Notes) -> None:
        self._notes = notes
        self._codec, self.mark = _codec_of(first, notes)
        self._is_utf8 = self._codec == "utf-8"
        self._decoder = codecs.getincrementaldecoder(self._codec)("surrogateescape" if self._is_utf8 else "replace")

    def decode(self, block: bytes, *, final: bool = False) -> str:
        """The text of the next block. Never raises: what cannot be decoded is noted as bad_encoding."""
        text = self._decoder.decode(block, final)
        if text.isascii():
            return text
        if self._is_utf8:
            if _INVALID.search(text):
                self._notes.add("bad_encoding")
                text = text.translate(_AS_CP1252)
        elif "\ufffd" in text:
            self._notes.add("bad_encoding")
        return text


def _codec_of(first: bytes, notes: Notes) -> tuple[str, int]:
    """The codec, and how many bytes of mark come before the text."""
    for mark, codec in _MARKS:
        if first.startswith(mark):
            return codec, len(mark)
    if (codec_by_zeros := _ZEROS.get(tuple(byte == 0 for byte in first[:4]))) is not None:  # type: ignore[arg-type]
        return codec_by_zeros, 0
    declared = _DECLARED.search(first, 0, DECLARED_WITHIN)
    if declared is None:
        return "utf-8", 0
    return _codec_as_declared(declared[1].decode("ascii"), first, notes), 0


def _codec_as_declared(label: str, first: bytes, notes: Notes) -> str:
    codec = codec_of(label)
    if codec is None or codec.startswith(("utf-16", "utf-32")):
        # The declaration could be read as ASCII, so it is not UTF-16, whatever it says.
        notes.add("bad_encoding")
        return "utf-8"
    if _ONE_BYTE.fullmatch(codec) and not first.isascii() and _is_utf8(first):
        # Several letters in a row that happen to be valid UTF-8 are UTF-8: the declaration is a template's.
        notes.add("bad_encoding")
        return "utf-8"
    return codec


def _is_utf8(block: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(block)
    except UnicodeDecodeError:
        return False
    return True
