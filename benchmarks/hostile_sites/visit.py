"""One process that fetches and scans hostile websites, and says what each cost: `python -m ... SECONDS URL...`."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from scanlane.clients.address_guard import AddressGuard, parse_networks
from scanlane.clients.website import FetchLimits, WebsiteClient
from scanlane.clients.website_errors import FetchFailed
from scanlane.domain.pages import read
from scanlane.domain.sites import parse_site
from scanlane.services.crawl_values import CrawlOptions, SiteUnreachable
from scanlane.services.website_crawl import crawl


@asynccontextmanager
async def client(seconds: float) -> AsyncIterator[WebsiteClient]:
    """A client that may visit loopback, and is as impatient as the benchmark."""
    limits = FetchLimits(seconds=seconds, connect_seconds=seconds, silent_seconds=seconds)
    async with WebsiteClient(AddressGuard(parse_networks("127.0.0.0/8")), user_agent="bench", limits=limits) as made:
        yield made


async def fetched(url: str, seconds: float) -> str:
    """How one request for the home page ends."""
    async with client(seconds) as one:
        try:
            answer = await one.follow(url)
        except FetchFailed as error:
            return type(error).__name__
        return f"{answer.status}, {len(answer.body)} bytes"


async def scanned(url: str, seconds: float) -> str:
    """How the scan of the whole site ends."""
    async with client(seconds) as one:
        options = CrawlOptions(max_pages=5, delay=timedelta(), longest_wait=timedelta(seconds=1))
        statuses = []
        try:
            async for visit in crawl(parse_site(url), fetch=one.fetch, read=read, options=options):
                statuses.append(str(visit.status))
        except SiteUnreachable as error:
            return f"SiteUnreachable: {error.message}"
        return f"{statuses.count('ok')} of {len(statuses)} pages"


async def main(url: str, seconds: float) -> dict[str, object]:
    """Both, with the time each took and the most memory the process ever had."""
    before = peak()
    began = time.monotonic()
    fetch = await fetched(url, seconds)
    middle = time.monotonic()
    scan = await scanned(url, seconds)
    return {
        "fetch": fetch,
        "fetch_seconds": round(middle - began, 2),
        "scan": scan,
        "scan_seconds": round(time.monotonic() - middle, 2),
        "peak_mb": peak(),
        "at_start_mb": before,
    }


def peak() -> int:
    """The most memory so far, in MB. What getrusage says includes the parent's of the moment of the fork."""
    [line] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) // 1024


if __name__ == "__main__":
    for url in sys.argv[2:]:
        print(json.dumps(asyncio.run(main(url, float(sys.argv[1])))), flush=True)
