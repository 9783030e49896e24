"""How fast a sitemap of 50,000 URLs becomes rows of PostgreSQL, and what memory that takes.

    python -m benchmarks.sitemap_import [--urls 50000] [--extras]

A server on this machine, the stage as workers run it, the embedded PostgreSQL, one process. The file is read twice:
new, and again after every date in it has changed.
"""

import argparse
import asyncio
import resource
import time
from pathlib import Path

from tests.scanlane.services.sitemap_site import Reply, SitemapSite, add_domain, add_file, file_of, requeue, serving
from tests.scanlane.stages import running_stage

from scanlane.services.sitemap_import import SITEMAP_IMPORT
from scanlane.settings import read_settings
from scanlane.wiring import wired
from worklane import events
from worklane.testing import EventLog

DATA = Path(__file__).parent.parent / ".cache" / "benchmarks"
EXTRAS = "<image:image><image:loc>{url}/loaf.jpg</image:loc><image:title>A loaf</image:title></image:image>" * 2


def sitemap(site: SitemapSite, urls: int, *, day: int, extras: bool) -> bytes:
    """A file of so many pages."""
    each = (
        f"<url><loc>{site.url}category-{n % 40}/article-about-something-{n}.html</loc>"
        f"<lastmod>2026-05-{day:02}T10:00:00Z</lastmod><changefreq>weekly</changefreq><priority>0.5</priority>"
        f"{EXTRAS.format(url=f'{site.url}{n}') if extras else ''}</url>\n"
        for n in range(urls)
    )
    return f"<urlset>{''.join(each)}</urlset>".encode()


def peak_mb() -> float:
    """The most memory this process had so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def measure(urls: int, *, extras: bool) -> None:
    """Import, change, import again."""
    settings = read_settings(data_dir=DATA, allow_networks="127.0.0.0/8", database_url=None)
    async with serving() as site, wired(settings) as wiring:
        domain_id = await add_domain(wiring, site.url)
        file_id = await add_file(wiring, domain_id, site.url + "s.xml")
        for name, day in (("new", 1), ("changed", 2)):
            site["/s.xml"] = Reply(sitemap(site, urls, day=day, extras=extras))
            before, started, busy = peak_mb(), time.perf_counter(), time.process_time()
            async with running_stage(wiring, SITEMAP_IMPORT, EventLog()) as stage:
                await stage.poll()
                await stage.log.saw(events.Settled, within=300)
            seconds, busy = time.perf_counter() - started, time.process_time() - busy
            file = await file_of(wiring, file_id)
            size = len(site.replies["/s.xml"].body) / 1e6
            print(
                f"{name}: {file.import_status} {file.url_count} URLs of {size:.1f} MB in {seconds:.2f} s,"
                f" {urls / seconds:,.0f} rows/s ({busy:.2f} s of CPU here),"
                f" peak {peak_mb():.0f} MB (+{peak_mb() - before:.1f})"
            )
            if name == "new":
                await requeue(wiring, file_id)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--urls", type=int, default=50_000)
    parser.add_argument("--extras", action="store_true")
    given = parser.parse_args()
    asyncio.run(measure(given.urls, extras=given.extras))


if __name__ == "__main__":
    main()
