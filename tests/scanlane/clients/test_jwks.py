"""Fetching a key set from a real server: in time, in size, and never from anywhere else."""

import gzip
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from scanlane.clients.jwks import KeySetUnreachable, fetch_key_set
from tests.scanlane.auth.identity_provider import IdentityProvider, running_provider


@pytest.fixture
async def provider() -> AsyncIterator[IdentityProvider]:
    """A provider on loopback."""
    async with running_provider() as provider:
        yield provider


class TestFetchKeySet:
    async def test_it_returns_the_body(self, provider: IdentityProvider) -> None:
        provider.body = b'{"keys": []}'

        assert await fetch_key_set(provider.url) == b'{"keys": []}'

    @pytest.mark.parametrize("status", [201, 204, 301, 400, 404, 500, 503])
    async def test_any_other_status_is_a_failure(self, provider: IdentityProvider, status: int) -> None:
        provider.status = status

        with pytest.raises(KeySetUnreachable, match=f"status {status}"):
            await fetch_key_set(provider.url)

    async def test_a_redirect_is_not_followed(self, provider: IdentityProvider) -> None:
        provider.status, provider.headers = 302, {"Location": provider.url}

        with pytest.raises(KeySetUnreachable, match="status 302"):
            await fetch_key_set(provider.url)

        assert provider.requests == 1

    async def test_a_silent_server_is_given_up_in_time(self, provider: IdentityProvider) -> None:
        provider.gate.clear()

        with pytest.raises(KeySetUnreachable, match="Timeout"):
            await fetch_key_set(provider.url, timeout=timedelta(seconds=0.2))

    async def test_a_body_of_the_largest_size_is_taken(self, provider: IdentityProvider) -> None:
        provider.body = b"x" * 1000

        assert len(await fetch_key_set(provider.url, largest=1000)) == 1000

    async def test_a_larger_body_is_refused(self, provider: IdentityProvider) -> None:
        provider.body = b"x" * 1001

        with pytest.raises(KeySetUnreachable, match="more than 1000 bytes"):
            await fetch_key_set(provider.url, largest=1000)

    async def test_a_compressed_body_is_not_blown_up(self, provider: IdentityProvider) -> None:
        provider.body, provider.headers = gzip.compress(b"x" * 10_000_000), {"Content-Encoding": "gzip"}

        assert await fetch_key_set(provider.url) == provider.body

    async def test_a_server_that_is_gone_is_a_failure(self) -> None:
        async with running_provider() as gone:
            url = gone.url

        with pytest.raises(KeySetUnreachable):
            await fetch_key_set(url)

    @pytest.mark.parametrize("url", ["http://", "http://[", "nowhere", "http://127.0.0.1:0/"])
    async def test_an_address_that_is_none_is_a_failure(self, url: str) -> None:
        with pytest.raises(KeySetUnreachable):
            await fetch_key_set(url)

    async def test_the_failure_does_not_repeat_the_address(self, provider: IdentityProvider) -> None:
        provider.status = 500

        with pytest.raises(KeySetUnreachable) as caught:
            await fetch_key_set(f"{provider.url}?key=private")

        assert "private" not in str(caught.value)
