"""The command line: every verb, a few lines each. What they do stands in commands/."""

import asyncio
import os
import sys
from datetime import timedelta
from importlib.metadata import version
from typing import Annotated, cast
from uuid import UUID

import typer
from rich.markup import escape

from scanlane.commands.terminal import BAD_INPUT, FAILED, INTERRUPTED, err, fail, log_to_stderr, run, settings
from scanlane.errors import AppError

# Typer carries its own copy of Click and makes only this child of its usage error public.
USAGE_ERROR: type[BaseException] = typer.BadParameter.__mro__[1]

EXAMPLES = """
Examples:

  scanlane scan https://www.python.org

  scanlane scan example.com example.org --json > contacts.jsonl

  scanlane serve

  scanlane work
"""

app = typer.Typer(
    name="scanlane",
    help="Find the people behind a website, as background work that loses nothing.",
    epilog=EXAMPLES,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
token = typer.Typer(help="Tokens for the HTTP API.", no_args_is_help=True)
jobs = typer.Typer(help="Jobs: list, show, cancel, resume.", no_args_is_help=True)
db = typer.Typer(help="The database: schema and shell.", no_args_is_help=True)
app.add_typer(token, name="token")
app.add_typer(jobs, name="jobs")
app.add_typer(db, name="db")


def _version(wanted: bool) -> None:
    if wanted:
        print(f"scanlane {version('scanlane')}")  # noqa: T201 - the output itself
        raise typer.Exit


def _tenant(name: str) -> str:
    from scanlane.auth.caller import is_tenant

    if not is_tenant(name):
        fail(f"--tenant: {name!r} is not a tenant; use small letters, digits, - and _", status=2)
    return name


Tenant = Annotated[str, typer.Option(help="Whose jobs.", callback=_tenant)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else, on stdout.")]
JobIds = Annotated[list[str], typer.Argument(help="Job ids.", metavar="JOB_ID...")]


@app.callback()
def options(
    show_version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Find the people behind a website, as background work that loses nothing."""


@app.command()
def scan(
    sites: Annotated[list[str], typer.Argument(help="Websites: example.com, https://..., or demo.", metavar="SITE...")],
    as_json: AsJson = False,
    max_pages: Annotated[int | None, typer.Option(min=1, max=100_000, help="Pages per site. [default: 100]")] = None,
    delay: Annotated[float | None, typer.Option(min=0, max=3600, help="Seconds between two requests.")] = None,
    allow_network: Annotated[
        list[str] | None,
        typer.Option(help="Also connect to this private network, any port. Repeatable.", metavar="CIDR"),
    ] = None,
    tenant: Tenant = "local",
) -> None:
    """Scan websites for contacts and print them. `scanlane scan demo` shows it on a sample site, without internet.

    Ctrl-C hands unfinished scans back; `scanlane jobs resume` goes on with them.
    """
    from scanlane.commands import scan as command

    said = command.ScanCommand(
        sites=tuple(sites),
        as_json=as_json,
        max_pages=max_pages,
        delay=delay,
        networks=tuple(allow_network or ()),
        tenant=tenant,
    )
    _finish(run(command.scan(settings(), said)))


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    no_work: Annotated[
        bool, typer.Option("--no-work", help="Do not run jobs here; leave them to `scanlane work`.")
    ] = False,
    allow_remote: Annotated[
        bool, typer.Option("--allow-remote", help="Listen on an address others can reach.")
    ] = False,
) -> None:
    """Serve the HTTP API, with its documentation at /docs. Runs jobs itself unless --no-work."""
    from scanlane.commands import serving

    known = settings()
    log_to_stderr(known.log_level)
    run(serving.serve(known, host=host, port=port, works=not no_work, allow_remote=allow_remote))


@app.command()
def work(
    concurrency: Annotated[int | None, typer.Option(min=1, max=200, help="Jobs at once. [default: 4]")] = None,
    alone: Annotated[
        str | None, typer.Option(hidden=True, metavar="LANE", help="Be the quarantine of this lane, for a worker.")
    ] = None,
) -> None:
    """Run jobs until stopped. Start as many as you like, on as many machines as reach the database."""
    from scanlane.commands import serving

    known = settings()
    log_to_stderr(known.log_level)
    run(serving.quarantine(known, alone) if alone else serving.work(known, concurrency=concurrency))


@app.command()
def doctor() -> None:
    """Say what is well and what is not, in plain words."""
    from scanlane.commands import doctor as command

    _finish(run(command.examine(settings())))


@token.command("create")
def create_token(
    tenant: Annotated[str, typer.Option(help="Whose data the token opens.")] = "local",
    subject: Annotated[str, typer.Option(help="Who will use it.")] = "cli",
    ttl: Annotated[int, typer.Option(min=1, max=366 * 86_400, help="Seconds until it expires.")] = 30 * 24 * 3600,
) -> None:
    """Sign a token for the HTTP API and print it."""
    from scanlane.auth.token_signing import sign_token

    try:
        print(sign_token(settings(), tenant=tenant, subject=subject, ttl=timedelta(seconds=ttl)))  # noqa: T201
    except AppError as error:
        fail(error.message, status=2)


@jobs.command("list")
def list_jobs(
    active: Annotated[bool, typer.Option("--active", help="Only those that are not finished.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
    as_json: AsJson = False,
    tenant: Tenant = "local",
) -> None:
    """List the newest jobs."""
    from scanlane.commands import jobs as command

    run(command.show_list(settings(), tenant=tenant, active=active, limit=limit, as_json=as_json))


@jobs.command("show")
def show_job(job_id: Annotated[str, typer.Argument()], as_json: AsJson = False, tenant: Tenant = "local") -> None:
    """Show one job and what it has found so far."""
    from scanlane.commands import jobs as command

    run(command.show_one(settings(), _job_id(job_id), tenant=tenant, as_json=as_json))


@jobs.command("cancel")
def cancel_jobs(job_ids: JobIds, tenant: Tenant = "local") -> None:
    """Cancel jobs that are not finished."""
    from scanlane.commands import jobs as command

    run(command.cancel(settings(), [_job_id(one) for one in job_ids], tenant=tenant))


@jobs.command("resume")
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
    _finish(run(command.resume(settings(), ids, tenant=tenant, as_json=as_json)))


@db.command("upgrade")
def upgrade_database() -> None:
    """Bring the schema up to date. Every command that needs it does so by itself."""
    from scanlane.commands import database as command

    run(command.upgrade(settings()))


@db.command("status")
def database_status() -> None:
    """Say where the database is and whether its schema is current."""
    from scanlane.commands import database as command

    _finish(run(command.status(settings())))


@db.command("shell", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def database_shell(context: typer.Context) -> None:
    """Open psql on the database; what follows goes to psql: scanlane db shell -c 'select 1'."""
    from scanlane.commands import database as command

    try:
        raise typer.Exit(command.shell(settings(), context.args))
    except AppError as error:
        fail(error.message)


def _job_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        fail(f"{text!r} is not a job id (see: scanlane jobs list)", status=2)


def _finish(well: bool) -> None:
    if not well:
        raise typer.Exit(FAILED)


def _open_standard_streams() -> None:
    """Give a closed stdin, stdout or stderr to /dev/null: else the next socket would take its number."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


def main() -> None:
    """Run the command line."""
    _open_standard_streams()
    try:
        import uvloop
    except ImportError:
        pass
    else:
        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    try:
        sys.exit(app(standalone_mode=False))
    except USAGE_ERROR as error:
        sys.exit(_said_wrongly(cast(typer.BadParameter, error)))
    except (KeyboardInterrupt, typer.Abort):
        sys.exit(INTERRUPTED)


def _said_wrongly(error: typer.BadParameter) -> int:
    said = error.format_message()
    if "\n" in said:  # no arguments at all: the message is the help
        print(said)  # noqa: T201 - the output itself
        return BAD_INPUT
    help_path = error.ctx.command_path if error.ctx else "scanlane"
    err.print(f"[red]error:[/red] {escape(said)} (see: {help_path} --help)")
    return BAD_INPUT
