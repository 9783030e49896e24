"""The statements by which workers are known, beat, leave and are buried, over the owner's workers table."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Delete, Interval, Table, Text, Update, Uuid, bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.sql.dml import ReturningDelete

from worklane.postgres.words import now


@dataclass(frozen=True, slots=True)
class WorkerStatements:
    """Every statement over one workers table."""

    workers: Table

    def register(self) -> Insert:
        """Make a worker known: :worker, :name."""
        return insert(self.workers).values(id=bindparam("worker", type_=Uuid), name=bindparam("name", type_=Text))

    def beat(self) -> Update:
        """Say "alive": :worker. No row: the worker was declared dead."""
        worker = self.workers.c
        return (
            update(self.workers)
            .where(worker.id == bindparam("worker", type_=Uuid))
            .values(beat_at=now())
            .returning(worker.id)
        )

    def leave(self) -> Delete:
        """Forget a worker: :worker."""
        return delete(self.workers).where(self.workers.c.id == bindparam("worker", type_=Uuid))

    def bury(self) -> ReturningDelete[Any]:
        """Forget silent workers: :dead_after. Either their beat comes first, or it finds them declared dead."""
        worker = self.workers.c
        oldest = now() - bindparam("dead_after", type_=Interval)
        silent = select(worker.id).where(worker.beat_at < oldest).with_for_update(skip_locked=True)
        which = worker.id == func.any(func.array(silent.scalar_subquery()))
        return delete(self.workers).where(which).returning(worker.id)
