"""One file as a stream, against real servers that behave, misbehave and attack."""

import gzip
import resource
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from scanlane.clients.address_guard import AddressGuard, parse_networks
from scanlane.clients.streaming import StreamingClient, StreamLimits
from scanlane.clients.website_errors import (
    AddressRefused,
    BodyTooLarge,
    DeadlinePassed,
    FetchFailed,
    NotAPage,
    PageUnreachable,
    ServerBusy,
    TooManyRedirects,
)
from tests.scanlane.clients.raw_server import answer, by_path, endlessly, sending, serving, silent

LIMITS = StreamLimits(largest_raw=100_000, largest_body=1_000_000, seconds=1.5)
FILE = b"<urlset></urlset>"
ENDLESS = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nConnection: close\r\n\r\n"


def make_client(networks: str = "127.0.0.0/8", limits: StreamLimits = LIMITS) -> StreamingClient:
    """A client that may visit loopback."""
    return StreamingClient(AddressGuard(parse_networks(networks)), user_agent="Scanlane/test", stream_limits=limits)


@pytest.fixture
async def client() -> AsyncIterator[StreamingClient]:
    """An impatient one with small limits."""
    async with make_client() as client:
        yield client


async def body(client: StreamingClient, url: str, **headers: str) -> bytes:
    """The whole body."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    async with client.stream(url, headers=given) as streamed:
        return b"".join([piece async for piece in streamed.pieces()])


def redirect(target: str) -> bytes:
    """An answer that leads elsewhere."""
    return answer("301 Moved Permanently", Location=target)


class TestStream:
    async def test_a_file_of_any_type_is_read(self, client: StreamingClient) -> None:
        async with serving(sending(answer(body=FILE, Content_Type="application/octet-stream"))) as server:
            assert await body(client, server.url) == FILE

    async def test_it_counts_what_it_read_as_sent_and_as_unpacked(self, client: StreamingClient) -> None:
        packed = gzip.compress(FILE * 100)
        async with (
            serving(sending(answer(body=packed, Content_Encoding="gzip"))) as server,
            client.stream(server.url) as streamed,
        ):
            read = b"".join([piece async for piece in streamed.pieces()])

        assert read == FILE * 100
        assert (streamed.bytes_raw, streamed.bytes_decoded) == (len(packed), len(read))

    async def test_a_plain_file_that_is_announced_as_gzip_is_read_as_it_is(self, client: StreamingClient) -> None:
        async with serving(sending(answer(body=FILE, Content_Encoding="gzip"))) as server:
            assert await body(client, server.url) == FILE

    async def test_it_sends_the_conditions_and_answers_304_as_such(self, client: StreamingClient) -> None:
        async with (
            serving(sending(answer("304 Not Modified", ETag='"1"'))) as server,
            client.stream(server.url, headers={"If-None-Match": '"1"'}) as streamed,
        ):
            pieces = [piece async for piece in streamed.pieces()]

        assert (streamed.status, pieces) == (304, [])
        assert 'If-None-Match: "1"\r\n' in server.requests[0]

    async def test_an_error_page_is_an_answer_of_its_status(self, client: StreamingClient) -> None:
        async with serving(sending(answer("404 Not Found"))) as server, client.stream(server.url) as streamed:
            assert streamed.status == 404

    async def test_a_server_that_asks_for_patience_is_an_error_that_says_how_long(
        self, client: StreamingClient
    ) -> None:
        async with serving(sending(answer("503 Busy", Retry_After="7"))) as server:
            with pytest.raises(ServerBusy) as caught:
                await body(client, server.url)

        assert caught.value.retry_after is not None
        assert caught.value.retry_after.total_seconds() == 7

    async def test_what_the_reader_raises_is_passed_on_as_it_is(self, client: StreamingClient) -> None:
        async with serving(sending(answer(body=FILE))) as server:
            with pytest.raises(ValueError, match="mine"):
                async with client.stream(server.url):
                    raise ValueError("mine")


class TestRedirects:
    async def test_five_are_followed_and_each_is_asked_about(self, client: StreamingClient) -> None:
        asked: list[str] = []

        @asynccontextmanager
        async def admit(url: str) -> AsyncIterator[None]:
            asked.append(url.rpartition("/")[2])
            yield

        pages = {f"/{n}": redirect(f"/{n + 1}") for n in range(5)} | {"/5": answer(body=FILE)}
        async with (
            serving(by_path(pages)) as server,
            client.stream(server.url + "0", admit=admit) as streamed,
        ):
            assert streamed.url == server.url + "5"

        assert asked == list("012345")
        assert len(streamed.hops) == 5

    async def test_a_sixth_is_one_too_many(self, client: StreamingClient) -> None:
        pages = {f"/{n}": redirect(f"/{n + 1}") for n in range(9)}
        async with serving(by_path(pages)) as server:
            with pytest.raises(TooManyRedirects):
                await body(client, server.url + "0")

        assert len(server.paths) == 6

    async def test_the_guard_is_asked_again_for_the_target(self, client: StreamingClient) -> None:
        async with serving(sending(redirect("http://192.168.0.1/"))) as server:
            with pytest.raises(AddressRefused):
                await body(client, server.url)

    async def test_who_is_not_admitted_sends_nothing(self, client: StreamingClient) -> None:
        @asynccontextmanager
        async def admit(url: str) -> AsyncIterator[None]:
            raise FetchFailed("robots.txt forbids the visit.")
            yield

        async with serving(sending(answer(body=FILE))) as server:
            with pytest.raises(FetchFailed, match="robots"):
                async with client.stream(server.url, admit=admit):
                    pass

        assert server.paths == []


class TestLimits:
    async def test_an_endless_file_is_left_at_the_ceiling(self, client: StreamingClient) -> None:
        async with serving(endlessly(ENDLESS, b"x" * 10_000)) as server, client.stream(server.url) as streamed:
            with pytest.raises(BodyTooLarge):
                [piece async for piece in streamed.pieces()]

        assert 100_000 <= streamed.bytes_raw < 200_000

    async def test_a_bomb_is_unpacked_to_the_ceiling_and_no_further(self, client: StreamingClient) -> None:
        bomb = gzip.compress(bytes(50_000_000))
        async with (
            serving(sending(answer(body=bomb, Content_Encoding="gzip"))) as server,
            client.stream(server.url) as streamed,
        ):
            with pytest.raises(BodyTooLarge):
                [len(piece) async for piece in streamed.pieces()]

        assert len(bomb) < 100_000
        assert streamed.bytes_decoded <= 1_000_000

    async def test_a_bomb_of_one_and_a_half_gigabytes_costs_no_memory(self) -> None:
        packer, zeros = zlib.compressobj(wbits=31), bytes(10_000_000)
        bomb = b"".join(packer.compress(zeros) for _ in range(150)) + packer.flush()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        largest = StreamLimits().largest_body

        async with (
            make_client(limits=StreamLimits()) as client,
            serving(sending(answer(body=bomb, Content_Encoding="gzip"))) as server,
            client.stream(server.url) as streamed,
        ):
            with pytest.raises(BodyTooLarge):
                async for _ in streamed.pieces():
                    pass

        assert largest - 65_536 <= streamed.bytes_decoded <= largest
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000

    async def test_another_encoding_is_refused(self, client: StreamingClient) -> None:
        async with serving(sending(answer(body=FILE, Content_Encoding="br"))) as server:
            with pytest.raises(NotAPage):
                await body(client, server.url)

    async def test_a_silent_server_costs_the_deadline(self, client: StreamingClient) -> None:
        async with serving(silent) as server:
            with pytest.raises(DeadlinePassed):
                await body(client, server.url)

    async def test_a_file_that_trickles_is_left_at_the_deadline(self) -> None:
        async def trickle(_: str, writer: object) -> None:
            writer.write(ENDLESS)  # type: ignore[attr-defined]
            while True:
                writer.write(b"x")  # type: ignore[attr-defined]
                await writer.drain()  # type: ignore[attr-defined]

        limits = StreamLimits(largest_raw=10**9, largest_body=10**9, seconds=0.3)
        async with make_client(limits=limits) as client, serving(trickle) as server:
            with pytest.raises(DeadlinePassed):
                await body(client, server.url)

    async def test_a_connection_that_breaks_off_is_said_to(self, client: StreamingClient) -> None:
        async with serving(sending(answer(body=FILE, Content_Length="900"))) as server:
            with pytest.raises(PageUnreachable, match="broke"):
                await body(client, server.url)

    async def test_private_addresses_are_refused(self) -> None:
        async with make_client(networks="") as client, serving(sending(answer(body=FILE))) as server:
            with pytest.raises(AddressRefused):
                await body(client, server.url)

        assert server.accepted == 0
