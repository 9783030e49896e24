"""`scanlane serve`, `scanlane work` and `scanlane doctor`: processes that run until stopped, and how they are."""

from contextlib import closing, nullcontext
from typing import Annotated

import typer

from scanlane.cli.options import finish
from scanlane.commands.terminal import log_to_stderr, run, settings

app = typer.Typer()


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
    """Serve the HTTP API, with its documentation at /docs. Runs jobs itself unless --no-work.

    Example: scanlane serve --port 8080 --no-work
    """
    from scanlane.commands import serving

    known = settings()
    log_to_stderr(known.log_level)
    with nullcontext() if no_work else closing(serving.quarantines(known)) as nursery:
        works = not no_work
        run(serving.serve(known, host=host, port=port, works=works, allow_remote=allow_remote, nursery=nursery))


@app.command()
def work(
    concurrency: Annotated[int | None, typer.Option(min=1, max=200, help="Jobs at once. [default: 4]")] = None,
    alone: Annotated[
        str | None, typer.Option(hidden=True, metavar="LANE", help="Be the quarantine of this lane, for a worker.")
    ] = None,
) -> None:
    """Run jobs until stopped. Start as many as you like, on as many machines as reach the database.

    Example: scanlane work --concurrency 8
    """
    from scanlane.commands import serving

    known = settings()
    log_to_stderr(known.log_level)
    if alone:
        run(serving.quarantine(known, alone))
        return
    with closing(serving.quarantines(known)) as nursery:
        run(serving.work(known, concurrency=concurrency, nursery=nursery))


@app.command("sign-in")
def sign_in(
    address: Annotated[str, typer.Option(help="Where the pages are served.")] = "http://127.0.0.1:8000",
    tenant: Annotated[str, typer.Option(help="Whose data the pages show.")] = "local",
    user: Annotated[str, typer.Option(help="Who will use it.")] = "cli",
) -> None:
    """Print a link that signs a browser in to the pages: once, within ten minutes.

    Example: scanlane sign-in --address https://scanlane.example
    """
    from scanlane.auth.caller import Caller, is_subject, is_tenant
    from scanlane.commands import serving

    if not is_tenant(tenant):
        raise typer.BadParameter("1 to 63 of a-z, 0-9, - and _, starting with a letter or digit", param_hint="--tenant")
    if not is_subject(user):
        raise typer.BadParameter("1 to 255 printable characters", param_hint="--user")
    run(serving.print_sign_in_link(settings(), address, Caller(user, tenant, frozenset(serving.ALL_SCOPES))))


@app.command()
def doctor() -> None:
    """Say what is well and what is not, in plain words. Ends with status 1 when something is not.

    Example: scanlane doctor
    """
    from scanlane.commands import doctor as command

    finish(run(command.examine(settings())))
