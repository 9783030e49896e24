"""`scanlane db`."""

import typer

from scanlane.cli.options import finish
from scanlane.commands.terminal import fail, run, settings
from scanlane.errors import AppError

app = typer.Typer(help="The database: schema and shell.", no_args_is_help=True)


@app.command("upgrade")
def upgrade_database() -> None:
    """Bring the schema up to date. Every command that needs it does so by itself."""
    from scanlane.commands import database as command

    run(command.upgrade(settings()))


@app.command("status")
def database_status() -> None:
    """Say where the database is and whether its schema is current."""
    from scanlane.commands import database as command

    finish(run(command.status(settings())))


@app.command("shell", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def database_shell(context: typer.Context) -> None:
    """Open psql on the database; what follows goes to psql: scanlane db shell -c 'select 1'."""
    from scanlane.commands import database as command

    try:
        raise typer.Exit(command.shell(settings(), context.args))
    except AppError as error:
        fail(error.message)
