"""The jobs table of the measurement, its finished rows, and the ways to find the old ones among them."""

from dataclasses import dataclass
from typing import TypeAlias

import asyncpg
from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import dialect
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.schema import CreateIndex, CreateTable, ExecutableDDLElement

from worklane.postgres.columns import FUNCTIONS, ClaimBatchColumns, JobColumns, WorkerColumns, job_indexes

KIND = "measured"
LAPS = 10
OVERDUE = 0.05
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


class Base(DeclarativeBase):
    """The tables of the measurement."""


class MeasuredJob(JobColumns, Base):
    """A job of the core, and nothing else."""

    __tablename__ = "jobs"
    __table_args__ = (*job_indexes("jobs"),)


class MeasuredWorker(WorkerColumns, Base):
    """The worker that claims."""

    __tablename__ = "workers"


class MeasuredBatch(ClaimBatchColumns, Base):
    """What one claim took."""

    __tablename__ = "claim_batches"


JOBS: Table = Base.metadata.tables["jobs"]
WORKERS: Table = Base.metadata.tables["workers"]
BATCHES: Table = Base.metadata.tables["claim_batches"]

# 19 of 20 jobs succeed and are kept for a week, one fails and is kept for a month. Rows $1 up to $2; their ages go from
# $3 to $4, as a share of the time that such a row is kept: above 1, it is overdue.
FINISHED = """
insert into jobs (id, type, subject, status, attempt, claim_token, progress, result_data, created_at, run_at,
    started_at, finished_at)
select {id}, 'measured', 'old ' || n, case when n % 20 = 0 then 'failed' else 'complete' end, 1, 1, 1,
    '{{"pages": 12}}', at, at, at, at
from (
    select n, now() - case when n % 20 = 0 then interval '30 days' else interval '7 days' end
        * ($3::float8 - (n - $1) * ($3::float8 - $4::float8) / ($2::bigint - $1)) as at
    from generate_series($1::bigint, $2::bigint - 1) n
) given
"""
# As if each had come by itself: they are claimed in the order in which they lie.
WAITING = """
insert into jobs (id, type, subject, run_at)
select {id}, 'measured', $1::text || n, at - interval '1 minute' + n * interval '1 microsecond'
from (select n, now() as at from generate_series(1, $2::bigint) n) given
"""
OVER = """
delete from jobs where status = 'complete' and finished_at < now() - interval '7 days' * $1::float8
    or status = 'failed' and finished_at < now() - interval '30 days' * $1::float8
"""
OLDEST = """
delete from jobs where id in (select id from jobs where status = 'complete' order by finished_at limit $1::bigint)
"""
RANDOM_ID = "gen_random_uuid()"
TIMED_ID = "uuidv7(at - now())"

_PRUNE = """
delete from jobs where id = any(array(
    select id from jobs where status = 'complete' and finished_at < now() - interval '7 days' {}
    limit $1 for update skip locked)) returning id
"""
_BY_END = _PRUNE.format("order by finished_at")
_ANYHOW = _PRUNE.format("")
# An id made eight days ago ends that search: what is younger cannot be due, but for jobs that ran for a day.
_BY_ID = _PRUNE.format("and id < (select uuidv7(interval '-7 days')) order by id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to find finished rows by age: the indexes it needs, and the statement that takes old ones away."""

    name: str
    prune: str
    indexes: tuple[str, ...] = ()
    has_timed_ids: bool = False

    @property
    def ids(self) -> str:
        """What makes an id, as SQL."""
        return TIMED_ID if self.has_timed_ids else RANDOM_ID


WAYS = (
    Way(name="no index", prune=_ANYHOW),
    Way(
        name="btree (finished_at)",
        prune=_BY_END,
        indexes=("create index on jobs (finished_at) where finished_at is not null",),
    ),
    Way(
        name="btree (status, finished_at)",
        prune=_BY_END,
        indexes=("create index on jobs (status, finished_at) where finished_at is not null",),
    ),
    Way(
        name="btree per status",
        prune=_BY_END,
        indexes=(
            "create index on jobs (finished_at) where status = 'complete'",
            "create index on jobs (finished_at) where status = 'failed'",
            "create index on jobs (finished_at) where status = 'cancelled'",
        ),
    ),
    Way(name="brin (finished_at)", prune=_ANYHOW, indexes=("create index on jobs using brin (finished_at)",)),
    Way(name="uuidv7 ids, no index", prune=_BY_ID, has_timed_ids=True),
    Way(
        name="uuidv7 ids, btree per status",
        prune=_BY_END,
        has_timed_ids=True,
        indexes=(
            "create index on jobs (finished_at) where status = 'complete'",
            "create index on jobs (finished_at) where status = 'failed'",
            "create index on jobs (finished_at) where status = 'cancelled'",
        ),
    ),
)


async def fill(connection: Connection, way: Way, rows: int) -> None:
    """Make the tables, and so many finished rows, lying as they do once the table was filled and pruned all over."""
    for statement in (*FUNCTIONS, *_tables(), *way.indexes):
        await connection.execute(statement)
    await connection.execute(FINISHED.format(id=way.ids), 0, rows, 2 + OVERDUE, 1 + OVERDUE)
    await connection.execute("vacuum analyze jobs")
    part = rows // LAPS
    for lap in range(LAPS):
        old, new = 2 + OVERDUE - (lap + 1) / LAPS, (1 + OVERDUE) * (1 - lap / LAPS)
        await connection.execute(OVER, old)
        await connection.execute("vacuum jobs")
        first = rows + lap * part
        await connection.execute(FINISHED.format(id=way.ids), first, first + part, new, new - (1 + OVERDUE) / LAPS)
    await connection.execute("vacuum analyze jobs")


def _tables() -> list[str]:
    indexes = [CreateIndex(index) for index in JOBS.indexes]
    made: list[ExecutableDDLElement] = [CreateTable(JOBS), CreateTable(WORKERS), CreateTable(BATCHES), *indexes]
    postgres = dialect()  # type: ignore[no-untyped-call]
    return [str(one.compile(dialect=postgres)) for one in made]
