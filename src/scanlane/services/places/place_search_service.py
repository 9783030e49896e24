"""The search for places: a queue on `place_searches.status`, and the work it waits for."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.clients.places.errors import InvalidRequest, PlacesFailed
from scanlane.clients.places.make import Providers
from scanlane.clients.places.port import PlacesProvider
from scanlane.domain.place_areas import UnusableArea
from scanlane.domain.places import PlacePage, PlaceQuery, PlaceStub, UnusableQuery
from scanlane.errors import NotFound
from scanlane.models import PlaceSearch
from scanlane.services.places.provider_failures import outcome_of, pause_if_told
from scanlane.stores import place_searches, places
from worklane.claim import Claim
from worklane.outcome import Done, GiveUp, Outcome
from worklane.postgres.status_column import StatusColumn
from worklane.work import Report

PLACE_SEARCH = "place_search"

PLACE_SEARCHES = StatusColumn(
    queue=PLACE_SEARCH,
    table=PlaceSearch,
    status="status",
    error="error",
    order_by=("created_at",),
    group="tenant",
    attempts=6,
)

# A provider whose pages bring nothing new so often has nothing more to say.
MOST_PAGES_IN_VAIN = 5


class SearchNotFound(NotFound):
    """There is no such search."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenSearch:
    """A search as it waits. `cursor` and `known`: where an interrupted one goes on, and the refs it has found."""

    provider: str
    query: str
    area: str | None
    most: int
    deep_scan: bool
    cursor: str | None
    known: Set[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPage:
    """One page of what was found, and where the next one begins. `found` counts all pages so far."""

    places: tuple[PlaceStub, ...]
    keep: timedelta | None
    deep_scan: bool
    cursor: str | None
    found: int


class PlaceSearching:
    """Pages through a provider, and stages each page together with where the next one begins."""

    kind = PLACE_SEARCH
    timeout = timedelta(minutes=30)
    backoff = PLACE_SEARCHES.backoff

    def __init__(self, providers: Providers) -> None:
        self._providers = providers

    async def load(self, session: AsyncSession, claim: Claim) -> GivenSearch:
        """The search, and how far it has come."""
        search = await place_searches.find_search(session, claim.row_id)
        if search is None:
            raise SearchNotFound
        return GivenSearch(
            provider=search.provider,
            query=search.query,
            area=search.area,
            most=search.most,
            deep_scan=search.deep_scan,
            cursor=search.cursor,
            known=await place_searches.found_refs(session, claim.row_id) if search.cursor else frozenset(),
        )

    async def perform(self, given: GivenSearch, report: Report[FoundPage]) -> Outcome:
        """Ask for page after page, until there is no other or enough was found."""
        try:
            query = PlaceQuery.read(given.query, given.area)
            await _search(self._providers.named(given.provider), query, given, report)
        except (UnusableQuery, UnusableArea) as error:
            return GiveUp(str(error))
        except PlacesFailed as error:
            return outcome_of(error)
        return Done()

    async def keep(self, session: AsyncSession, claim: Claim, portion: FoundPage) -> None:
        """Stage a page, queue the deep scans that it asks for, note where the next one begins."""
        ids = await places.stage_places(
            session, portion.places, tenant=claim.tenant, search_id=claim.row_id, keep=portion.keep
        )
        if portion.deep_scan:
            await places.queue_first_deep_scans(session, ids, tenant=claim.tenant)
        await place_searches.note_progress(session, claim.row_id, cursor=portion.cursor, found=portion.found)

    async def save(self, session: AsyncSession, claim: Claim, outcome: Outcome) -> None:
        """Everything was kept page by page; a provider that answers nobody is not asked on."""
        del claim
        await pause_if_told(session, PLACE_SEARCH, outcome)


async def _search(provider: PlacesProvider, query: PlaceQuery, given: GivenSearch, report: Report[FoundPage]) -> None:
    known, in_vain = set(given.known), 0
    page, cursor = await _first_page(provider, query, given.cursor)
    while True:
        before = len(known)
        chosen = tuple(_chosen(page, known, given.most))
        in_vain = 0 if len(known) > before else in_vain + 1
        is_over = len(known) >= given.most or page.next_cursor in (None, cursor) or in_vain >= MOST_PAGES_IN_VAIN
        cursor = None if is_over else page.next_cursor
        found = FoundPage(
            places=chosen,
            keep=provider.retention.keep,
            deep_scan=given.deep_scan,
            cursor=cursor,
            found=len(known),
        )
        await report.keep(found)
        if cursor is None:
            return
        page = await provider.search(query, cursor)


async def _first_page(provider: PlacesProvider, query: PlaceQuery, cursor: str | None) -> tuple[PlacePage, str | None]:
    """The page where an interrupted search goes on, and its cursor; the very first where that is good no more."""
    try:
        return await provider.search(query, cursor), cursor
    except InvalidRequest:
        if cursor is None:
            raise
        return await provider.search(query, None), None


def _chosen(page: PlacePage, known: set[str], most: int) -> list[PlaceStub]:
    """The page's places, as long as no more than so many are known in all; notes the new ones."""
    chosen = []
    for stub in page.places:
        if str(stub.ref) not in known and len(known) >= most:
            continue
        known.add(str(stub.ref))
        chosen.append(stub)
    return chosen
