"""The command line: a file for each group of verbs, a few lines each. What they do stands in commands/."""

import asyncio
import os
import sys
from importlib.metadata import version
from typing import Annotated, cast

import typer
from rich.markup import escape

from scanlane.cli import (
    contacts,
    database,
    demo,
    domains,
    jobs,
    objections,
    places,
    queues,
    scan,
    serving,
    sitemap,
    token,
    verify,
)
from scanlane.commands.terminal import BAD_INPUT, FAILED, INTERRUPTED, err

# Typer carries its own copy of Click and makes only this child of its usage error public.
USAGE_ERROR: type[BaseException] = typer.BadParameter.__mro__[1]

EXAMPLES = """
Examples:

  scanlane scan https://www.python.org

  scanlane scan example.com example.org --json > contacts.jsonl

  scanlane import domains.csv

  scanlane export contacts.xlsx

  scanlane sitemap example.com > urls.txt

  scanlane places search bakery --area "Harbour Town" --wait

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

# In the order of --help.
app.add_typer(scan.app)
app.add_typer(sitemap.app)
app.add_typer(places.app, name="places")
app.add_typer(demo.app)
app.add_typer(domains.app)
app.add_typer(contacts.app)
app.add_typer(verify.app)
app.add_typer(objections.app)
app.add_typer(serving.app)
app.add_typer(token.app, name="token")
app.add_typer(jobs.app, name="jobs")
app.add_typer(queues.app, name="queues")
app.add_typer(database.app, name="db")


def _version(wanted: bool) -> None:
    if wanted:
        print(f"scanlane {version('scanlane')}")  # noqa: T201 - the output itself
        raise typer.Exit


@app.callback()
def options(
    show_version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Find the people behind a website, as background work that loses nothing."""


def _open_standard_streams() -> None:
    """Give a closed stdin, stdout or stderr to /dev/null: else the next socket would take its number."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(number, "r" if name == "stdin" else "w"))


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
    except OSError as error:  # of a command that runs nothing, such as a full disk behind stdout
        err.print(f"[red]error:[/red] {escape(str(error))}")
        sys.exit(FAILED)


def _said_wrongly(error: typer.BadParameter) -> int:
    said = error.format_message().replace(": Value error, ", ": ", 1)
    if "\n" in said:  # no arguments at all: the message is the help
        print(said)  # noqa: T201 - the output itself
        return BAD_INPUT
    help_path = error.ctx.command_path if error.ctx else "scanlane"
    err.print(f"[red]error:[/red] {escape(said)} (see: {help_path} --help)")
    return BAD_INPUT
