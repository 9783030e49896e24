"""`scanlane places`."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

import typer

from scanlane.cli.options import AsJson, Tenant, finish, plain
from scanlane.commands.terminal import fail, run, settings

app = typer.Typer(
    help="""Places on the map: search, list, deep scans.

Examples:

  scanlane places search bakery --area "Harbour Town" --deep-scan --wait

  scanlane places list --status Error

  scanlane places deep-scan --status Error
""",
    no_args_is_help=True,
)


class Provider(StrEnum):
    """Who can be asked for places."""

    FILE = "file"
    GOOGLE = "google"
    OSM = "osm"


class DeepScanStatus(StrEnum):
    """How the deep scan of a place stands."""

    QUEUED = "Queued"
    PROCESSING = "Processing"
    COMPLETED = "Completed"
    ERROR = "Error"
    NONE = "none"


Status = Annotated[DeepScanStatus | None, typer.Option(help="Only with this deep scan; none: not asked for.")]
OfSearch = Annotated[str | None, typer.Option("--search", help="Only those that this search found.", metavar="ID")]


@app.command("search")
def search_places(
    query: Annotated[str, typer.Argument(help="What to look for, such as bakery.")],
    area: Annotated[
        str | None, typer.Option(help="Where: a name, or lat,lng,radius_m, or south,west,north,east.")
    ] = None,
    provider: Annotated[Provider | None, typer.Option(help="Whom to ask. [default: as the settings say]")] = None,
    most: Annotated[int, typer.Option(min=1, max=500, help="So many places at most.")] = 60,
    deep_scan: Annotated[bool, typer.Option("--deep-scan", help="Make a business of each place.")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Do it here and now, and show what was found.")] = False,
    as_json: AsJson = False,
    tenant: Tenant = "local",
) -> None:
    """Look for places. Without --wait the search is queued for `scanlane work` or `scanlane serve`.

    Example: scanlane places search bakery --area "Harbour Town" --wait
    """
    from scanlane.commands import places as command
    from scanlane.services.place_requests import SearchRequest

    request = SearchRequest(
        tenant=tenant,
        query=query,
        area=area,
        provider=None if provider is None else provider.value,
        most=most,
        deep_scan=deep_scan,
    )
    finish(run(command.search(settings(), request, wait=wait, as_json=as_json)))


@app.command("list")
def list_places(
    status: Status = None,
    search: OfSearch = None,
    text: Annotated[str | None, typer.Option("--text", "-q", help="Only with this in name, ref or address.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
    as_json: AsJson = False,
    tenant: Tenant = "local",
) -> None:
    """List the newest places; with --json one document a line.

    Example: scanlane places list --status Error
    """
    from scanlane.commands import places as command
    from scanlane.stores.place_lists import PlaceFilter

    wanted = PlaceFilter(
        status=None if status is None else status.value, search_id=_search_id(search), text=plain(text, "--text")
    )
    run(command.show_list(settings(), tenant=tenant, wanted=wanted, limit=limit, as_json=as_json))


@app.command("deep-scan")
def deep_scan_places(
    ids: Annotated[list[str] | None, typer.Argument(help="Place ids.", metavar="[PLACE_ID...]")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All places that neither wait nor are scanned.")] = False,
    status: Status = None,
    search: OfSearch = None,
    as_json: AsJson = False,
    tenant: Tenant = "local",
) -> None:
    """Queue places for their deep scan: by id, by --status or --search, or --all.

    Example: scanlane places deep-scan --status Error
    """
    from scanlane.commands import places as command
    from scanlane.stores.place_lists import PlaceFilter

    filtered = status is not None or search is not None
    if bool(ids) + everything + filtered != 1:
        fail("say which places: PLACE_ID..., or --all, or --status and --search", status=2)
    wanted = PlaceFilter(status=None if status is None else status.value, search_id=_search_id(search))
    which = command.WhichPlaces(ids=[_place_id(one) for one in ids or ()], wanted=None if ids else wanted)
    run(command.deep_scan(settings(), which, tenant=tenant, as_json=as_json))


def _place_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        fail(f"{text!r} is not a place id (see: scanlane places list)", status=2)


def _search_id(text: str | None) -> UUID | None:
    try:
        return None if text is None else UUID(text)
    except ValueError:
        fail(f"--search: {text!r} is not the id of a search", status=2)
