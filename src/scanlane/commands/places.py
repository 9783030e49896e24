"""`scanlane places`: search, list, deep scans."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from rich.markup import escape
from rich.table import Table

from scanlane.commands.stages import stages_at_work
from scanlane.commands.terminal import err, out
from scanlane.models import Place, PlaceSearch
from scanlane.schemas.places import PlaceSearchDetails, StagedPlace
from scanlane.services import place_requests
from scanlane.services.place_requests import MOST_QUEUED, SearchRequest
from scanlane.settings import Settings
from scanlane.stores.keyset import LONGEST_PAGE
from scanlane.stores.place_lists import PlaceFilter, list_places
from scanlane.wiring import Wiring, wired

SEARCH, DEEP_SCAN = "place_search", "deep_scan"
OPEN = ("Queued", "Processing")
AT_ONCE = 1000
ONLY_A_SAMPLE = "The sample of made-up businesses is asked. Real ones: --provider osm, or see docs/places.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class WhichPlaces:
    """Which places to scan deeply: these, or all that the filter means."""

    ids: Sequence[UUID] = ()
    wanted: PlaceFilter | None = None


async def search(settings: Settings, request: SearchRequest, *, wait: bool, as_json: bool) -> bool:
    """Ask for a search; with `wait`, do it here and show what it found. Answers whether it went well."""
    async with wired(settings) as wiring:
        async with wiring.sessions.begin() as session:
            asked = await place_requests.start_search(session, settings, request)
        if not as_json and asked.provider == "file" and settings.places_file is None:
            err.print(ONLY_A_SAMPLE)
        if not wait:
            _show_asked(asked, as_json=as_json)
            return True
        done = await _done(wiring, asked)
        found = [
            place async for place in _places(wiring, asked.tenant, PlaceFilter(search_id=asked.id), limit=asked.most)
        ]
    _show_done(done, found, as_json=as_json)
    return done.status == "Completed"


async def show_list(settings: Settings, *, tenant: str, wanted: PlaceFilter, limit: int, as_json: bool) -> None:
    """Print places, newest first."""
    async with wired(settings) as wiring:
        found = [place async for place in _places(wiring, tenant, wanted, limit=limit)]
    if as_json:
        for place in found:
            print(StagedPlace.model_validate(place).model_dump_json())  # noqa: T201 - the output itself
    elif found:
        out.print(_table(found))
    else:
        out.print(
            f'No such places of {tenant}. Look for some with: scanlane places search bakery --area "Harbour Town"'
        )


async def deep_scan(settings: Settings, which: WhichPlaces, *, tenant: str, as_json: bool) -> None:
    """Queue places for their deep scan; print how many were queued."""
    queued = 0
    async with wired(settings) as wiring:
        for start in range(0, len(which.ids), AT_ONCE):
            async with wiring.sessions.begin() as session:
                some = which.ids[start : start + AT_ONCE]
                queued += await place_requests.queue_deep_scans(session, tenant=tenant, ids=some)
        more = which.wanted is not None
        while more:
            async with wiring.sessions.begin() as session:
                some_more = await place_requests.queue_deep_scans(session, tenant=tenant, wanted=which.wanted)
            queued, more = queued + some_more, some_more == MOST_QUEUED
    if as_json:
        print(json.dumps({"queued": queued}))  # noqa: T201 - the output itself
    else:
        out.print(f"Queued {queued} places for their deep scan. Those that wait or are being scanned stay as they are.")


async def _done(wiring: Wiring, asked: PlaceSearch) -> PlaceSearch:
    """The search once it has ended, and with it the deep scans that it asked for."""
    names = [SEARCH, DEEP_SCAN] if asked.deep_scan else [SEARCH]
    async with stages_at_work(wiring, names) as stages:
        while await _is_open(wiring, asked):
            await stages.look()
    async with wiring.sessions() as session:
        return await place_requests.find_search(session, asked.id, tenant=asked.tenant)


async def _is_open(wiring: Wiring, asked: PlaceSearch) -> bool:
    """Whether the search, or a deep scan that it has asked for, waits or is under way."""
    async with wiring.sessions() as session:
        search = await place_requests.find_search(session, asked.id, tenant=asked.tenant)
        if search.status in OPEN or not asked.deep_scan:
            return search.status in OPEN
        filters = [PlaceFilter(search_id=asked.id, status=status) for status in OPEN]
        pages = [await list_places(session, tenant=asked.tenant, wanted=one, limit=1, cursor=None) for one in filters]
    return any(page.items for page in pages)


async def _places(wiring: Wiring, tenant: str, wanted: PlaceFilter, *, limit: int) -> AsyncIterator[Place]:
    cursor = None
    while limit > 0:
        async with wiring.sessions() as session:
            size = min(limit, LONGEST_PAGE)
            page = await list_places(session, tenant=tenant, wanted=wanted, limit=size, cursor=cursor)
        for place in page.items:
            yield place
        limit, cursor = limit - len(page.items), page.next_cursor
        if cursor is None:
            return


def _show_asked(search: PlaceSearch, *, as_json: bool) -> None:
    if as_json:
        print(PlaceSearchDetails.model_validate(search).model_dump_json())  # noqa: T201 - the output itself
        return
    out.print(f"{search.id} waits for its turn at {search.provider}.")
    err.print(f"`scanlane work` does it; its places: [bold]scanlane places list --search {search.id}[/bold]")


def _show_done(search: PlaceSearch, found: Sequence[Place], *, as_json: bool) -> None:
    if as_json:
        said = PlaceSearchDetails.model_validate(search).model_dump(mode="json")
        said["places"] = [StagedPlace.model_validate(place).model_dump(mode="json") for place in found]
        print(json.dumps(said, ensure_ascii=False))  # noqa: T201 - the output itself
    elif found:
        out.print(_table(found))
    if search.status != "Completed":
        err.print(f"[red]error:[/red] the search {search.id} has failed: {escape(search.error or '')}")
    elif not as_json:
        err.print(f"{search.found} places found by {search.provider}.")


def _table(found: Sequence[Place]) -> Table:
    table = Table()
    for column in ("Place", "Name", "Address", "Category", "Deep scan"):
        table.add_column(column, overflow="fold")
    for place in found:
        status = place.deep_scan_status or "-"
        error = f": {place.deep_scan_error}" if place.deep_scan_error else ""
        said = (place.name, place.address or "", place.category or "", status + error)
        table.add_row(str(place.id), *map(escape, said))
    return table
