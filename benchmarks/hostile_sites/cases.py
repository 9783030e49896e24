"""The attacks, by name: what a hostile website answers to a request for its home page.

Each is a plain function of the writer; a server that runs out of reader stops by itself.
"""

import asyncio
import gzip
import zlib
from collections.abc import Awaitable, Callable
from functools import cache

Attack = Callable[[asyncio.StreamWriter], Awaitable[None]]

MB = 1 << 20
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
ENDLESS = HEAD + b"Connection: close\r\n\r\n"


def page(body: bytes, *, encoding: str = "", kind: str = "text/html", more: str = "") -> bytes:
    """A whole answer."""
    lines = [f"Content-Type: {kind}", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"Content-Encoding: {encoding}"] if encoding else []
    return ("HTTP/1.1 200 OK\r\n" + "\r\n".join(lines) + f"\r\n{more}\r\n").encode() + body


def once(answer: bytes) -> Attack:
    """One answer, and the end."""

    async def attack(writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()

    return attack


def made_late(make: Callable[[], bytes]) -> Attack:
    """One answer that is costly to make, made when it is asked for."""

    async def attack(writer: asyncio.StreamWriter) -> None:
        writer.write(await asyncio.to_thread(make))
        await writer.drain()

    return attack


def without_end(start: bytes, piece: bytes, *, pause: float = 0.0, most: int = 1 << 40) -> Attack:
    """A start, and then the same piece, until nobody listens any more or `most` bytes are sent."""

    async def attack(writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        sent = 0
        while not writer.is_closing() and sent < most:
            writer.write(piece)
            sent += len(piece)
            await writer.drain()
            await asyncio.sleep(pause)

    return attack


async def silent(writer: asyncio.StreamWriter) -> None:
    """Nothing at all."""
    await writer.wait_closed()


@cache
def zeros(wbits: int = 31, size: int = 64) -> bytes:
    """A GB of zeros, compressed in pieces of `size` MB: gzip for 31, zlib for 15, raw deflate for -15."""
    packer = zlib.compressobj(9, zlib.DEFLATED, wbits)
    piece = b"".join([*(packer.compress(bytes(MB)) for _ in range(size)), packer.flush()])
    return piece * (1024 // size)


def redirect(to: str) -> bytes:
    """An answer that leads elsewhere."""
    return f"HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()


def _two_mb(piece: bytes) -> bytes:
    return piece * (1_990_000 // len(piece))


HTML = {
    "html: nested": _two_mb(b"<div>"),
    "html: misnested": _two_mb(b"<b><i></b>"),
    "html: attributes": b"<p " + _two_mb(b"a%07db=1 ") + b">",
    "html: open tags": _two_mb(b"<"),
    "html: comments": _two_mb(b"<!--"),
    "html: @": _two_mb(b"@"),
    "html: addresses": _two_mb(b"a@b.example "),
    "html: links": _two_mb(b'<a href="/contact/x">contact</a>'),
    "html: entities": _two_mb(b"&amp;#64;"),
    "html: script": b"<script>" + _two_mb(b"'a'+") + b"</script>",
    "html: digits": _two_mb(b"+49 30 1234567 "),
    "html: one word": _two_mb(b"a"),
}
CHARSETS = ("punycode", "idna", "utf-7", "undefined", "rot13", "zlib", "unicode_escape", "../../etc/passwd", "x" * 900)

ATTACKS: dict[str, Attack] = {
    "bomb: gzip": made_late(lambda: page(zeros(), encoding="gzip")),
    "bomb: gzip in gzip": made_late(lambda: page(gzip.compress(zeros()), encoding="gzip, gzip")),
    "bomb: stacked, announced once": made_late(lambda: page(gzip.compress(zeros()), encoding="gzip")),
    "bomb: deflate": made_late(lambda: page(zeros(wbits=15), encoding="deflate")),
    "bomb: raw deflate": made_late(lambda: page(zeros(wbits=-15), encoding="deflate")),
    "bomb: br": once(page(b"\x5b\xff\xff\x03" + bytes(1600), encoding="br")),
    "bomb: zstd": once(page(b"\x28\xb5\x2f\xfd\xa4" + bytes(32_000), encoding="zstd")),
    "bomb: gzip without announcement": made_late(lambda: page(zeros())),
    "bomb: a million gzip members": made_late(lambda: page(gzip.compress(b"") * 90_000, encoding="gzip")),
    "body: without end": without_end(ENDLESS, bytes(65_536)),
    "body: drip": without_end(ENDLESS, b"x", pause=0.2),
    "body: too short": once(HEAD + b"Content-Length: 5000\r\n\r\nshort"),
    "body: too long": once(HEAD + b"Content-Length: 5\r\n\r\n" + b"long" * 50_000),
    "body: negative length": once(HEAD + b"Content-Length: -5\r\n\r\nx"),
    "body: two lengths": once(HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nxxxxxx"),
    "body: claims a terabyte": once(HEAD + b"Content-Length: 1099511627776\r\n\r\nx"),
    "chunks: without end": without_end(CHUNKED, b"8000\r\n" + bytes(32_768) + b"\r\n"),
    "chunks: one byte each": without_end(CHUNKED, b"1\r\nx\r\n" * 1000),
    "chunks: one endless extension": without_end(CHUNKED + b"5;", b"x" * 65_536),
    "chunks: long extensions": without_end(CHUNKED, b"1;" + b"x" * 16_000 + b"\r\nx\r\n"),
    "chunks: endless trailers": without_end(CHUNKED + b"1\r\nx\r\n0\r\n", b"a: b\r\n" * 1000),
    "chunks: huge size": once(CHUNKED + b"ffffffffffffffff\r\nx"),
    "headers: one without end": without_end(b"HTTP/1.1 200 OK\r\nX: ", b"x" * 65_536),
    "headers: a million": without_end(HEAD, b"x: y\r\n" * 1000, most=6_000_000),
    "headers: 200 MB": without_end(HEAD, b"x: " + b"y" * 4000 + b"\r\n", most=200 * MB),
    "headers: drip": without_end(HEAD, b"x: y\r\n", pause=0.2),
    "headers: huge cookies": once(HEAD + (b"Set-Cookie: a=" + b"x" * 4000 + b"\r\n") * 2000 + b"\r\n"),
    "status: 1xx flood": without_end(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
    "status: 103 flood": without_end(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 100),
    "status: HTTP/0.9": once(b"<html>hello</html>" * 1000),
    "status: garbage": without_end(b"", bytes(range(256)) * 100),
    "status: none": silent,
    "redirect: loop": once(redirect("/")),
    "redirect: to itself with a query": once(redirect("/?again")),
    "redirect: huge": once(redirect("/" + "x" * 7000)),
    "wait: a year": once(b"HTTP/1.1 503 Busy\r\nRetry-After: 31536000\r\nContent-Length: 0\r\n\r\n"),
    **{
        f"charset: {name[:20]}": once(page(b"xn--" + _two_mb(b"a-"), kind=f"text/html; charset={name}"))
        for name in CHARSETS
    },
    **{name: once(page(body)) for name, body in HTML.items()},
}
