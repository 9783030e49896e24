"""`scanlane verify`."""

from typing import Annotated

import typer

from scanlane.cli.options import AsJson
from scanlane.commands.terminal import run, settings

app = typer.Typer()

EXAMPLES = """
Examples:

  scanlane verify info@example.com

  scanlane verify addresses.txt --json > verified.jsonl
"""


@app.command("verify", epilog=EXAMPLES)
def verify(
    what: Annotated[str, typer.Argument(help="An address, or a file with one a line; - reads stdin.", metavar="WHAT")],
    as_json: AsJson = False,
) -> None:
    """Say what the DNS and lists know of the domains of addresses. No mail server is spoken to.

    Each domain is asked once, and remembered for all workers. Whether a mailbox exists cannot be told this way.
    """
    from scanlane.commands import verify as command

    run(command.verify(settings(), what, as_json=as_json))
