"""`scanlane import` and `scanlane domains`."""

from typing import Annotated

import typer

from scanlane.cli.options import AsJson, Tenant, finish
from scanlane.commands.terminal import run, settings

app = typer.Typer()
domains = typer.Typer(help="Domains: list.", no_args_is_help=True)
app.add_typer(domains, name="domains")

IMPORT_EXAMPLES = """
Examples:

  scanlane import domains.csv --dry-run

  scanlane import leads.csv --column Homepage --email-column Mail

  cut -f2 leads.tsv | scanlane import -
"""
LIST_EXAMPLES = """
Examples:

  scanlane domains list --status error

  scanlane domains list --technology WordPress --json
"""


@app.command("import", epilog=IMPORT_EXAMPLES)
def import_(
    file: Annotated[str, typer.Argument(help="A CSV file; - reads stdin.")],
    column: Annotated[
        str | None, typer.Option(help="The websites' column: its header, or its number from 1. [default: a guess]")
    ] = None,
    email_column: Annotated[
        str | None, typer.Option(help="Where a row has no website, take the domain of the address in this column.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be done, and do nothing.")] = False,
    no_scan: Annotated[bool, typer.Option("--no-scan", help="Read the home pages; do not seek contacts.")] = False,
    as_json: AsJson = False,
    tenant: Tenant = "local",
) -> None:
    """Take in the websites of a CSV file. `scanlane work` or `serve` then goes through them.

    Encoding and delimiter are found out. Rows that cannot be used are told on stderr with their numbers; the exit
    status is 1 when no row could be used.
    """
    from scanlane.commands import import_domains as command

    said = command.ImportCommand(
        file=file,
        column=column,
        email_column=email_column,
        dry_run=dry_run,
        scan=not no_scan,
        as_json=as_json,
        tenant=tenant,
    )
    finish(run(command.import_domains(settings(), said)))


@domains.command("list", epilog=LIST_EXAMPLES)
def list_domains(
    status: Annotated[str | None, typer.Option(help="pending, processing, completed, error or none.")] = None,
    technology: Annotated[str | None, typer.Option(help="Built with this, in any case.")] = None,
    source: Annotated[str | None, typer.Option(help="Where it came from: import, api, scan, ...")] = None,
    q: Annotated[str | None, typer.Option("--q", help="How the name begins.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000)] = 50,
    as_json: AsJson = False,
    tenant: Tenant = "local",
) -> None:
    """List the newest domains."""
    from scanlane.commands import domains as command

    options = {"status": status, "technology": technology, "source": source, "q": q}
    run(command.show_list(settings(), options, tenant=tenant, limit=limit, as_json=as_json))
