"""`python -m benchmarks.many_sites`: a worker scans many websites at once, on a PostgreSQL server.

SCANLANE_DATABASE_URL names an empty database to use; without it an embedded server is started in a folder of its own.
Prints sites and pages, CPU for each page, peak memory of the worker, and its longest stall; `--json`: as a document.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import uvloop
from benchmarks.many_sites.serve import name
from sqlalchemy import func, select

from scanlane.clients.address_guard import parse_networks
from scanlane.commands.terminal import calm_the_collector
from scanlane.crew import make_worker
from scanlane.models import Job
from scanlane.services import jobs
from scanlane.settings import Settings, read_settings
from scanlane.wiring import Wiring, wired
from worklane.lifecycle import ACTIVE

TENANT = "bench"
A_LOOK = 0.01


@dataclass(slots=True)
class Stalls:
    """The longest time for which the event loop was away, in seconds.

    `longest_busy` counts only what the loop's own thread computed meanwhile: other programs do not blur it.
    """

    longest: float = 0.0
    longest_busy: float = 0.0

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Look a hundred times a second while the block runs."""
        watching = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watching.cancel()

    async def _watch(self) -> None:
        while True:
            before, busy = time.monotonic(), time.thread_time()
            await asyncio.sleep(A_LOOK)
            self.longest = max(self.longest, time.monotonic() - before - A_LOOK)
            self.longest_busy = max(self.longest_busy, time.thread_time() - busy)


@contextmanager
def serving() -> Iterator[int]:
    """The websites, in a process of their own; answers their port."""
    command = [sys.executable, "-m", "benchmarks.many_sites.serve"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield int(json.loads(server.stdout.readline())["port"])
        finally:
            server.kill()


async def measure(settings: Settings, *, sites: int, at_once: int, port: int) -> dict[str, object]:
    """Scan that many sites, so many at a time."""
    async with wired(settings) as wiring:
        job_ids = [await _start(wiring, f"http://{name(number)}:{port}/") for number in range(sites)]
        worker = make_worker(wiring, concurrency=at_once, listener=lambda _: None)
        stalls = Stalls()
        cpu, began = time.process_time(), time.monotonic()
        async with stalls.watched():
            working = asyncio.create_task(worker.run())
            most = await _until_done(wiring, job_ids)
            seconds, cpu = time.monotonic() - began, time.process_time() - cpu
            worker.stop(at_once=True)
            await working
        async with wiring.sessions() as session:
            pages, failed = (
                await session.execute(
                    select(func.sum(Job.pages_scanned), func.count().filter(Job.status != "complete")).where(
                        Job.id.in_(job_ids)
                    )
                )
            ).one()
    return {
        "sites": sites,
        "failed": failed,
        "most_at_once": most,
        "pages": pages,
        "sites_per_second": round(sites / seconds, 2),
        "pages_per_second": round(pages / seconds, 1),
        "cpu_ms_per_page": round(cpu / max(pages, 1) * 1000, 3),
        "peak_mb": peak(),
        "longest_stall_ms": round(stalls.longest * 1000, 1),
        "longest_stall_cpu_ms": round(stalls.longest_busy * 1000, 1),
    }


async def _start(wiring: Wiring, website: str) -> UUID:
    networks = parse_networks(wiring.settings.allow_networks)
    request = jobs.ScanRequest(tenant=TENANT, user_id=TENANT, website=website, networks=networks)
    async with wiring.sessions.begin() as session:
        return (await jobs.start_scan(session, wiring.queue, request)).job_id


async def _until_done(wiring: Wiring, job_ids: Sequence[UUID]) -> int:
    """Wait for all of them; answer how many ran at once at the most."""
    most = 0
    while True:
        await asyncio.sleep(0.5)
        counts = select(Job.status, func.count()).where(Job.id.in_(job_ids)).group_by(Job.status)
        async with wiring.sessions() as session:
            waiting: dict[str, int] = dict((await session.execute(counts)).all())  # type: ignore[arg-type]
        most = max(most, waiting.get("running", 0))
        if not any(waiting.get(status) for status in ACTIVE):
            return most


def peak() -> int:
    """The most memory this process ever had, in MB."""
    [line] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) // 1024


def main() -> None:
    """Measure once, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sites", type=int, default=400)
    parser.add_argument("--at-once", type=int, default=200)
    parser.add_argument("--json", action="store_true", help="one JSON document")
    said = parser.parse_args()
    with serving() as port, tempfile.TemporaryDirectory() as folder:
        settings = read_settings(data_dir=Path(folder), allow_networks="127.0.0.0/8")
        calm_the_collector()
        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
        found = asyncio.run(measure(settings, sites=said.sites, at_once=said.at_once, port=port))
    if said.json:
        print(json.dumps(found))
        return
    for figure, value in found.items():
        print(f"{figure:18} {value}")


if __name__ == "__main__":
    main()
