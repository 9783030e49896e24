"""`scanlane scan`: durable jobs, run through the same lane as the API's, watched from the terminal."""

import asyncio
import json
import signal
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

from rich.markup import escape
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.clients.address_guard import parse_networks, refuse_private
from scanlane.clients.renderer.launch import find_chromium
from scanlane.commands import quick_scan
from scanlane.commands.contact_table import table_of
from scanlane.commands.progress import Progress
from scanlane.commands.scan_documents import contact_documents, cost_document, objection_document
from scanlane.commands.terminal import err, out, tell_if_anonymous
from scanlane.crew import make_worker
from scanlane.demo.server import serve_demo
from scanlane.domain.assessment import Contact
from scanlane.domain.sites import parse_site
from scanlane.errors import BadInput
from scanlane.services import jobs
from scanlane.services.job_watch import JobWatch
from scanlane.services.scan_results import Known, contacts_of_job, known_of
from scanlane.services.verification import own_disposable
from scanlane.settings import Settings
from scanlane.stores.domains import Objection, find_objection
from scanlane.stores.jobs import JobView
from scanlane.stores.scans import count_codes
from scanlane.wiring import Wiring, wired
from worklane import events
from worklane.outcome import JsonValue
from worklane.worker import Worker

DEMO = "demo"
LOCAL = "local"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanCommand:
    """What the command line says."""

    sites: tuple[str, ...]
    as_json: bool = False
    max_pages: int | None = None
    thorough: bool = False
    delay: float | None = None
    networks: tuple[str, ...] = ()
    render: bool | None = None
    verify: bool | None = None
    tenant: str = LOCAL

    def options(self) -> dict[str, JsonValue]:
        """The payload of the jobs."""
        said: dict[str, JsonValue] = {
            "max_pages": self.max_pages,
            "thorough": self.thorough or None,
            "delay": self.delay,
            "allow_networks": list(self.networks) or None,
            "render": self.render,
            "verify": self.verify,
        }
        return {name: value for name, value in said.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Scanned:
    """One finished or interrupted scan, with everything it found, and what it cost where that is known.

    `codes`: how many URLs gave no page, and why.
    """

    job: JobView
    contacts: tuple[Contact, ...]
    known: Known = field(default_factory=Known)
    cost: Mapping[str, JsonValue] = field(default_factory=dict)
    codes: Mapping[str, int] = field(default_factory=dict)
    objection: Objection | None = None


async def scan(settings: Settings, command: ScanCommand) -> bool:
    """Scan every site; answer whether all went well. Raises BadInput or RendererMissing before anything is started."""
    networks = parse_networks(",".join([settings.allow_networks, *command.networks]))
    for site in command.sites:
        if site != DEMO:
            refuse_private(parse_site(site), networks)
    if command.render:
        find_chromium(settings.chromium)
    async with AsyncExitStack() as stack:
        targets = [await _target(stack, site, command) for site in command.sites]
        wiring = await stack.enter_async_context(wired(settings))
        if not networks and set(command.sites) != {DEMO}:
            tell_if_anonymous(settings)
        started = [await _start(wiring, command, website, options) for website, options in targets]
        return await follow(wiring, list(dict.fromkeys(started)), as_json=command.as_json, tenant=command.tenant)


async def follow(wiring: Wiring, job_ids: Sequence[UUID], *, as_json: bool, tenant: str) -> bool:
    """Run jobs here, unless others already do, and show each when it ends; answer whether all went well."""
    worker = make_worker(wiring, polls=False, listener=_quiet)
    watch = JobWatch(wiring.sessions)
    async with _running(worker, watch), Progress(hidden=as_json) as progress:
        began = time.process_time()
        ended = [asyncio.create_task(_follow_one(worker, watch, job_id, progress)) for job_id in job_ids]
        well = True
        for next_ended in asyncio.as_completed(ended):
            job = await next_ended
            if job is None:
                continue
            well = well and job.status == "complete"
            _show(await _with_contacts(wiring, job, began), as_json=as_json, progress=progress)
        interrupted = len(job_ids) - sum(task.result() is not None for task in ended)
    if interrupted:
        again = "scanlane jobs resume" + (f" --tenant {tenant}" if tenant != LOCAL else "")
        err.print(f"Handed back {interrupted} unfinished scan(s). Go on with: [bold]{again}[/bold]")
        raise KeyboardInterrupt
    return well


async def scan_quickly(settings: Settings, command: ScanCommand) -> bool:
    """Look at every site, one after the other, and store nothing; answer whether all went well.

    Suppressions and opt-outs are in the database, which is not asked.
    """
    if command.verify:
        raise BadInput("--verify remembers what it learns: it does not go with --no-save", field="verify")
    networks = parse_networks(",".join([settings.allow_networks, *command.networks]))
    well = True
    for website in command.sites:
        async with AsyncExitStack() as stack:
            if website != DEMO:
                refuse_private(parse_site(website), networks)
            address, options = await _target(stack, website, command)
            look = await quick_scan.look_at(parse_site(address), settings, options)
        quick_scan.show(look, as_json=command.as_json)
        well = well and look.status == quick_scan.COMPLETE
    return well


async def _target(stack: AsyncExitStack, site: str, command: ScanCommand) -> tuple[str, dict[str, JsonValue]]:
    if site != DEMO:
        return site, command.options()
    address = await stack.enter_async_context(serve_demo())
    return address.url, {**command.options(), "allow_networks": [*command.networks, "127.0.0.1/32"]}


async def _start(wiring: Wiring, command: ScanCommand, website: str, options: dict[str, JsonValue]) -> UUID:
    allowed = _texts(options.get("allow_networks"))
    request = jobs.ScanRequest(
        tenant=command.tenant,
        user_id="cli",
        website=website,
        networks=parse_networks(",".join([wiring.settings.allow_networks, *allowed])),
        options=options,
        max_attempts=1,
    )
    async with wiring.sessions.begin() as session:
        started = await jobs.start_scan(session, wiring.queue, request)
    if started.existing:
        err.print(f"{escape(website)}: joining the scan that is under way (job {started.job_id})")
    return started.job_id


def _texts(value: JsonValue) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []


@asynccontextmanager
async def _running(worker: Worker, watch: JobWatch) -> AsyncIterator[None]:
    loop = asyncio.get_running_loop()

    def interrupt() -> None:
        watch.close()
        worker.stop(at_once=True)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, interrupt)
    working = asyncio.create_task(worker.run())
    try:
        await worker.ready()
        yield
    finally:
        watch.close()
        worker.stop(at_once=True)
        await working
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


async def _follow_one(worker: Worker, watch: JobWatch, job_id: UUID, progress: Progress) -> JobView | None:
    starting = asyncio.create_task(_start_when_free(worker, job_id))
    last = None
    try:
        async with aclosing(watch.changes(job_id)) as changes:
            async for last in changes:
                progress.show(last)
    finally:
        starting.cancel()
    return last if last is not None and not last.is_active else None


async def _start_when_free(worker: Worker, job_id: UUID) -> None:
    # The job may wait for room here, for its next attempt, or for a rescue from a process that died.
    while True:
        await worker.start_now(job_id)
        await asyncio.sleep(0.5)


async def scanned(
    session: AsyncSession,
    job: JobView,
    cost: Mapping[str, JsonValue] | None = None,
    *,
    disposable: frozenset[str] = frozenset(),
) -> Scanned:
    """The job with everything that it has found so far, and what that cost."""
    found = await contacts_of_job(session, job, disposable=disposable)
    known = await known_of(session, job.domain_id, found, tenant=job.tenant)
    codes = await count_codes(session, job.id)
    return Scanned(job, found, known, cost or {}, codes, await find_objection(session, job.domain_id))


async def _with_contacts(wiring: Wiring, job: JobView, began: float) -> Scanned:
    cpu_seconds = time.process_time() - began
    cost = cost_document(pages=job.pages_scanned, requests=wiring.requests.made, cpu_seconds=cpu_seconds)
    async with wiring.sessions() as session:
        return await scanned(session, job, cost, disposable=own_disposable(wiring.settings))


def _show(scanned: Scanned, *, as_json: bool, progress: Progress) -> None:
    if as_json:
        print(json.dumps(document(scanned), ensure_ascii=False), flush=True)  # noqa: T201 - the output itself
        return
    progress.finish(scanned.job)
    if scanned.job.status == "complete":
        out.print(contact_table(scanned))
        if scanned.objection is not None:
            quote, url = escape(scanned.objection.quote), escape(scanned.objection.url)
            out.print(f"[yellow]The site objects to the harvesting of its addresses:[/yellow] {quote} ({url})")
    else:
        err.print(f"[red]{escape(scanned.job.website)}: {scanned.job.status}:[/red] {escape(scanned.job.error or '')}")


def document(scanned: Scanned) -> JsonValue:
    """One site's result as a JSON document."""
    job, contacts, known = scanned.job, scanned.contacts, scanned.known
    return {
        "website": job.website,
        "job_id": str(job.id),
        "status": job.status,
        "pages_scanned": job.pages_scanned,
        "pages_not_read": dict(scanned.codes),
        **contact_documents(contacts, known),
        **objection_document(scanned.objection),
        "error": job.error,
        **scanned.cost,
    }


def contact_table(scanned: Scanned) -> Table:
    """The contacts of one site."""
    job = scanned.job
    title = f"{job.website}: {len(scanned.contacts)} contacts on {job.pages_scanned} pages"
    return table_of(scanned.contacts, website=job.website, title=title, caption=_caption(scanned))


def _caption(scanned: Scanned) -> str:
    """The job, and why URLs gave no page; `scanlane jobs pages` and the API list them one by one."""
    reasons = ", ".join(f"{number} {code}" for code, number in scanned.codes.items())
    return f"job {scanned.job.id}" + (f"\nnot read: {reasons}" if reasons else "")


def _quiet(event: events.Event) -> None:
    del event  # the terminal shows the job itself
