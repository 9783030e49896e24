"""`scanlane jobs`."""

from typing import Annotated
from uuid import UUID

import typer

from scanlane.cli.options import AsJson, Tenant, finish, plain
from scanlane.commands.terminal import fail, run, settings

app = typer.Typer(help="Jobs: list, show, their pages, cancel, resume.", no_args_is_help=True)

JobIds = Annotated[list[str], typer.Argument(help="Job ids.", metavar="JOB_ID...")]


@app.command("list")
def list_jobs(
    active: Annotated[bool, typer.Option("--active", help="Only those that are not finished.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
    as_json: AsJson = False,
    tenant: Tenant = "local",
) -> None:
    """List the newest jobs."""
    from scanlane.commands import jobs as command

    run(command.show_list(settings(), tenant=tenant, active=active, limit=limit, as_json=as_json))


@app.command("show")
def show_job(job_id: Annotated[str, typer.Argument()], as_json: AsJson = False, tenant: Tenant = "local") -> None:
    """Show one job and what it has found so far."""
    from scanlane.commands import jobs as command

    run(command.show_one(settings(), _job_id(job_id), tenant=tenant, as_json=as_json))


@app.command("pages")
def list_pages(
    job_id: Annotated[str, typer.Argument()],
    code: Annotated[str | None, typer.Option(help="Only those that gave no page for this reason: blocked, ...")] = None,
    as_json: AsJson = False,
    tenant: Tenant = "local",
) -> None:
    """List every URL that a scan knows, and why it gave no page."""
    from scanlane.commands import job_pages as command

    wanted = plain(code, "--code")
    run(command.show_pages(settings(), _job_id(job_id), tenant=tenant, code=wanted, as_json=as_json))


@app.command("cancel")
def cancel_jobs(job_ids: JobIds, tenant: Tenant = "local") -> None:
    """Cancel jobs that are not finished."""
    from scanlane.commands import jobs as command

    run(command.cancel(settings(), [_job_id(one) for one in job_ids], tenant=tenant))


@app.command("resume")
def resume_jobs(
    job_ids: Annotated[
        list[str] | None, typer.Argument(help="Job ids; none: all unfinished.", metavar="[JOB_ID...]")
    ] = None,
    as_json: AsJson = False,
    tenant: Tenant = "local",
) -> None:
    """Go on with unfinished jobs from the pages already saved."""
    from scanlane.commands import jobs as command

    ids = [_job_id(one) for one in job_ids or ()]
    finish(run(command.resume(settings(), ids, tenant=tenant, as_json=as_json)))


def _job_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        fail(f"{text!r} is not a job id (see: scanlane jobs list)", status=2)
