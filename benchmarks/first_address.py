"""`python -m benchmarks.first_address URL...`: on which page of a crawl the first address of the site's own comes.

Nothing is stored. One JSON document a site: the e-mail addresses with their scores, how many pages were read, and on
which of them the first address stood that the whole crawl calls the site's own (`own` or `sibling`, score of 50 and
more), or the first worth showing where there is no such. `--log FILE` appends that number to a file, for a median.
"""

import argparse
import asyncio
import json
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from scanlane.clients.address_guard import AddressGuard, parse_networks
from scanlane.clients.website import WebsiteClient
from scanlane.domain.assessment import SHOWN_FROM, Contact, assess
from scanlane.domain.pages import read
from scanlane.domain.sightings import ContactKind, Sighting
from scanlane.domain.sites import parse_site
from scanlane.services.crawl_values import CrawlOptions, VisitStatus
from scanlane.services.website_crawl import crawl

OWN = frozenset({"own", "sibling"})


@dataclass(slots=True)
class Crawled:
    """What a crawl saw: sightings by page, on which page read each value stood first, and whose the site is."""

    seen: list[tuple[str, Sighting]] = field(default_factory=list)
    first_on: dict[str, int] = field(default_factory=dict)
    own_hosts: set[str] = field(default_factory=set)
    pages: int = 0


async def crawled(url: str, networks: str) -> Crawled:
    """Crawl one site politely towards loopback: without pauses."""
    found = Crawled()
    options = CrawlOptions(max_pages=500, delay=timedelta())
    async with WebsiteClient(AddressGuard(parse_networks(networks)), user_agent="scanlane-bench") as client:
        async for visit in crawl(parse_site(url), fetch=client.fetch, read=read, options=options):
            found.pages += visit.status is VisitStatus.OK
            found.own_hosts |= visit.declared_hosts
            for sighting in visit.sightings:
                found.seen.append((visit.final_url, sighting))
                found.first_on.setdefault(sighting.value.lower(), found.pages)
    return found


def first_page(found: Crawled, emails: list[Contact]) -> int | None:
    """The page of the first address that is worth something; None without any."""
    shown = [one for one in emails if one.score >= SHOWN_FROM]
    wanted = [one for one in shown if one.relation in OWN] or shown
    return min((found.first_on[one.value.lower()] for one in wanted), default=None)


def main() -> None:
    """Crawl each site and print its document."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", nargs="+")
    parser.add_argument("--allow-network", default="127.0.0.0/8", help="private networks that may be visited")
    parser.add_argument("--log", type=Path, help="append the page's number here")
    said = parser.parse_args()
    for url in said.url:
        found = asyncio.run(crawled(url, said.allow_network))
        contacts = assess(found.seen, [parse_site(url).name, *sorted(found.own_hosts)])
        emails = [one for one in contacts if one.kind is ContactKind.EMAIL]
        first = first_page(found, emails)
        values = [{"value": one.value, "score": one.score} for one in emails]
        print(json.dumps({"website": url, "pages": found.pages, "first_address_on_page": first, "emails": values}))
        if said.log and first is not None:
            with said.log.open("a") as file:
                file.write(f"{first}\n")


if __name__ == "__main__":
    main()
