"""`scanlane sitemap`."""

from typing import Annotated

import typer

from scanlane.cli.options import AsJson, finish
from scanlane.commands.terminal import run, settings

app = typer.Typer()


@app.command()
def sitemap(
    target: Annotated[
        str,
        typer.Argument(
            help="A sitemap's URL, a file on the disk, or a site whose sitemaps are looked for.",
            metavar="URL|FILE|SITE",
        ),
    ],
    as_json: AsJson = False,
    allow_network: Annotated[
        list[str] | None,
        typer.Option(help="Also connect to this private network, any port. Repeatable.", metavar="CIDR"),
    ] = None,
) -> None:
    """Print the URLs that sitemaps list, and what is odd about the sitemaps. Needs no database.

    \b
    Examples:
      scanlane sitemap example.com > urls.txt
      scanlane sitemap https://example.com/sitemap_index.xml --json > site.json
      scanlane sitemap ./sitemap.xml.gz --json
    """
    from scanlane.commands import sitemap as command

    said = command.SitemapCommand(target=target, as_json=as_json, networks=tuple(allow_network or ()))
    finish(run(command.show(settings(), said)))
