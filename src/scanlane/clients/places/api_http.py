"""One request to the interface of a provider: a short time, a small body, no redirects, no proxies.

The address guard does not stand before these requests. It keeps websites, whose addresses come from strangers, from
leading the crawler into the operator's network; the hosts here are chosen by the operator, who may well run his own
Overpass or a proxy inside that network. Nothing that an answer contains is ever requested: redirects are refused.
"""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from typing import NoReturn

import aiohttp
from yarl import URL

from scanlane.clients.places.errors import Transient
from worklane.clock import now

SHORTEST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, headers by lower-case name, the body."""

    host: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def retry_after(self) -> timedelta | None:
        """How long its header asks to wait, in seconds or until a date (RFC 9110, section 10.2.3)."""
        said = self.headers.get("retry-after", "").strip()
        if said.isdecimal():
            return bounded(float(said[:9]))
        try:
            moment = parsedate_to_datetime(said)
        except ValueError:
            return None
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return bounded((moment - now()).total_seconds())

    def text(self) -> str:
        """The body as text; what is not UTF-8 is replaced."""
        return self.body.decode(errors="replace")

    def json(self) -> object:
        """The body as JSON. Raises Transient when it is none: something else answers in the provider's place."""
        try:
            return json.loads(self.body, parse_constant=_refuse)
        except (ValueError, RecursionError):
            raise Transient(f"{self.host} answers {self.status} with something that is not JSON") from None


class ApiHttp:
    """Requests to one provider. Connections are kept while any request is under way, and closed with the last one."""

    def __init__(self, *, user_agent: str, seconds: float = 20, largest: int = 16 * 1024 * 1024) -> None:
        self._headers = {"User-Agent": user_agent, "Accept": "application/json", "Accept-Encoding": "identity"}
        self._timeout = aiohttp.ClientTimeout(total=seconds, connect=min(seconds, 10))
        self._largest = largest
        self._session: aiohttp.ClientSession | None = None
        self._under_way = 0

    async def get(
        self, url: URL, *, query: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send a GET. Raises Transient."""
        return await self._send("GET", url.update_query(query or {}), headers=headers)

    async def post(
        self,
        url: URL,
        *,
        document: Mapping[str, object] | None = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send a POST with a JSON document or a form. Raises Transient."""
        return await self._send("POST", url, json=document, data=form, headers=headers)

    async def _send(self, method: str, url: URL, **given: object) -> Answer:
        host = url.host or str(url)
        try:
            async with (
                self._connected() as session,
                session.request(method, url, allow_redirects=False, **given) as response,  # type: ignore[arg-type]
            ):
                headers = {name.lower(): value for name, value in response.headers.items()}
                return Answer(host, response.status, headers, await self._read(host, response.content))
        except TimeoutError:
            raise Transient(f"{host} took too long to answer") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            # Neither the error's words nor its cause: they may repeat what was sent.
            raise Transient(f"{host} cannot be reached: {type(error).__name__}") from None

    async def _read(self, host: str, content: aiohttp.StreamReader) -> bytes:
        body = bytearray()
        async for chunk in content.iter_any():
            body += chunk
            if len(body) > self._largest:
                raise Transient(f"{host} answers with more than {self._largest} bytes")
        return bytes(body)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[aiohttp.ClientSession]:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                headers=self._headers,
                timeout=self._timeout,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
            )
        session = self._session
        self._under_way += 1
        try:
            yield session
        finally:
            self._under_way -= 1
            if self._under_way == 0:
                self._session = None
                await session.close()


def bounded(seconds: float) -> timedelta:
    """A wait that somebody else asks for, kept within reason."""
    return timedelta(seconds=min(max(seconds, SHORTEST_WAIT.total_seconds()), LONGEST_WAIT.total_seconds()))


def base_url(text: str) -> URL:
    """The operator's base URL, without a slash at its end."""
    return URL(text.rstrip("/"))


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
