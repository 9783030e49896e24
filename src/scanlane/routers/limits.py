"""Limits on what a request may bring, counted byte by byte, and headers that every answer carries."""

import asyncio
import contextlib
from collections.abc import Collection, Mapping
from datetime import timedelta

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scanlane.routers.problems import problem

LARGEST_BODY = 256 * 1024
LARGEST_IMPORT = 20 * 1024 * 1024
LONGEST_DRAIN = timedelta(seconds=10)
LONGEST_SILENCE = timedelta(seconds=10)
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
)


class _BodyTooLarge(HTTPException):
    """The body has more bytes than it may. An HTTPException, because whoever reads bodies lets those pass."""

    def __init__(self, largest: int) -> None:
        super().__init__(413, f"body: longer than {largest} bytes", headers={"Connection": "close"})


class BodyLimit:
    """Refuses bodies over the limit, whether they say their length or come in chunks.

    `routes`: the paths that have a limit of their own, and which.
    """

    def __init__(self, app: ASGIApp, *, largest: int = LARGEST_BODY, routes: Mapping[str, int] | None = None) -> None:
        self._app = app
        self._largest = largest
        self._routes = dict(routes or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, counting."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        largest = self._routes.get(scope["path"], self._largest)
        if self._announced(scope) > largest:
            await _refuse(largest, scope, receive, send)
            return
        answering = _Answering(send)
        try:
            await self._app(scope, _counting(receive, largest), answering)
        except _BodyTooLarge:
            if not answering.has_started:
                await _refuse(largest, scope, receive, send)

    def _announced(self, scope: Scope) -> int:
        lengths = [value for name, value in scope["headers"] if name == b"content-length"]
        return int(lengths[0]) if lengths and lengths[0].isdigit() else 0


def _counting(receive: Receive, largest: int) -> Receive:
    total, is_complete = 0, False

    async def counted() -> Message:
        nonlocal total, is_complete
        message = await (receive() if is_complete else _in_time(receive))
        total += len(message.get("body", b""))
        is_complete = not message.get("more_body", False)
        if total > largest:
            await _drain(receive, message)
            raise _BodyTooLarge(largest)
        return message

    return counted


async def _refuse(largest: int, scope: Scope, receive: Receive, send: Send) -> None:
    await _drain(receive, {"more_body": True})
    refusal = problem(413, f"body: longer than {largest} bytes", headers={"Connection": "close"})
    await refusal(scope, receive, send)


async def _in_time(receive: Receive) -> Message:
    """The next piece of a body. Whoever sends half a body and falls silent is not waited for."""
    try:
        async with asyncio.timeout(LONGEST_SILENCE.total_seconds()):
            return await receive()
    except TimeoutError:
        raise HTTPException(408, "body: was not sent in time", headers={"Connection": "close"}) from None


async def _drain(receive: Receive, last: Message) -> None:
    """Read on and keep nothing, for a while: a client that is still sending would not see the answer."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LONGEST_DRAIN.total_seconds()):
            while last.get("more_body"):
                last = await receive()


class _Answering:
    """Passes an answer on and remembers whether it has begun."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.has_started = False

    async def __call__(self, message: Message) -> None:
        self.has_started = self.has_started or message["type"] == "http.response.start"
        await self._send(message)


class KnownHosts:
    """Answers only requests that are meant for this server: another name in Host may be a rebinding attack."""

    def __init__(self, app: ASGIApp, *, hosts: Collection[str]) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] != "http" or self._is_known(scope):
            await self._app(scope, receive, send)
            return
        await problem(400, "Host: this server does not go by that name")(scope, receive, send)

    def _is_known(self, scope: Scope) -> bool:
        named = [value.decode("latin-1").lower() for name, value in scope["headers"] if name == b"host"]
        # HTTP/1.0 has no such header, and no browser speaks it.
        return all(_without_port(host) in self._hosts for host in named) and len(named) <= 1


def _without_port(host: str) -> str:
    name, _, port = host.rpartition(":")
    return name if port.isdigit() and name else host


class PlainHeaders:
    """Adds the security headers that fit every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; add to the answer's head."""

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), *HEADERS]}
            await send(message)

        await self._app(scope, receive, sending)
