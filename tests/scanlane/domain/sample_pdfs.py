"""PDFs for tests, written by hand: a page for each group of lines, links as annotations, streams packed or not."""

import zlib
from collections.abc import Sequence


def pdf(*pages: Sequence[str], links: Sequence[str] = (), pack: bool = True) -> bytes:
    """A PDF of these pages, each a list of lines; the links lie on the first page."""
    return of_streams([_stream_of(lines) for lines in pages], links=links, pack=pack)


def of_streams(streams: Sequence[bytes], *, links: Sequence[str] = (), pack: bool = True) -> bytes:
    """A PDF whose pages are drawn by these content streams."""
    count = len(streams)
    annotations = " ".join(
        f"<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI ({link}) >> >>" for link in links
    )
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(count))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, stream in enumerate(streams):
        annots = f"/Annots [{annotations}]" if annotations and number == 0 else ""
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> "
            f"/Contents {5 + 2 * number} 0 R {annots} >>".encode()
        )
        objects.append(_packed(stream) if pack else _plain(stream))
    return _file(objects)


def _stream_of(lines: Sequence[str]) -> bytes:
    shown = "".join(f"({line}) Tj T*\n" for line in lines)
    return f"BT /F1 12 Tf 14 TL 40 800 Td\n{shown}ET".encode("cp1252")


def _packed(stream: bytes) -> bytes:
    data = zlib.compress(stream, 9)
    return b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(data), data)


def _plain(stream: bytes) -> bytes:
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream)


def _file(objects: Sequence[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.7\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)
