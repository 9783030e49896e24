"""A server on which every address 127.0.x.y is a website of its own: pages of some 60 KB that link to each other."""

import asyncio
import gzip
import json
import socket
import sys
from contextlib import suppress
from functools import lru_cache

PAGES = 20
HEAD = "HTTP/1.1 {} OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n{}\r\n"
NOT_THERE = HEAD.format(404, 0, "").encode()
PARAGRAPH = (
    '<div class="card card-{n}"><h3 class="title">Bread of the day, no. {n}</h3><p>We bake from <b>four</b> in the '
    'morning, with flour from the <a href="/page/{link}">mill by the harbour</a>, water and <i>patience</i>. Come by '
    'or order ahead; loaf {n} costs 4.20 and is ready at 7:30.</p><img src="/img/{n}.jpg" alt="a loaf"></div>\n'
)


def name(number: int) -> str:
    """The address of one website."""
    return f"127.0.{1 + number // 250}.{1 + number % 250}"


@lru_cache(maxsize=PAGES)
def page(number: int) -> bytes:
    """One page, packed; it links to all others."""
    links = "".join(f'<li><a href="/page/{other}">Page {other}</a></li>' for other in range(PAGES))
    cards = "".join(PARAGRAPH.format(n=number * 1000 + card, link=card % PAGES) for card in range(150))
    contact = (
        f"<p>Write to <a href='mailto:shop{number}@harbour-bakery.example'>the shop</a>, or call +49 30 901820.</p>"
    )
    title = f"<title>Harbour Bakery, page {number}</title>"
    body = gzip.compress(
        f"<!doctype html><html lang=en><head>{title}</head><body><ul>{links}</ul>{cards}{contact}".encode()
    )
    return HEAD.format(200, len(body), "Content-Encoding: gzip\r\n").encode() + body


async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer one connection's requests until it is closed."""
    with suppress(ConnectionError, asyncio.IncompleteReadError):
        while True:
            path = (await reader.readuntil(b"\r\n\r\n")).split(b" ", 2)[1].decode()
            number = path.rpartition("/")[2] if path.startswith("/page/") else "0" if path == "/" else ""
            writer.write(page(int(number)) if number.isdigit() and int(number) < PAGES else NOT_THERE)
            await writer.drain()
    writer.close()


async def serve() -> None:
    """Listen on a free port, say which, and answer until the parent is gone."""
    listening = socket.create_server(("0.0.0.0", 0), backlog=1000)
    server = await asyncio.start_server(accept, sock=listening)
    print(json.dumps({"port": listening.getsockname()[1]}), flush=True)
    async with server:
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve())
