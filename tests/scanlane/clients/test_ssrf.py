"""Every known way to talk a crawler into visiting the inside: an internal server counts who comes.

The outside is 127.0.0.2, which the operator allowed; the inside is everything else on this machine. Each way is
followed by a request to the outside that must succeed: a client that fails at everything would pass otherwise.
"""

import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from scanlane.clients.address_guard import AddressGuard, parse_networks
from scanlane.clients.website import FetchLimits, WebsiteClient
from scanlane.clients.website_errors import AddressRefused, FetchFailed
from tests.scanlane.clients.raw_server import RawServer, answer, serving

OUTSIDE = "127.0.0.2"
LIMITS = FetchLimits(seconds=5, connect_seconds=2, silent_seconds=2)

LITERALS = (
    "127.0.0.1",
    "127.0.0.3",
    "127.255.255.254",
    "0.0.0.0",
    "localhost",
    "localhost.",
    "LOCALHOST",
    "2130706433",
    "0x7f000001",
    "0x7f.0x0.0x0.0x1",
    "017700000001",
    "0177.0.0.1",
    "127.1",
    "127.0.1",
    "127.0.0.1.",
    "0",
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[2002:7f00:1::]",
    "[::1%25lo]",
    "[fe80::1%25lo]",
    f"{OUTSIDE}@127.0.0.1",
    f"{OUTSIDE}:80@127.0.0.1",
    f"{OUTSIDE}\\@127.0.0.1",
    f"{OUTSIDE}%00.127.0.0.1",
    f"{OUTSIDE}%09@127.0.0.1",
    "127.0.0.1%23@" + OUTSIDE,
    "127.0.0.1\t",
    " 127.0.0.1",
)

NAMES: dict[str, tuple[tuple[str, ...], ...]] = {
    "inside.example": (("127.0.0.1",),),
    "inside6.example": (("::1",),),
    "mapped.example": (("::ffff:127.0.0.1",),),
    "zero.example": (("0.0.0.0",),),
    "inside-first.example": (("127.0.0.1", OUTSIDE),),
    "outside-first.example": ((OUTSIDE, "127.0.0.1"),),
    "rebinding.example": ((OUTSIDE,), ("127.0.0.1",)),
}


@dataclass
class ScriptedResolver(AbstractResolver):
    """Answers from a script: each name has its answers, the last one repeats."""

    asked: dict[str, int] = field(default_factory=dict)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The next scripted answer."""
        if host not in NAMES:
            addresses: tuple[str, ...] = ("127.0.0.1",)
        else:
            times = self.asked.get(host, 0)
            self.asked[host] = times + 1
            addresses = NAMES[host][min(times, len(NAMES[host]) - 1)]
        return [_result(host, address, port) for address in addresses]

    async def close(self) -> None:
        """Nothing is held."""


def _result(host: str, address: str, port: int) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    return ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=flags)


@pytest.fixture
async def inside() -> AsyncIterator[RawServer]:
    """A server that nobody may reach, on every address of this machine."""

    async def behave(_: str, writer: object) -> None: ...

    async with serving(behave, host="::") as server:
        yield server


@pytest.fixture
async def outside() -> AsyncIterator[RawServer]:
    """A public website that redirects wherever its path says."""

    async def behave(path: str, writer: object) -> None:
        target = unquote(path.removeprefix("/to/")) if path.startswith("/to/") else ""
        response = answer("302 Found", Location=target) if target else answer(body=b"outside")
        writer.write(response)  # type: ignore[attr-defined]

    async with serving(behave, host=OUTSIDE) as server:
        yield server


@pytest.fixture
async def client() -> AsyncIterator[WebsiteClient]:
    """A client that may visit the outside only."""
    guard = AddressGuard(parse_networks(f"{OUTSIDE}/32"), own_addresses=())
    async with WebsiteClient(guard, user_agent="test", limits=LIMITS, resolver=ScriptedResolver()) as client:
        yield client


def redirect(outside: RawServer, target: str) -> str:
    """A page of the outside that redirects to the target."""
    return f"http://{OUTSIDE}:{outside.port}/to/{quote(target, safe='')}"


def visits(inside: RawServer) -> list[str]:
    """The addresses at which the inside was reached."""
    return [address for address in inside.reached_at if address != OUTSIDE]


async def can_visit_the_outside(client: WebsiteClient, outside: RawServer) -> bool:
    """The control request."""
    return (await client.follow(f"http://{OUTSIDE}:{outside.port}/")).body == b"outside"


class TestLiterals:
    @pytest.mark.parametrize("host", LITERALS)
    async def test_no_spelling_of_an_address_leads_inside(
        self, client: WebsiteClient, inside: RawServer, outside: RawServer, host: str
    ) -> None:
        with suppress(FetchFailed):
            await client.follow(f"http://{host}:{inside.port}/")

        assert visits(inside) == []
        assert await can_visit_the_outside(client, outside)

    @pytest.mark.parametrize("host", LITERALS)
    async def test_no_redirect_leads_inside(
        self, client: WebsiteClient, inside: RawServer, outside: RawServer, host: str
    ) -> None:
        with suppress(FetchFailed):
            await client.follow(redirect(outside, f"http://{host}:{inside.port}/"))

        assert visits(inside) == []
        assert await can_visit_the_outside(client, outside)


class TestNames:
    @pytest.mark.parametrize("name", NAMES)
    async def test_no_name_leads_inside_not_even_the_second_time(
        self, client: WebsiteClient, inside: RawServer, outside: RawServer, name: str
    ) -> None:
        for _ in range(2):
            with suppress(FetchFailed):
                await client.follow(f"http://{name}:{inside.port}/")
            with suppress(FetchFailed):
                await client.follow(redirect(outside, f"http://{name}:{inside.port}/"))

        assert visits(inside) == []
        assert await can_visit_the_outside(client, outside)

    async def test_the_refusal_says_why(self, client: WebsiteClient, inside: RawServer) -> None:
        with pytest.raises(AddressRefused, match=r"127\.0\.0\.1 is not a public address"):
            await client.fetch(f"http://inside.example:{inside.port}/")

    async def test_a_name_with_one_good_address_still_works(self, client: WebsiteClient, outside: RawServer) -> None:
        fetched = await client.fetch(f"http://inside-first.example:{outside.port}/")

        assert fetched.body == b"outside"


class TestOtherWays:
    @pytest.mark.parametrize(
        "target",
        ["file:///etc/passwd", "gopher://127.0.0.1:{port}/_x", "dict://127.0.0.1:{port}/", "//127.0.0.1:{port}/"],
    )
    async def test_no_other_scheme_leads_inside(
        self, client: WebsiteClient, inside: RawServer, outside: RawServer, target: str
    ) -> None:
        with pytest.raises(FetchFailed):
            await client.follow(redirect(outside, target.format(port=inside.port)))

        assert visits(inside) == []
        assert await can_visit_the_outside(client, outside)

    async def test_no_proxy_of_the_environment_is_used(
        self, client: WebsiteClient, inside: RawServer, outside: RawServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{inside.port}")

        assert await can_visit_the_outside(client, outside)
        assert visits(inside) == []


class TestTheTestItself:
    @pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.3", "[::1]", "inside.example", "localhost"])
    async def test_the_inside_is_reached_when_its_network_is_allowed(self, inside: RawServer, host: str) -> None:
        guard = AddressGuard(parse_networks("127.0.0.0/8,::1"), own_addresses=())
        async with WebsiteClient(guard, user_agent="test", limits=LIMITS, resolver=ScriptedResolver()) as client:
            with suppress(FetchFailed):
                await client.fetch(f"http://{host}:{inside.port}/")

        assert visits(inside)
