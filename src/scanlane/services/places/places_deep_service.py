"""The deep scan of places: a queue on `places_staging.deep_scan_status`, and the work it waits for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.clients.places.errors import InvalidRequest, Moved, PlacesFailed
from scanlane.clients.places.make import Providers
from scanlane.domain.places import PlaceDetails, PlaceRef, UnusableRef
from scanlane.errors import NotFound
from scanlane.models import Place
from scanlane.services.places.provider_failures import outcome_of, pause_if_told
from scanlane.services.stored_contacts import details_to_store
from scanlane.stores import businesses, places
from worklane.claim import Claim
from worklane.outcome import Done, JsonValue, Outcome
from worklane.postgres.status_column import StatusColumn
from worklane.work import Report
from worklane.worker import Worker

DEEP_SCAN = "deep_scan"

DEEP_SCANS = StatusColumn(
    queue=DEEP_SCAN,
    table=Place,
    status="deep_scan_status",
    error="deep_scan_error",
    order_by=("created_at",),
    group="tenant",
    attempts=6,
)


class PlaceNotFound(NotFound):
    """There is no such place."""


@dataclass(frozen=True, slots=True)
class StagedPlace:
    """A place as it waits for its deep scan: its ref, and what a search said of it."""

    ref: str
    raw: Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeepScanned(Done):
    """The place's details were read, and may be kept for so long."""

    details: PlaceDetails
    keep: timedelta | None


class DeepScan:
    """Asks for the details of one place and makes a business of them."""

    kind = DEEP_SCAN
    timeout = timedelta(minutes=2)
    backoff = DEEP_SCANS.backoff

    def __init__(self, providers: Providers) -> None:
        self._providers = providers

    async def load(self, session: AsyncSession, claim: Claim) -> StagedPlace:
        """The place that the claim names."""
        place = await places.find_place(session, claim.row_id)
        if place is None:
            raise PlaceNotFound
        return StagedPlace(place.ref, place.raw)

    async def perform(self, given: StagedPlace, report: Report[None]) -> Outcome:
        """Ask the provider that the ref names; follow a place that has moved, once."""
        del report
        try:
            return await self._ask(_parsed(given.ref), given.raw)
        except PlacesFailed as error:
            return outcome_of(error)

    async def keep(self, session: AsyncSession, claim: Claim, portion: None) -> None:
        """A deep scan has no portions."""

    async def save(self, session: AsyncSession, claim: Claim, outcome: Outcome) -> None:
        """Upsert the business, whose domain waits then; or stop asking a provider that answers nobody."""
        await pause_if_told(session, DEEP_SCAN, outcome)
        if not isinstance(outcome, DeepScanned):
            return
        details, keep = await details_to_store(session, outcome.details, tenant=claim.tenant), outcome.keep
        place_id = await places.rename(session, claim.row_id, tenant=claim.tenant, ref=details.ref)
        await places.note_details(session, place_id, tenant=claim.tenant, details=details, keep=keep)
        await businesses.save_business(session, place_id, tenant=claim.tenant, details=details, keep=keep)

    async def _ask(self, ref: PlaceRef, staged: Mapping[str, JsonValue]) -> DeepScanned:
        provider = self._providers.named(ref.provider)
        try:
            details = await provider.details(ref, staged=staged)
        except Moved as moved:
            details = await provider.details(moved.new_ref, staged={})
        return DeepScanned(details=details, keep=provider.retention.keep)


def _parsed(ref: str) -> PlaceRef:
    try:
        return PlaceRef.parse(ref)
    except UnusableRef as error:
        raise InvalidRequest(str(error)) from None


async def process_single_deep_scan(place_id: UUID, *, worker: Worker) -> bool:
    """Start on one queued place now, if nobody else has; answer whether it was started here."""
    return await worker.start_now(place_id)
