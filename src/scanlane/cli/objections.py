"""`scanlane suppress`, `unsuppress`, `suppressions`, `opt-out`, `opt-in`, `opt-outs` and `purge`."""

from typing import Annotated

import typer

from scanlane.cli.options import AsJson, Tenant
from scanlane.commands.terminal import fail, run, settings

app = typer.Typer()

Reason = Annotated[str, typer.Option(help="Why; kept in plain words.")]
Everywhere = Annotated[bool, typer.Option("--everywhere", help="For all tenants.")]
Values = Annotated[
    list[str] | None,
    typer.Argument(help="ADDRESS, @DOMAIN, +NUMBER or the URL of a profile.", metavar="[VALUE...]"),
]
FromFile = Annotated[str | None, typer.Option("--file", help="Read more of them here, one a line; - reads stdin.")]

SUPPRESS_EXAMPLES = """
Examples:

  scanlane suppress info@example.com --reason "asked by mail on 3 May"

  scanlane suppress @example.org

  scanlane suppress --file objections.txt --everywhere
"""


@app.command("suppress", epilog=SUPPRESS_EXAMPLES)
def suppress(
    values: Values = None,
    file: FromFile = None,
    reason: Reason = "",
    everywhere: Everywhere = False,
    as_json: AsJson = False,
    tenant: Tenant = "local",
) -> None:
    """Never store these contacts again, and delete what is stored of them. Only digests of them are kept."""
    from scanlane.commands import objections as command

    _need(values, file)
    said = command.SuppressCommand(tuple(values or ()), file, reason, None if everywhere else tenant)
    run(command.suppress(settings(), said, as_json=as_json))


@app.command("unsuppress")
def unsuppress(
    values: Values = None, file: FromFile = None, everywhere: Everywhere = False, tenant: Tenant = "local"
) -> None:
    """Let these contacts be stored again. What was deleted comes back when a scan finds it.

    Example: scanlane unsuppress info@example.com
    """
    from scanlane.commands import objections as command

    _need(values, file)
    said = command.SuppressCommand(tuple(values or ()), file, "", None if everywhere else tenant)
    run(command.unsuppress(settings(), said))


@app.command("suppressions")
def list_suppressions(
    limit: Annotated[int, typer.Option(min=1, max=100_000)] = 50, as_json: AsJson = False, tenant: Tenant = "local"
) -> None:
    """List the newest suppressions: digests and reasons. What is suppressed is not known.

    Example: scanlane suppressions --limit 1000 --json
    """
    from scanlane.commands import objections as command

    run(command.show_suppressions(settings(), tenant=tenant, limit=limit, as_json=as_json))


@app.command("opt-out")
def opt_out(
    domain: Annotated[str, typer.Argument(help="The website's domain; its subdomains are meant, too.")],
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """Never visit a website again, whoever asks, and delete what was found there.

    Example: scanlane opt-out example.com --reason "the owner wrote on 3 May"
    """
    from scanlane.commands import objections as command

    run(command.opt_out(settings(), domain, reason=reason, as_json=as_json))


@app.command("opt-in")
def opt_in(domain: Annotated[str, typer.Argument(help="The website's domain.")]) -> None:
    """Let a website be visited again.

    Example: scanlane opt-in example.com
    """
    from scanlane.commands import objections as command

    run(command.opt_in(settings(), domain))


@app.command("opt-outs")
def list_opt_outs(
    limit: Annotated[int, typer.Option(min=1, max=100_000)] = 50, as_json: AsJson = False, tenant: Tenant = "local"
) -> None:
    """List the newest opt-outs.

    Example: scanlane opt-outs --json
    """
    from scanlane.commands import objections as command

    run(command.show_opt_outs(settings(), tenant=tenant, limit=limit, as_json=as_json))


@app.command("purge")
def purge(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count what would go, and delete nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete now what was kept long enough. `scanlane work` and `serve` do it by themselves, once an hour.

    SCANLANE_KEEP_CONTACTS_DAYS (365): contacts that no scan has seen for so long.
    SCANLANE_KEEP_SIGHTINGS_DAYS (30): what scans that ended so long ago quote from pages.

    Example: scanlane purge --dry-run
    """
    from scanlane.commands import objections as command

    run(command.purge(settings(), dry_run=dry_run, as_json=as_json))


def _need(values: list[str] | None, file: str | None) -> None:
    if not values and file is None:
        fail("say what: an address, @ and a domain, a number, a profile, or --file", status=2)
