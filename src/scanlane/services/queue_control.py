"""The queues of the pipeline as their operator sees them: how deep they are, pausing, resuming, trying again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.errors import BadInput, Conflict, NotFound
from scanlane.models import Job, QueuePause
from scanlane.schemas.queues import Pause, QueueDetails
from scanlane.services.pipeline import STAGES, Stage
from scanlane.settings import Settings, StageSettings
from scanlane.stores import queue_pauses, queue_views
from scanlane.stores.queue_views import MOST, QueueCounts

JOBS = Job.__tablename__
NO_REASON = "paused by hand"
LONGEST_REASON = 200
MOST_REQUEUED = 10_000


class NoSuchQueue(NotFound):
    """There is no queue of that name."""


class NotForJobs(Conflict):
    """Jobs are no stage of the pipeline: they are neither paused nor tried again; a new scan is a new job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueState:
    """One queue: its place in the database, one tenant's rows in it, how it is polled, whether it is paused.

    `polled` is None for the jobs, which workers fetch by themselves.
    """

    name: str
    table: str
    column: str
    counts: QueueCounts
    polled: StageSettings | None
    pause: QueuePause | None


async def list_queues(session: AsyncSession, settings: Settings, *, tenant: str) -> Sequence[QueueState]:
    """Every queue, in the order in which a business becomes contacts; the jobs come last."""
    pauses = await queue_pauses.find_pauses(session, [stage.name for stage in STAGES])
    stages = [
        QueueState(
            name=stage.name,
            table=stage.column.rows.name,
            column=stage.column.status,
            counts=await queue_views.count_stage(session, stage.column, tenant=tenant),
            polled=settings.stage(stage.name),
            pause=pauses.get(stage.name),
        )
        for stage in STAGES
    ]
    counts = await queue_views.count_jobs(session, tenant=tenant)
    jobs = QueueState(name=JOBS, table=JOBS, column="status", counts=counts, polled=None, pause=None)
    return [*stages, jobs]


def stage_named(queue: str) -> Stage:
    """The stage of that name. Raises NoSuchQueue, naming those there are, and NotForJobs."""
    if queue == JOBS:
        raise NotForJobs
    for stage in STAGES:
        if stage.name == queue:
            return stage
    known = ", ".join(stage.name for stage in STAGES)
    raise NoSuchQueue(f"there is no queue {queue[:60]!r}; there are {known} and {JOBS}")


async def pause(
    session: AsyncSession, queue: str, *, reason: str | None = None, span: timedelta | None = None
) -> QueuePause:
    """Poll the queue no more in this installation: for that time, or until it is resumed; answer the pause that lasts.

    Rows that are being worked on are finished. A pause without end stays when one with an end is asked for. Raises
    NoSuchQueue, NotForJobs, BadInput.
    """
    name = stage_named(queue).name
    if reason is not None and not (reason.isprintable() and len(reason) <= LONGEST_REASON):
        raise BadInput(f"reason: at most {LONGEST_REASON} printable characters", field="reason")
    await queue_pauses.pause_queue(session, name, reason=reason or NO_REASON, span=span)
    return (await queue_pauses.find_pauses(session, [name]))[name]


async def resume(session: AsyncSession, queue: str) -> bool:
    """Poll the queue again; answer whether it was paused."""
    return await queue_pauses.resume_queue(session, stage_named(queue).name)


async def requeue_failed(session: AsyncSession, queue: str, *, tenant: str, limit: int) -> int:
    """Let the tenant's failed rows wait again, the oldest first, with fresh attempts and no error; answer how many."""
    column = stage_named(queue).column
    return await queue_views.requeue_failed(session, column, tenant=tenant, limit=min(limit, MOST_REQUEUED))


def details(state: QueueState) -> QueueDetails:
    """A queue as the API shows it."""
    counts, polled = state.counts, state.polled
    oldest = counts.oldest_waiting
    return QueueDetails(
        name=state.name,
        table=state.table,
        column=state.column,
        waiting=counts.waiting,
        running=counts.running,
        failed=counts.failed,
        counted_up_to=MOST,
        oldest_waiting_seconds=None if oldest is None else round(oldest.total_seconds(), 3),
        on=polled is None or polled.on,
        every_seconds=None if polled is None else polled.every.total_seconds(),
        batch=None if polled is None else polled.batch,
        paused=None if state.pause is None else Pause.model_validate(state.pause),
    )
