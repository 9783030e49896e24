"""Resolving names: against a real name server on loopback."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import pytest
from aiohttp.resolver import AsyncResolver, ThreadedResolver

from scanlane.clients.address_guard import AddressGuard
from scanlane.clients.name_resolution import HostNotFound, RememberingResolver
from scanlane.clients.website import FetchLimits, WebsiteClient
from scanlane.clients.website_errors import DnsFailed

NO_ERROR, SERVER_FAILURE, NO_SUCH_NAME = 0, 2, 3


class NameServer(asyncio.DatagramProtocol):
    """Answers every question with one code, and with one IPv4 address if there is one."""

    def __init__(self, code: int, address: str | None) -> None:
        self.code, self.address = code, address
        self.asked: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer one question (RFC 1035, 4.1)."""
        end = data.index(b"\0", 12) + 5
        question, kind = data[12:end], data[end - 4 : end - 2]
        self.asked.append(question)
        answers = b""
        if self.address and kind == b"\0\1":
            answers = b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4" + socket.inet_aton(self.address)
        counts = b"\0\1" + (b"\0\1" if answers else b"\0\0") + b"\0\0\0\0"
        self.transport.sendto(data[:2] + bytes([0x81, 0x80 | self.code]) + counts + question + answers, addr)


@asynccontextmanager
async def name_server(
    code: int = NO_ERROR, address: str | None = None
) -> AsyncIterator[tuple[NameServer, AsyncResolver]]:
    """A running name server, and a resolver that asks only it."""
    loop = asyncio.get_running_loop()
    transport, server = await loop.create_datagram_endpoint(lambda: NameServer(code, address), ("127.0.0.1", 0))
    port = transport.get_extra_info("sockname")[1]
    resolver = AsyncResolver(nameservers=[f"127.0.0.1:{port}"], timeout=1, tries=1)
    try:
        yield server, resolver
    finally:
        await resolver.close()
        transport.close()


class TestRememberingResolver:
    async def test_it_resolves_and_remembers(self) -> None:
        async with name_server(address="192.0.2.7") as (_, inner):
            resolver = RememberingResolver(inner)

            found = await resolver.resolve("bakery.example", 80)

        assert [one["host"] for one in found] == ["192.0.2.7"]
        assert resolver.addresses("bakery.example") == ("192.0.2.7",)
        assert resolver.addresses("other.example") == ()

    async def test_a_name_that_does_not_exist_is_final(self) -> None:
        async with name_server(NO_SUCH_NAME) as (_, inner):
            with pytest.raises(HostNotFound):
                await RememberingResolver(inner).resolve("bakery.example", 80)

    async def test_a_name_server_in_trouble_is_not(self) -> None:
        async with name_server(SERVER_FAILURE) as (_, inner):
            with pytest.raises(OSError) as caught:  # noqa: PT011
                await RememberingResolver(inner).resolve("bakery.example", 80)

        assert not isinstance(caught.value, HostNotFound)

    async def test_names_of_this_machine_need_no_name_server(self) -> None:
        resolver = RememberingResolver()

        found = await resolver.resolve("localhost", 80)
        await resolver.close()

        assert {one["host"] for one in found} <= {"127.0.0.1", "::1"}

    async def test_another_resolver_can_be_given(self) -> None:
        resolver = RememberingResolver(ThreadedResolver())

        assert await resolver.resolve("localhost", 80, socket.AF_INET)


class TestFetching:
    @pytest.mark.parametrize(("code", "temporary"), [(NO_SUCH_NAME, False), (NO_ERROR, False), (SERVER_FAILURE, True)])
    async def test_a_name_without_an_address_is_a_dns_failure(self, code: int, temporary: bool) -> None:
        async with name_server(code) as (_, inner):
            limits = FetchLimits(seconds=5)
            async with WebsiteClient(AddressGuard(), user_agent="test", limits=limits, resolver=inner) as client:
                with pytest.raises(DnsFailed, match=r"bakery\.example .*DNS") as caught:
                    await client.fetch("http://bakery.example/")

        assert caught.value.temporary is temporary
