"""`scanlane scan`."""

from typing import Annotated

import typer

from scanlane.cli.options import AsJson, Tenant, finish
from scanlane.commands.terminal import run, settings

app = typer.Typer()

MaxPages = Annotated[
    int | None,
    typer.Option(min=1, max=100_000, help="At most so many pages per site, files beside them aside. [default: 500]"),
]
Thorough = Annotated[
    bool, typer.Option("--thorough", help="Go on to the last page, however long nothing new was found.")
]
Delay = Annotated[
    float | None,
    typer.Option(min=0, max=3600, help="Seconds between two requests to a host. [default: 0.5; own networks: 0]"),
]
Networks = Annotated[
    list[str] | None,
    typer.Option(help="Also connect to this private network, any port. Repeatable.", metavar="CIDR"),
]
Render = Annotated[
    bool | None,
    typer.Option("--render/--no-render", help="Show pages that need it in Chromium. [default: SCANLANE_RENDER]"),
]


@app.command()
def scan(
    sites: Annotated[list[str], typer.Argument(help="Websites: example.com, https://..., or demo.", metavar="SITE...")],
    as_json: AsJson = False,
    max_pages: MaxPages = None,
    thorough: Thorough = False,
    delay: Delay = None,
    allow_network: Networks = None,
    render: Render = None,
    verify: Annotated[
        bool | None,
        typer.Option("--verify/--no-verify", help="Look up mail domains. [default: SCANLANE_VERIFY_ON]"),
    ] = None,
    no_save: Annotated[bool, typer.Option("--no-save", help="One quick look: no database, nothing is stored.")] = False,
    tenant: Tenant = "local",
) -> None:
    """Scan websites for contacts and print them. `scanlane scan demo` shows it on a sample site, without internet.

    A scan stops by itself once promising pages are done and long nothing new was found; --thorough turns that off.
    Ctrl-C hands unfinished scans back; `scanlane jobs resume` goes on with them.

    Examples: `scanlane scan example.com --json`, `scanlane scan example.com --thorough --max-pages 2000 --delay 2`
    """
    from scanlane.commands import scan as command

    said = command.ScanCommand(
        sites=tuple(sites),
        as_json=as_json,
        max_pages=max_pages,
        thorough=thorough,
        delay=delay,
        networks=tuple(allow_network or ()),
        render=render,
        verify=verify,
        tenant=tenant,
    )
    scanning = command.scan_quickly if no_save else command.scan
    finish(run(scanning(settings(), said)))
