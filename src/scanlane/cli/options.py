"""What commands have in common: whose data, JSON or not, and how a command ends."""

from typing import Annotated

import typer

from scanlane.commands.terminal import FAILED, fail


def finish(well: bool) -> None:
    """End with status 1 unless all went well."""
    if not well:
        raise typer.Exit(FAILED)


def _tenant(name: str) -> str:
    from scanlane.auth.caller import is_tenant

    if not is_tenant(name):
        fail(f"--tenant: {name!r} is not a tenant; use small letters, digits, - and _", status=2)
    return name


Tenant = Annotated[str, typer.Option(help="Whose data.", callback=_tenant)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else, on stdout.")]


def plain(text: str | None, option: str) -> str | None:
    """The text of an option, None for an empty one; ends with status 2 for characters that cannot be stored."""
    if text and not text.isprintable():
        fail(f"{option}: holds characters that cannot be seen", status=2)
    return text or None
