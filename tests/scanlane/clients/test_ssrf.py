"""No way into the inside through any client: an internal server counts who comes.

The outside is 127.0.0.2, which the operator allowed; the inside is everything else on this machine. Each way is
followed by a request to the outside that must succeed: a client that fails at everything would pass otherwise.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, suppress
from datetime import timedelta
from urllib.parse import quote, unquote

import pytest
from yarl import URL

from scanlane.clients.address_guard import AddressGuard, parse_networks
from scanlane.clients.jwks import KeySetUnreachable, fetch_key_set
from scanlane.clients.places.api_http import ApiHttp
from scanlane.clients.places.errors import Transient
from scanlane.clients.streaming import StreamingClient, StreamLimits
from scanlane.clients.website import FetchLimits
from scanlane.clients.website_errors import AddressRefused, FetchFailed
from scanlane.domain.pages import read
from scanlane.domain.sites import parse_site
from scanlane.errors import AppError
from scanlane.services.host_gate import HostGate
from scanlane.services.site_access import Manners, SiteAccess
from scanlane.services.website_crawl import CrawlOptions, crawl
from tests.scanlane.clients.raw_server import RawServer, answer, serving
from tests.scanlane.clients.ssrf_vectors import OTHER_SCHEMES, OUTSIDE, ScriptedResolver, urls

LIMITS = FetchLimits(seconds=5, connect_seconds=2, silent_seconds=2)
STREAM_LIMITS = StreamLimits(seconds=5)
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")

# One way through a client: whether the URL could be fetched.
Way = Callable[[StreamingClient, str], Awaitable[bool]]


async def page(client: StreamingClient, url: str) -> bool:
    """A page, redirects followed."""
    return (await client.follow(url)).body == b"outside"


async def stream(client: StreamingClient, url: str) -> bool:
    """A file of any size."""
    async with client.stream(url) as streamed:
        return b"".join([piece async for piece in streamed.pieces()]) == b"outside"


async def file_of_a_site(client: StreamingClient, url: str) -> bool:
    """A sitemap, after robots.txt of its host and of every hop."""
    async with site_access(client).stream(url) as streamed:
        return b"".join([piece async for piece in streamed.pieces()]) == b"outside"


async def beginning_of_a_site(client: StreamingClient, url: str) -> bool:
    """The home page of a domain that is being looked at."""
    return (await site_access(client).beginning(url, 100))[1] == b"outside"


async def whole_site(client: StreamingClient, url: str) -> bool:
    """The crawl of a website that begins there."""
    options = CrawlOptions(max_pages=3, delay=timedelta())
    visits = crawl(parse_site(url), fetch=client.fetch, read=read, options=options)
    async with aclosing(visits):
        return [visit.http_status async for visit in visits][:1] == [200]


async def provider_of_places(client: StreamingClient, url: str) -> bool:
    """An interface that the operator chose: it may be inside, but where it redirects to is never visited."""
    del client
    answered = await ApiHttp(user_agent="test", seconds=5).get(URL(url))
    return answered.body == b"outside"


async def key_set(client: StreamingClient, url: str) -> bool:
    """The identity provider's keys: chosen by the operator, too."""
    del client
    return await fetch_key_set(url) == b"outside"


FOR_STRANGERS: tuple[Way, ...] = (page, stream, file_of_a_site, beginning_of_a_site, whole_site)
FOR_THE_OPERATOR: tuple[Way, ...] = (provider_of_places, key_set)
ALL = FOR_STRANGERS + FOR_THE_OPERATOR


def site_access(client: StreamingClient) -> SiteAccess:
    """The way to the files of a site, with a gate that lets everybody pass at once."""
    return SiteAccess(client, Manners(gate=HostGate(sleep=at_once)), agent="test")


async def at_once(seconds: float) -> None:
    """No pause."""
    del seconds


@pytest.fixture
async def inside() -> AsyncIterator[RawServer]:
    """A server that nobody may reach, on every address of this machine."""

    async def behave(_: str, writer: object) -> None: ...

    async with serving(behave, host="::") as server:
        yield server


@pytest.fixture
async def outside() -> AsyncIterator[RawServer]:
    """A public website. What lies below /to/ redirects to where the path says, and so does what robots.txt says."""

    async def behave(path: str, writer: object) -> None:
        target = unquote(path.removeprefix("/to/")) if path.startswith("/to/") else ""
        target = server.robots if path == "/robots.txt" else target
        response = answer("302 Found", Location=target) if target else answer(body=b"outside")
        writer.write(response)  # type: ignore[attr-defined]

    async with serving(behave, host=OUTSIDE) as server:
        yield server


@pytest.fixture
async def client() -> AsyncIterator[StreamingClient]:
    """A client that may visit the outside only."""
    async with visiting(f"{OUTSIDE}/32") as client:
        yield client


def visiting(networks: str, resolver: ScriptedResolver | None = None) -> StreamingClient:
    """A client for these networks, with name servers that are part of the attack."""
    return StreamingClient(
        AddressGuard(parse_networks(networks), own_addresses=()),
        user_agent="test",
        limits=LIMITS,
        stream_limits=STREAM_LIMITS,
        resolver=resolver or ScriptedResolver(),
    )


def redirect(outside: RawServer, target: str) -> str:
    """A page of the outside that redirects to the target."""
    return f"http://{OUTSIDE}:{outside.port}/to/{quote(target, safe='')}"


def visits(inside: RawServer) -> list[str]:
    """The addresses at which the inside was reached."""
    return [address for address in inside.reached_at if address != OUTSIDE]


async def led_inside(way: Way, client: StreamingClient, targets: list[str], inside: RawServer) -> list[str]:
    """The targets of which the inside heard."""
    guilty = []
    for target in targets:
        before = len(visits(inside))
        with suppress(AppError, Transient, KeySetUnreachable, ValueError):
            await way(client, target)
        if len(visits(inside)) > before:
            guilty.append(target)
    return guilty


class TestEveryWayThroughEveryClient:
    @pytest.mark.parametrize("way", FOR_STRANGERS)
    async def test_no_spelling_and_no_name_leads_inside(
        self, way: Way, client: StreamingClient, inside: RawServer, outside: RawServer
    ) -> None:
        assert await led_inside(way, client, urls(inside.port), inside) == []
        assert await way(client, f"http://{OUTSIDE}:{outside.port}/")

    @pytest.mark.parametrize("way", ALL)
    async def test_no_redirect_leads_inside(
        self, way: Way, client: StreamingClient, inside: RawServer, outside: RawServer
    ) -> None:
        schemes = [scheme.format(port=inside.port) for scheme in OTHER_SCHEMES]
        targets = [redirect(outside, target) for target in [*urls(inside.port), *schemes]]

        assert await led_inside(way, client, targets, inside) == []
        assert await way(client, f"http://{OUTSIDE}:{outside.port}/")

    @pytest.mark.parametrize("way", [file_of_a_site, beginning_of_a_site, whole_site])
    async def test_no_redirect_of_robots_txt_leads_inside(
        self, way: Way, client: StreamingClient, inside: RawServer, outside: RawServer
    ) -> None:
        guilty = []
        for target in urls(inside.port):
            outside.robots = target
            guilty += await led_inside(way, client, [f"http://{OUTSIDE}:{outside.port}/"], inside)
        outside.robots = ""

        assert guilty == []
        assert await way(client, f"http://{OUTSIDE}:{outside.port}/")

    @pytest.mark.parametrize("way", ALL)
    async def test_no_proxy_of_the_environment_is_used(
        self,
        way: Way,
        client: StreamingClient,
        inside: RawServer,
        outside: RawServer,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        for name in PROXIES:
            monkeypatch.setenv(name, f"http://127.0.0.1:{inside.port}")
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)

        assert await way(client, f"http://{OUTSIDE}:{outside.port}/")
        assert visits(inside) == []


class TestNames:
    async def test_a_name_that_changes_its_mind_is_refused_the_second_time(
        self, inside: RawServer, outside: RawServer
    ) -> None:
        resolver = ScriptedResolver()
        async with visiting(f"{OUTSIDE}/32", resolver) as first:
            assert await page(first, f"http://rebinding.example:{outside.port}/")

        async with visiting(f"{OUTSIDE}/32", resolver) as second:
            with pytest.raises(AddressRefused):
                await second.fetch(f"http://rebinding.example:{inside.port}/")

        assert visits(inside) == []

    async def test_the_refusal_says_why(self, client: StreamingClient, inside: RawServer) -> None:
        with pytest.raises(AddressRefused, match=r"127\.0\.0\.1 is not a public address"):
            await client.fetch(f"http://inside.example:{inside.port}/")

    async def test_a_name_with_one_good_address_still_works(self, client: StreamingClient, outside: RawServer) -> None:
        fetched = await client.fetch(f"http://inside-first.example:{outside.port}/")

        assert fetched.body == b"outside"


class TestTheTestItself:
    @pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.3", "[::1]", "inside.example", "localhost"])
    @pytest.mark.parametrize("way", FOR_STRANGERS)
    async def test_the_inside_is_reached_when_its_network_is_allowed(
        self, way: Way, inside: RawServer, host: str
    ) -> None:
        async with visiting("127.0.0.0/8,::1") as client:
            with suppress(FetchFailed, AppError):
                await way(client, f"http://{host}:{inside.port}/")

        assert visits(inside)
