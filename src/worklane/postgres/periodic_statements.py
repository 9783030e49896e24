"""The table of periodic slots and its statements; executes nothing.

class PeriodicSlot(PeriodicSlotColumns, Base):
    __tablename__ = "periodic_slots"
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    DateTime,
    Integer,
    Interval,
    Select,
    Table,
    Text,
    Update,
    Uuid,
    and_,
    bindparam,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.dml import ReturningDelete, ReturningInsert

moment = DateTime(timezone=True)
database_now = func.worklane_now


class PeriodicSlotColumns:
    """One slot of a task that somebody took. The primary key is what lets a slot be taken once.

    `job_id` is the job that runs it, null for the mark that a task leaves when it is known for the first time.
    `joined`: the previous run was still active, and stands for this slot too. `missed`: slots before it that nobody
    took, which run together with it.
    """

    task: Mapped[str] = mapped_column(Text, primary_key=True)
    slot: Mapped[datetime] = mapped_column(moment, primary_key=True)
    job_id: Mapped[UUID | None] = mapped_column(Uuid)
    joined: Mapped[bool] = mapped_column(Boolean, server_default="false")
    missed: Mapped[int] = mapped_column(Integer, server_default="0")
    created_at: Mapped[datetime] = mapped_column(moment, server_default=database_now())


class PeriodicStatements:
    """Every statement over one table of slots. Parameters are called given_...: columns have the plain names."""

    def __init__(self, slots: Table) -> None:
        self._slots = slots

    def newest(self) -> Select[Any]:
        """The newest slot of :given_task that was taken, or null, and the time: newest, now."""
        slot = self._slots.c
        newest = select(func.max(slot.slot)).where(slot.task == bindparam("given_task", type_=Text))
        return select(newest.scalar_subquery().label("newest"), database_now().label("now"))

    def alone(self) -> Select[Any]:
        """Be the only transaction that decides about :given_task, or answer false at once."""
        about = func.concat(f"{self._slots.fullname} ", bindparam("given_task", type_=Text))
        return select(func.pg_try_advisory_xact_lock(func.hashtextextended(about, 0)))

    def take(self) -> ReturningInsert[Any]:
        """Take a slot: :given_task, :given_slot, :given_missed. No row: somebody has it."""
        return (
            insert(self._slots)
            .values(
                task=bindparam("given_task", type_=Text),
                slot=bindparam("given_slot", type_=moment),
                missed=bindparam("given_missed", type_=Integer),
            )
            .on_conflict_do_nothing()
            .returning(self._slots.c.slot)
        )

    def give(self) -> Update:
        """Say which job runs a slot: :given_task, :given_slot, :given_job, :given_joined."""
        slot = self._slots.c
        return (
            update(self._slots)
            .where(slot.task == bindparam("given_task", type_=Text), slot.slot == bindparam("given_slot", type_=moment))
            .values(job_id=bindparam("given_job", type_=Uuid), joined=bindparam("given_joined", type_=Boolean))
        )

    def prune(self) -> ReturningDelete[Any]:
        """Forget slots older than :age, at most :limit, but never the newest one of a task."""
        old, newer = self._slots.alias("old"), self._slots.alias("newer")
        newest = select(func.max(newer.c.slot)).where(newer.c.task == old.c.task).scalar_subquery()
        doomed = (
            select(old.c.task, old.c.slot)
            .where(old.c.slot < database_now() - bindparam("age", type_=Interval), old.c.slot < newest)
            .limit(bindparam("limit", type_=Integer))
            .with_for_update(skip_locked=True, of=old)
            .cte("doomed")
        )
        slot = self._slots.c
        found = and_(slot.task == doomed.c.task, slot.slot == doomed.c.slot)
        return delete(self._slots).where(found).returning(slot.slot)
