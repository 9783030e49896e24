"""`scanlane token`."""

from datetime import timedelta
from typing import Annotated

import typer

from scanlane.commands.terminal import fail, settings
from scanlane.errors import AppError

app = typer.Typer(help="Tokens for the HTTP API.", no_args_is_help=True)


@app.command("create")
def create_token(
    tenant: Annotated[str, typer.Option(help="Whose data the token opens.")] = "local",
    subject: Annotated[str, typer.Option(help="Who will use it.")] = "cli",
    ttl: Annotated[int, typer.Option(min=1, max=366 * 86_400, help="Seconds until it expires.")] = 30 * 24 * 3600,
    scope: Annotated[
        list[str] | None,
        typer.Option(help="What it allows, instead of the default; operate: pause queues. Repeatable."),
    ] = None,
) -> None:
    """Sign a token for the HTTP API and print it.

    Example: scanlane token create --scope jobs:read --scope jobs:write --scope operate
    """
    from scanlane.auth.token_signing import SCOPES, sign_token

    life, scopes = timedelta(seconds=ttl), scope or SCOPES
    try:
        print(sign_token(settings(), tenant=tenant, subject=subject, ttl=life, scopes=scopes))  # noqa: T201
    except AppError as error:
        fail(error.message, status=2)
