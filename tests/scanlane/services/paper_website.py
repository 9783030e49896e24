"""A website on paper: pages by URL, fetched by a plain function that remembers what it was asked for."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from scanlane.clients.website import Fetched
from scanlane.clients.website_errors import FetchFailed
from scanlane.domain.sightings import ContactKind, Findings, Method, Sighting

HOME = "https://bakery.example/"

Answer = Fetched | FetchFailed | Callable[[], Fetched]


@dataclass(frozen=True)
class PaperLink:
    """A link as a reader reports it."""

    href: str
    text: str = ""
    rel: str = ""
    hidden: bool = False


@dataclass(frozen=True)
class PaperReading:
    """What the reader found."""

    title: str
    base: str
    links: tuple[PaperLink, ...]
    findings: Findings
    declared_hosts: frozenset[str] = frozenset()


def read(body: bytes, url: str, content_type: str | None) -> PaperReading:
    """Links are what stands in href, addresses are what holds an @."""
    text = body.decode()
    links = tuple(PaperLink(href) for href in re.findall(r'href="([^"]*)"', text))
    found = (Sighting(ContactKind.EMAIL, value, Method.TEXT) for value in re.findall(r"\w+@[\w.-]+\w", text))
    return PaperReading(title=text[:20], base=url, links=links, findings=Findings(emails=tuple(found)))


def html(*links: str, text: str = "bread") -> bytes:
    """A page that leads to these addresses."""
    return (text + "".join(f'<a href="{link}">x</a>' for link in links)).encode()


@dataclass
class Gate:
    """A page whose answer waits until the gate is opened."""

    reached: asyncio.Event = field(default_factory=asyncio.Event)
    opened: asyncio.Event = field(default_factory=asyncio.Event)

    async def pass_through(self) -> None:
        """Say that somebody came, and let them wait."""
        self.reached.set()
        await self.opened.wait()


@dataclass
class PaperWebsite:
    """Answers by URL; everything else is a 404. `fetched` lists every request in order."""

    answers: dict[str, Answer] = field(default_factory=dict)
    fetched: list[str] = field(default_factory=list)
    own_network: bool = True
    gates: dict[str, Gate] = field(default_factory=dict)
    at_once: int = 0
    most_at_once: int = 0

    async def fetch(self, url: str) -> Fetched:
        """One GET."""
        self.fetched.append(url)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await (self.gates[url].pass_through() if url in self.gates else asyncio.sleep(0))
        finally:
            self.at_once -= 1
        answer = self.answers.get(url)
        if isinstance(answer, FetchFailed):
            raise answer
        if answer is None:
            return Fetched(url=url, status=404, own_network=self.own_network)
        return answer if isinstance(answer, Fetched) else answer()

    def page(self, url: str, *links: str, text: str = "") -> None:
        """Put a page there; its text differs from that of all others unless it is given."""
        body = html(*links, text=text or f"page {url}")
        self.answers[url] = Fetched(
            url=url, status=200, content_type="text/html", body=body, own_network=self.own_network
        )

    def redirect(self, url: str, target: str, status: int = 301) -> None:
        """Put a redirect there."""
        self.answers[url] = Fetched(url=url, status=status, location=target, own_network=self.own_network)

    def status(self, url: str, status: int) -> None:
        """Put an error there."""
        self.answers[url] = Fetched(url=url, status=status, own_network=self.own_network)

    def robots(self, text: str, home: str = HOME) -> None:
        """Put a robots.txt there."""
        url = home + "robots.txt"
        self.answers[url] = Fetched(url=url, status=200, body=text.encode(), own_network=self.own_network)

    @property
    def pages_fetched(self) -> list[str]:
        """The requests for pages, as paths of the home's host where possible."""
        ours = ("robots.txt", "sitemap.xml")
        return [url.removeprefix(HOME) or "/" for url in self.fetched if not url.endswith(ours)]
