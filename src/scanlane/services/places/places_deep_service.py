"""The deep scan of places: a queue on `places_staging.deep_scan_status`, and the work it waits for."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.domain.place_records import read_details
from scanlane.domain.places import PlaceDetails, PlaceRef, UnusableDetails
from scanlane.errors import NotFound
from scanlane.models import Place
from scanlane.stores import places
from worklane.claim import Claim
from worklane.outcome import Done, GiveUp, JsonValue, Outcome
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
)


class PlaceNotFound(NotFound):
    """There is no such place."""


@dataclass(frozen=True, slots=True)
class StagedPlace:
    """A place as it waits for its deep scan."""

    tenant: str
    ref: PlaceRef
    raw: dict[str, JsonValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeepScanned(Done):
    """The place's details were read."""

    tenant: str
    details: PlaceDetails


class DeepScan:
    """Reads the details of one place and makes a business of them."""

    kind = DEEP_SCAN
    timeout = timedelta(minutes=2)
    backoff = DEEP_SCANS.backoff

    async def load(self, session: AsyncSession, claim: Claim) -> StagedPlace:
        """The place that the claim names."""
        place = await places.find_place(session, claim.row_id)
        if place is None:
            raise PlaceNotFound
        return StagedPlace(place.tenant, PlaceRef.parse(place.ref), place.raw)

    async def perform(self, given: StagedPlace, report: Report[None]) -> Outcome:
        """Read the details."""
        del report
        try:
            return DeepScanned(tenant=given.tenant, details=read_details(given.ref, given.raw))
        except UnusableDetails as error:
            return GiveUp(str(error))

    async def keep(self, session: AsyncSession, claim: Claim, portion: None) -> None:
        """A deep scan has no portions."""

    async def save(self, session: AsyncSession, claim: Claim, outcome: Outcome) -> None:
        """Upsert the business."""
        if isinstance(outcome, DeepScanned):
            await places.save_business(session, claim.row_id, tenant=outcome.tenant, details=outcome.details)


async def process_single_deep_scan(place_id: UUID, *, worker: Worker) -> bool:
    """Start on one queued place now, if nobody else has; answer whether it was started here."""
    return await worker.start_now(place_id)
