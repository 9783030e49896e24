"""The identity provider's key set over HTTP: a short time, a small body, no redirects."""

from datetime import timedelta

import aiohttp

TIMEOUT = timedelta(seconds=3)
LARGEST = 256 * 1024


class KeySetUnreachable(Exception):
    """The key set could not be fetched."""


async def fetch_key_set(url: str, *, timeout: timedelta = TIMEOUT, largest: int = LARGEST) -> bytes:
    """The body of the configured JWKS URL. Raises KeySetUnreachable, which does not repeat the URL."""
    limit = aiohttp.ClientTimeout(total=timeout.total_seconds())
    try:
        async with (
            aiohttp.ClientSession(timeout=limit, auto_decompress=False, trust_env=False) as session,
            session.get(url, allow_redirects=False, headers=_HEADERS) as response,
        ):
            if response.status != 200:
                raise KeySetUnreachable(f"status {response.status}")
            return await _read(response.content, largest)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise KeySetUnreachable(type(error).__name__) from error


_HEADERS = {"Accept": "application/jwk-set+json, application/json", "Accept-Encoding": "identity"}


async def _read(content: aiohttp.StreamReader, largest: int) -> bytes:
    body = bytearray()
    async for chunk in content.iter_any():
        body += chunk
        if len(body) > largest:
            raise KeySetUnreachable(f"more than {largest} bytes")
    return bytes(body)
