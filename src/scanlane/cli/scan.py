"""`scanlane scan`."""

from typing import Annotated

import typer

from scanlane.cli.options import AsJson, Tenant, finish
from scanlane.commands.terminal import run, settings

app = typer.Typer()


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
    render: Annotated[
        bool | None,
        typer.Option("--render/--no-render", help="Show pages that need it in Chromium. [default: SCANLANE_RENDER]"),
    ] = None,
    verify: Annotated[
        bool | None,
        typer.Option("--verify/--no-verify", help="Look up mail domains. [default: SCANLANE_VERIFY_ON]"),
    ] = None,
    no_save: Annotated[bool, typer.Option("--no-save", help="One quick look: no database, nothing is stored.")] = False,
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
        render=render,
        verify=verify,
        tenant=tenant,
    )
    scanning = command.scan_quickly if no_save else command.scan
    finish(run(scanning(settings(), said)))
