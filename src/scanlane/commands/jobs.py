"""`scanlane jobs`: list, show, cancel and resume."""

import json
from collections.abc import Sequence
from uuid import UUID

from rich.markup import escape
from rich.table import Table

from scanlane.commands.scan import contact_table, document, follow, scanned
from scanlane.commands.terminal import err, out
from scanlane.schemas.job import JobDetails
from scanlane.services import jobs
from scanlane.settings import Settings
from scanlane.stores.jobs import JobView, list_jobs
from scanlane.wiring import wired
from worklane.lifecycle import ACTIVE, Status


async def show_list(settings: Settings, *, tenant: str, active: bool, limit: int, as_json: bool) -> None:
    """Print the newest jobs."""
    async with wired(settings) as wiring, wiring.sessions() as session:
        found = await list_jobs(session, tenant=tenant, statuses=ACTIVE if active else (), limit=limit)
    if as_json:
        for job in found:
            print(JobDetails.model_validate(job).model_dump_json(exclude={"result_data"}))  # noqa: T201
    else:
        nothing = (
            f"No unfinished jobs of {tenant}."
            if active
            else f"No jobs of {tenant} yet. Start one with: scanlane scan example.com"
        )
        out.print(_table(found) if found else nothing)


async def show_one(settings: Settings, job_id: UUID, *, tenant: str, as_json: bool) -> None:
    """Print one job with everything it has found so far."""
    async with wired(settings) as wiring, wiring.sessions() as session:
        job = await jobs.find_job(session, job_id, tenant=tenant)
        found = await scanned(session, job)
    if as_json:
        print(json.dumps(document(found), ensure_ascii=False))  # noqa: T201 - the output itself
        return
    details = JobDetails.model_validate(job).model_dump(mode="json", exclude={"result_data"}, exclude_none=True)
    for name, value in details.items():
        out.print(f"{name:15} {escape(str(value))}")
    out.print(contact_table(found))


async def cancel(settings: Settings, job_ids: Sequence[UUID], *, tenant: str) -> None:
    """Cancel jobs that are not finished."""
    async with wired(settings) as wiring:
        for job_id in job_ids:
            async with wiring.sessions.begin() as session:
                job = await jobs.cancel_job(session, wiring.queue, job_id, tenant=tenant)
            out.print(f"{job.id} {job.status}")


async def resume(settings: Settings, job_ids: Sequence[UUID], *, tenant: str, as_json: bool) -> bool:
    """Go on with these unfinished jobs, or with all of them; answer whether all went well."""
    async with wired(settings) as wiring:
        async with wiring.sessions() as session:
            known = [await jobs.find_job(session, job_id, tenant=tenant) for job_id in job_ids]
            found = known or await list_jobs(session, tenant=tenant, statuses=ACTIVE, limit=1000)
        waiting = [job.id for job in found if job.status in ACTIVE]
        if not waiting:
            err.print("Nothing to go on with: no unfinished jobs.")
            return True
        return await follow(wiring, waiting, as_json=as_json, tenant=tenant)


def _table(found: Sequence[JobView]) -> Table:
    table = Table()
    for column in ("Job", "Website", "Status", "Progress", "Pages", "Contacts", "Created"):
        table.add_column(column)
    for job in found:
        colour = {Status.COMPLETE: "green", Status.FAILED: "red", Status.RUNNING: "cyan"}.get(Status(job.status), "")
        table.add_row(
            str(job.id),
            escape(job.website),
            f"[{colour}]{job.status}[/{colour}]" if colour else job.status,
            f"{job.progress:.0%}",
            str(job.pages_scanned),
            str(job.contacts_found),
            f"{job.created_at:%Y-%m-%d %H:%M}",
        )
    return table
