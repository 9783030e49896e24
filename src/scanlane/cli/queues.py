"""`scanlane queues`."""

from datetime import timedelta
from typing import Annotated

import typer

from scanlane.cli.options import AsJson, Tenant
from scanlane.commands.terminal import run, settings

app = typer.Typer(
    help="""The queues of the pipeline: how deep they are, pause, resume, try again.

Examples:

  scanlane queues

  scanlane queues pause deep_scan --for 3600 --reason "quota used up"

  scanlane queues resume deep_scan

  scanlane queues requeue-failed deep_scan
"""
)

Queue = Annotated[str, typer.Argument(help="A queue's name, as `scanlane queues` lists it.", metavar="NAME")]


@app.callback(invoke_without_command=True)
def list_queues(context: typer.Context, as_json: AsJson = False, tenant: Tenant = "local") -> None:
    """List every queue: what waits, runs and has failed, and whether it is paused."""
    from scanlane.commands import queues as command

    if context.invoked_subcommand is None:
        run(command.show_list(settings(), tenant=tenant, as_json=as_json))


@app.command("pause")
def pause_queue(
    queue: Queue,
    seconds: Annotated[
        float | None, typer.Option("--for", min=1, max=366 * 86_400, help="Seconds. [default: until it is resumed]")
    ] = None,
    reason: Annotated[str | None, typer.Option(help="Why; shown to everybody.")] = None,
) -> None:
    """Start on no more rows of a queue, whoever owns them; what is being worked on is finished.

    Example: scanlane queues pause deep_scan --for 3600 --reason "quota used up"
    """
    from scanlane.commands import queues as command

    span = None if seconds is None else timedelta(seconds=seconds)
    run(command.pause(settings(), queue, span=span, reason=reason))


@app.command("resume")
def resume_queue(queue: Queue) -> None:
    """Go on with a queue that is paused.

    Example: scanlane queues resume deep_scan
    """
    from scanlane.commands import queues as command

    run(command.resume(settings(), queue))


@app.command("requeue-failed")
def requeue_failed(
    queue: Queue,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="So many rows at most, the oldest first.")] = 10_000,
    tenant: Tenant = "local",
) -> None:
    """Let failed rows wait again: no error, fresh attempts.

    Example: scanlane queues requeue-failed deep_scan
    """
    from scanlane.commands import queues as command

    run(command.requeue_failed(settings(), queue, tenant=tenant, limit=limit))
