"""`scanlane demo`."""

from typing import Annotated

import typer

from scanlane.cli.options import AsJson, finish
from scanlane.commands.terminal import run, settings

app = typer.Typer()


@app.command()
def demo(
    as_json: AsJson = False,
    longest: Annotated[float, typer.Option("--timeout", min=1, max=3600, help="Give up after so many seconds.")] = 300,
) -> None:
    """Run the whole pipeline over a sample town: places, businesses, domains, sitemaps, pages, contacts.

    Needs no key and no internet. What it finds belongs to the tenant "demo", and each run starts afresh.
    """
    from scanlane.commands import demo as command

    finish(run(command.demo(settings(), as_json=as_json, longest=longest)))
