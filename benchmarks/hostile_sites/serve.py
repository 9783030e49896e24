"""The hostile server: every attack has an address of its own below 127.0.1.0, so that each is a website of its own."""

import asyncio
import itertools
import json
import socket
import sys
from contextlib import suppress

from benchmarks.hostile_sites.cases import ATTACKS, redirect, zeros

NAMES = (*ATTACKS, "redirect: always further", "robots: bomb", "sitemap: bomb")
POLITE = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 15\r\nConnection: close\r\n\r\n<p>a page</p>\r\n"


def host(name: str) -> str:
    """The address of one attack."""
    number = NAMES.index(name)
    return f"127.0.1.{number + 1}"


async def serve() -> None:
    """Listen on a free port, say which, and answer until the parent is gone."""
    further = itertools.count()
    zeros()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.CancelledError, TimeoutError):
            path = (await reader.readuntil(b"\r\n\r\n")).split(b" ", 2)[1].decode("latin-1")
            name = NAMES[int(str(writer.get_extra_info("sockname")[0]).rpartition(".")[2]) - 1]
            await answer(name, path, writer, further)
        with suppress(ConnectionError, asyncio.CancelledError):
            writer.close()
            await writer.wait_closed()

    listening = socket.create_server(("0.0.0.0", 0))
    server = await asyncio.start_server(accept, sock=listening, limit=1 << 20)
    print(json.dumps({"port": listening.getsockname()[1]}), flush=True)
    async with server:
        await asyncio.to_thread(sys.stdin.read)


async def answer(name: str, path: str, writer: asyncio.StreamWriter, further: "itertools.count[int]") -> None:
    """Attack on the home page, or where the name says; be polite elsewhere."""
    if name == "redirect: always further":
        writer.write(POLITE if path == "/robots.txt" else redirect(f"/{next(further)}"))
    elif name in ("robots: bomb", "sitemap: bomb"):
        is_target = path == f"/{name.partition(':')[0]}.txt" or (path == "/sitemap.xml" and name == "sitemap: bomb")
        if is_target:
            await ATTACKS["bomb: gzip"](writer)
        else:
            writer.write(PAGE if path == "/" else POLITE)
    elif path == "/" or path.startswith("/?"):
        await ATTACKS[name](writer)
    else:
        writer.write(POLITE)
    await writer.drain()


if __name__ == "__main__":
    asyncio.run(serve())
