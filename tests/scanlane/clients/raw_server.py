"""A server that sends exactly the bytes it is told, and counts who comes."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

Behaviour = Callable[[str, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class RawServer:
    """Where it listens, and what it saw: connections, their local addresses, requested paths, whole requests.

    `robots`: where the behaviour is to send whoever asks for robots.txt, if it looks here.
    """

    port: int = 0
    accepted: int = 0
    reached_at: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    robots: str = ""

    @property
    def url(self) -> str:
        """Its home page."""
        return f"http://127.0.0.1:{self.port}/"


def answer(status: str = "200 OK", body: bytes = b"", **headers: str) -> bytes:
    """A whole response; underscores in header names stand for hyphens."""
    given = {"Content_Type": "text/html", "Content_Length": str(len(body)), "Connection": "close", **headers}
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in given.items() if value)
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body


def sending(*pieces: bytes) -> Behaviour:
    """Always the same bytes."""

    async def behave(_: str, writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()

    return behave


def by_path(pages: dict[str, bytes]) -> Behaviour:
    """Different bytes for different paths."""

    async def behave(path: str, writer: asyncio.StreamWriter) -> None:
        writer.write(pages.get(path, answer("404 Not Found")))

    return behave


def endlessly(start: bytes, piece: bytes) -> Behaviour:
    """One start, and then the same piece until nobody listens."""

    async def behave(_: str, writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while not writer.is_closing():
            writer.write(piece)
            await writer.drain()

    return behave


async def silent(_: str, writer: asyncio.StreamWriter) -> None:
    """Take the request, say nothing, until the other side leaves."""
    await writer.wait_closed()


def then_silent(start: bytes) -> Behaviour:
    """Begin to answer, and fall silent."""

    async def behave(path: str, writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        await writer.drain()
        await silent(path, writer)

    return behave


@asynccontextmanager
async def serving(behave: Behaviour, host: str = "127.0.0.1") -> AsyncIterator[RawServer]:
    """Listen on a free port while the block runs; on host `::` for IPv4 too."""
    raw = RawServer()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raw.accepted += 1
        raw.reached_at.append(str(writer.get_extra_info("sockname")[0]).removeprefix("::ffff:"))
        with suppress(ConnectionError, asyncio.CancelledError):
            request = (await reader.read(65_536)).decode("latin-1")
            raw.requests.append(request)
            raw.paths.append(request.partition(" ")[2].partition(" ")[0])
            await behave(raw.paths[-1], writer)
        with suppress(ConnectionError, asyncio.CancelledError):
            writer.close()
            await writer.wait_closed()

    everywhere = host == "::"
    family = socket.AF_INET6 if everywhere else socket.AF_INET
    listening = socket.create_server((host, 0), family=family, dualstack_ipv6=everywhere)
    server = await asyncio.start_server(accept, sock=listening)
    raw.port = server.sockets[0].getsockname()[1]
    try:
        yield raw
    finally:
        server.close()
