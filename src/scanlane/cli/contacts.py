"""`scanlane export` and `scanlane extract`."""

from enum import StrEnum
from typing import Annotated

import typer

from scanlane.cli.options import AsJson, Tenant
from scanlane.commands.terminal import run, settings

app = typer.Typer()

EXPORT_EXAMPLES = """
Examples:

  scanlane export contacts.xlsx --min-score 50

  scanlane export emails.csv --kind email --domain example.com

  scanlane export - --format jsonl --columns domain,value,score
"""
EXTRACT_EXAMPLES = """
Examples:

  scanlane extract imprint.html --url https://example.com/imprint

  scanlane extract team.pdf --url https://example.com/ --json

  curl -s https://example.com/ | scanlane extract - --url https://example.com/ --json
"""


class Obfuscated(StrEnum):
    """Which addresses go into an export although their page hides them from harvesters."""

    INCLUDE = "include"
    ROLE_ONLY = "role-only"
    EXCLUDE = "exclude"


@app.command("export", epilog=EXPORT_EXAMPLES)
def export(
    file: Annotated[str, typer.Argument(help="A file that ends in .csv, .jsonl or .xlsx; - writes to stdout.")],
    format: Annotated[str | None, typer.Option(help="csv, jsonl or xlsx. [default: as the file's name says]")] = None,
    min_score: Annotated[int | None, typer.Option(min=0, max=100, help="No contact that scores less.")] = None,
    domain: Annotated[str | None, typer.Option(help="Contacts of this website only.")] = None,
    kind: Annotated[str | None, typer.Option(help="email, phone or social.")] = None,
    type_: Annotated[str | None, typer.Option("--type", help="role, personal, no-reply, phone, fax, ...")] = None,
    relation: Annotated[str | None, typer.Option(help="own, sibling, webmail or third-party.")] = None,
    has_name: Annotated[bool | None, typer.Option("--named/--unnamed", help="Only those of a known person.")] = None,
    columns: Annotated[str | None, typer.Option(help="Comma-separated, in the file's order.")] = None,
    obfuscated: Annotated[
        Obfuscated | None,
        typer.Option(help="Addresses hidden from harvesters. [default: role-only, or as the settings say]"),
    ] = None,
    bom: Annotated[bool, typer.Option("--bom", help="Tell Excel that a CSV file is UTF-8.")] = False,
    tenant: Tenant = "local",
) -> None:
    """Write contacts to a file, however many they are. Those that were found last come first.

    In CSV, a cell that a spreadsheet would compute is put behind an apostrophe; telephone numbers stay as they are.
    """
    from scanlane.commands import export_contacts as command

    said = command.ExportCommand(
        file=file,
        format=format,
        columns=columns,
        mark=bom,
        filters={"min_score": min_score, "kind": kind, "type": type_, "relation": relation, "has_name": has_name},
        domain=domain,
        tenant=tenant,
        obfuscated=None if obfuscated is None else obfuscated.value,
    )
    run(command.export_contacts(settings(), said))


@app.command("extract", epilog=EXTRACT_EXAMPLES)
def extract(
    file: Annotated[str, typer.Argument(help="A page, PDF or vCard that is a file here; - reads stdin.")],
    url: Annotated[str, typer.Option(help="Where the page comes from: whose it is, and what its links mean.")],
    as_json: AsJson = False,
) -> None:
    """Find the contacts of a page that is a file here. They are judged as a scan does; no network, no database."""
    from scanlane.commands import extract as command

    run(command.extract(file, url=url, as_json=as_json))
