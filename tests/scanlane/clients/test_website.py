"""One request to a website, against real servers that behave, misbehave and attack."""

import asyncio
import gzip
import resource
import time
import zlib
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from scanlane.clients.address_guard import AddressGuard, parse_networks
from scanlane.clients.website import FetchLimits, WebsiteClient
from scanlane.clients.website_errors import (
    AddressRefused,
    Blocked,
    BodyTooLarge,
    DeadlinePassed,
    FetchFailed,
    NotAPage,
    PageUnreachable,
    ServerBusy,
    TlsFailed,
    TooManyRedirects,
    UnusableUrl,
)
from tests.scanlane.clients.raw_server import (
    Behaviour,
    RawServer,
    answer,
    by_path,
    endlessly,
    sending,
    serving,
    silent,
    then_silent,
)

PAGE = b"<p>bread</p>"
CHALLENGE = b"<title>Just a moment...</title><script>window._cf_chl_opt={}</script>"
LIMITS = FetchLimits(seconds=1.5, connect_seconds=1, silent_seconds=1)
CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.fixture
async def client() -> AsyncIterator[WebsiteClient]:
    """A client that may visit loopback, and is impatient."""
    guard = AddressGuard(parse_networks("127.0.0.0/8"))
    async with WebsiteClient(guard, user_agent="Scanlane/test", limits=LIMITS) as client:
        yield client


async def failure(client: WebsiteClient, behave: Behaviour, path: str = "") -> tuple[FetchFailed, RawServer]:
    """What fetching from such a server fails with."""
    async with serving(behave) as server:
        with pytest.raises(FetchFailed) as caught:
            await client.fetch(server.url + path)
    return caught.value, server


class TestFetch:
    async def test_it_returns_the_page_and_says_where_it_was(self, client: WebsiteClient) -> None:
        async with serving(sending(answer(body=PAGE, Content_Type="text/html; charset=latin-1", ETag='"1"'))) as server:
            fetched = await client.fetch(server.url + "bread?a=1")

        assert (fetched.url, fetched.status, fetched.body) == (server.url + "bread?a=1", 200, PAGE)
        assert fetched.content_type == "text/html; charset=latin-1"
        assert fetched.headers == {"etag": '"1"'}
        assert fetched.own_network
        assert 0 < fetched.elapsed < 1.5

    async def test_it_says_who_it_is_and_keeps_no_cookies(self, client: WebsiteClient) -> None:
        async with serving(sending(answer(body=PAGE, Set_Cookie="a=b; Path=/"))) as server:
            by_name = server.url.replace("127.0.0.1", "localhost")
            await client.fetch(by_name)
            await client.fetch(by_name)

        assert "User-Agent: Scanlane/test\r\n" in server.requests[1]
        assert "Accept-Encoding: gzip\r\n" in server.requests[1]
        assert "cookie" not in server.requests[1].lower()

    async def test_the_path_is_sent_as_it_is_spelled(self, client: WebsiteClient) -> None:
        async with serving(sending(answer(body=PAGE))) as server:
            await client.fetch(server.url + "a%2Fb/%C3%A9?q=a%26b+c")

        assert server.paths == ["/a%2Fb/%C3%A9?q=a%26b+c"]

    async def test_a_gzipped_page_is_unpacked(self, client: WebsiteClient) -> None:
        async with serving(sending(answer(body=gzip.compress(PAGE), Content_Encoding="gzip"))) as server:
            assert (await client.fetch(server.url)).body == PAGE

    @pytest.mark.parametrize("status", ["404 Not Found", "500 Oh", "410 Gone"])
    async def test_an_error_page_is_an_answer_without_a_body(self, client: WebsiteClient, status: str) -> None:
        async with serving(sending(answer(status, PAGE))) as server:
            fetched = await client.fetch(server.url)

        assert (fetched.status, fetched.body) == (int(status[:3]), b"")

    async def test_a_page_without_a_content_type_is_taken(self, client: WebsiteClient) -> None:
        async with serving(sending(answer(body=PAGE, Content_Type=""))) as server:
            assert (await client.fetch(server.url)).body == PAGE

    async def test_robots_txt_may_have_any_type(self, client: WebsiteClient) -> None:
        async with serving(sending(answer(body=b"User-agent: *", Content_Type="application/octet-stream"))) as server:
            assert (await client.fetch(server.url + "robots.txt")).body == b"User-agent: *"

    async def test_cancelling_closes_the_connection(self, client: WebsiteClient) -> None:
        arrived, left = asyncio.Event(), asyncio.Event()

        async def behave(_: str, writer: asyncio.StreamWriter) -> None:
            arrived.set()
            await writer.wait_closed()
            left.set()

        async with serving(behave) as server:
            fetching = asyncio.create_task(client.fetch(server.url))
            await asyncio.wait_for(arrived.wait(), 5)
            fetching.cancel()

            with pytest.raises(asyncio.CancelledError):
                await fetching
            assert server.accepted == 1


class TestRedirects:
    async def test_fetch_answers_with_the_location_and_does_not_go_there(self, client: WebsiteClient) -> None:
        async with serving(sending(answer("302 Found", PAGE, Location="/new%20bread?a=1#x"))) as server:
            fetched = await client.fetch(server.url)

        assert (fetched.status, fetched.location, fetched.body) == (302, server.url + "new%20bread?a=1", b"")
        assert server.accepted == 1

    async def test_follow_goes_there_and_lists_the_hops(self, client: WebsiteClient) -> None:
        pages = {
            "/": answer("301 Moved", Location="/a"),
            "/a": answer("307 Moved", Location="b"),
            "/b": answer(body=PAGE),
        }
        async with serving(by_path(pages)) as server:
            fetched = await client.follow(server.url)

        assert (fetched.url, fetched.body) == (server.url + "b", PAGE)
        assert fetched.hops == (server.url, server.url + "a")

    async def test_a_circle_is_left(self, client: WebsiteClient) -> None:
        pages = {"/": answer("302 Found", Location="/a"), "/a": answer("302 Found", Location="/")}
        async with serving(by_path(pages)) as server:
            with pytest.raises(TooManyRedirects):
                await client.follow(server.url)

        assert server.accepted == 2

    async def test_an_endless_chain_is_left(self, client: WebsiteClient) -> None:
        async def behave(path: str, writer: asyncio.StreamWriter) -> None:
            writer.write(answer("302 Found", Location=f"{path}x"))

        async with serving(behave) as server:
            with pytest.raises(TooManyRedirects):
                await client.follow(server.url)

        assert server.accepted == LIMITS.redirects + 1

    @pytest.mark.parametrize(
        "location",
        ["file:///etc/passwd", "ftp://bakery.example/", "http://0x7f.1/", "http://a@b/", "http://[", "gopher:x"],
    )
    async def test_a_target_that_nobody_may_fetch_is_refused(self, client: WebsiteClient, location: str) -> None:
        error, _ = await failure(client, sending(answer("302 Found", Location=location)))

        assert isinstance(error, UnusableUrl)


class TestRefusedAnswers:
    @pytest.mark.parametrize("content_type", ["image/png", "application/pdf", "audio/mpeg", "text/css", "a" * 5000])
    async def test_the_type_is_checked_before_the_body(self, client: WebsiteClient, content_type: str) -> None:
        start = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\n\r\n".encode()
        started = time.monotonic()

        error, _ = await failure(client, then_silent(start))

        assert isinstance(error, NotAPage)
        assert len(error.message) < 200
        assert time.monotonic() - started < 0.5

    @pytest.mark.parametrize("encoding", ["br", "zstd", "deflate", "gzip, gzip", "compress", "x"])
    async def test_an_encoding_that_was_not_asked_for_is_refused(self, client: WebsiteClient, encoding: str) -> None:
        error, _ = await failure(client, sending(answer(body=PAGE, Content_Encoding=encoding)))

        assert isinstance(error, NotAPage)

    async def test_a_body_that_is_said_to_be_gzipped_and_is_not_is_refused(self, client: WebsiteClient) -> None:
        error, _ = await failure(client, sending(answer(body=PAGE * 9, Content_Encoding="gzip")))

        assert isinstance(error, NotAPage)

    @pytest.mark.parametrize("header", ["cf-mitigated: challenge", "Server: cloudflare", "x-datadome: protected"])
    async def test_a_challenge_is_a_block(self, client: WebsiteClient, header: str) -> None:
        name, _, value = header.partition(": ")
        error, _ = await failure(client, sending(answer("403 No", PAGE, **{name: value})))

        assert isinstance(error, Blocked)
        assert error.http_status == 403

    @pytest.mark.parametrize("status", ["200 OK", "403 No", "429 Slow", "503 Later"])
    @pytest.mark.parametrize("encoding", ["", "gzip"])
    async def test_so_is_one_that_only_the_body_shows(self, client: WebsiteClient, status: str, encoding: str) -> None:
        body = gzip.compress(CHALLENGE) if encoding else CHALLENGE

        error, _ = await failure(client, sending(answer(status, body, Content_Encoding=encoding, Retry_After="7")))

        assert isinstance(error, Blocked)
        assert error.http_status == int(status[:3])
        assert "Cloudflare" in error.message

    @pytest.mark.parametrize(
        "behave",
        [
            then_silent(b"HTTP/1.1 503 Later\r\nContent-Length: 900\r\n\r\n<p>Later"),
            endlessly(CHUNKED.replace(b"200 OK", b"503 Later"), b"4000\r\n" + b"x" * 0x4000 + b"\r\n"),
            sending(answer("503 Later", PAGE * 9, Content_Encoding="gzip")),
            sending(answer("503 Later", gzip.compress(bytes(9_000_000)), Content_Encoding="gzip")),
        ],
        ids=["half a body", "an endless body", "no gzip", "a bomb"],
    )
    async def test_a_bad_body_hides_no_status(self, client: WebsiteClient, behave: Behaviour) -> None:
        error, _ = await failure(client, behave)

        assert isinstance(error, ServerBusy)

    @pytest.mark.parametrize(
        ("status", "retry_after", "wait"),
        [
            ("429 Slow", "7", timedelta(seconds=7)),
            ("503 Later", "", None),
            ("503 Later", "soon", None),
            ("429 Slow", "99999999999999999999", timedelta(days=1)),
            ("429 Slow", "Wed, 01 Jan 2020 00:00:00 GMT", timedelta()),
            ("429 Slow", "Wed, 01 Jan 2120 00:00:00 GMT", timedelta(days=1)),
            ("429 Slow", "-5", None),
        ],
    )
    async def test_a_busy_server_says_how_long_to_wait(
        self, client: WebsiteClient, status: str, retry_after: str, wait: timedelta | None
    ) -> None:
        error, _ = await failure(client, sending(answer(status, Retry_After=retry_after)))

        assert isinstance(error, ServerBusy)
        assert (error.http_status, error.retry_after) == (int(status[:3]), wait)
        assert error.temporary


class TestHostileServers:
    async def test_a_large_body_is_refused_by_its_announced_length(self, client: WebsiteClient) -> None:
        start = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 3000000\r\n\r\n"

        error, _ = await failure(client, then_silent(start))

        assert isinstance(error, BodyTooLarge)

    async def test_an_endless_body_is_left_at_the_ceiling(self, client: WebsiteClient) -> None:
        piece = b"10000\r\n" + b"x" * 65_536 + b"\r\n"

        error, _ = await failure(client, endlessly(CHUNKED, piece))

        assert isinstance(error, BodyTooLarge)

    async def test_a_gzip_bomb_costs_little_memory(self, client: WebsiteClient) -> None:
        compressor = zlib.compressobj(1, zlib.DEFLATED, 31)
        zeros = bytes(1_000_000)
        bomb = b"".join(compressor.compress(zeros) for _ in range(200)) + compressor.flush()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

        error, _ = await failure(client, sending(answer(body=bomb, Content_Encoding="gzip")))

        assert isinstance(error, BodyTooLarge)
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000

    @pytest.mark.parametrize(
        "behave",
        [
            silent,
            then_silent(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"),
            then_silent(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100\r\n\r\n<p>"),
            endlessly(CHUNKED, b"1;" + b"e" * 2000 + b"\r\n" * 1),
        ],
        ids=["nothing", "half a header", "half a body", "chunk extensions"],
    )
    async def test_a_server_that_never_ends_is_left_in_time(self, client: WebsiteClient, behave: Behaviour) -> None:
        started = time.monotonic()

        error, _ = await failure(client, behave)

        assert isinstance(error, PageUnreachable | BodyTooLarge)
        assert time.monotonic() - started < 3

    async def test_a_dripping_server_is_left_at_the_deadline(self, client: WebsiteClient) -> None:
        async def drip(_: str, writer: asyncio.StreamWriter) -> None:
            writer.write(CHUNKED)
            while not writer.is_closing():
                writer.write(b"1\r\nx\r\n")
                await writer.drain()
                await asyncio.sleep(0.05)

        started = time.monotonic()

        error, _ = await failure(client, drip)

        assert isinstance(error, DeadlinePassed)
        assert "1.5 seconds" in error.message
        assert 1.4 < time.monotonic() - started < 3

    @pytest.mark.parametrize(
        "behave",
        [
            endlessly(b"HTTP/1.1 200 OK\r\n", b"X-Bread: rye\r\n"),
            endlessly(b"HTTP/1.1 200 OK\r\nX-Bread: ", b"rye" * 1000),
            endlessly(b"HTTP/1.1 200 ", b"O" * 3000),
            endlessly(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        ],
        ids=["many headers", "one header", "status line", "interim responses"],
    )
    async def test_endless_headers_are_left(self, client: WebsiteClient, behave: Behaviour) -> None:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

        error, _ = await failure(client, behave)

        assert isinstance(error, PageUnreachable)
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000

    @pytest.mark.parametrize(
        "bytes_sent",
        [b"", b"\0" * 100, b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 abc\r\n\r\n", answer(body=PAGE, Content_Length="100")],
        ids=["nothing", "zeros", "another protocol", "no status", "a body cut off"],
    )
    async def test_what_is_no_http_is_unreachable(self, client: WebsiteClient, bytes_sent: bytes) -> None:
        error, _ = await failure(client, sending(bytes_sent))

        assert isinstance(error, PageUnreachable)
        assert error.message.isprintable()

    async def test_a_location_of_raw_bytes_is_read(self, client: WebsiteClient) -> None:
        response = b"HTTP/1.1 302 Found\r\nLocation: /br\xc3\xb6t\xff\r\nContent-Length: 0\r\n\r\n"
        async with serving(sending(response)) as server:
            fetched = await client.fetch(server.url)

        assert fetched.location == server.url + "br%C3%B6t%EF%BF%BD"


class TestUnreachable:
    async def test_nobody_listens(self, client: WebsiteClient) -> None:
        async with serving(silent) as gone:
            url = gone.url

        with pytest.raises(PageUnreachable, match=r"127\.0\.0\.1:\d+ cannot be reached: connection refused"):
            await client.fetch(url)

    async def test_no_tls_where_tls_is_wanted(self, client: WebsiteClient) -> None:
        async with serving(sending(answer(body=PAGE))) as server:
            with pytest.raises(TlsFailed):
                await client.fetch(server.url.replace("http:", "https:"))

    @pytest.mark.parametrize(
        "url", ["", "bakery.example", "file:///etc/passwd", "http://", "http://0x7f.1/", "http://a b/"]
    )
    async def test_an_address_that_is_none(self, client: WebsiteClient, url: str) -> None:
        with pytest.raises(UnusableUrl):
            await client.fetch(url)

    async def test_an_address_outside_the_allowed_networks(self, client: WebsiteClient) -> None:
        with pytest.raises(AddressRefused, match=r"10\.0\.0\.1 is not a public address"):
            await client.fetch("http://10.0.0.1/")
