"""The job lane on paper: what each call should answer and leave behind. Pure, and written apart from the queue."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from worklane.claim import Claim
from worklane.lifecycle import MAX_CRASHES, SUSPECT_AFTER, Settlement, Status

DEAD_AFTER = timedelta(seconds=6)
OPEN = (Status.PENDING, Status.RUNNING)


@dataclass(slots=True, kw_only=True)
class PaperRow:
    """One job as it should be. Times count from the beginning of the story."""

    id: UUID
    tenant: str
    subject: str
    priority: int
    max_attempts: int
    run_at: timedelta
    status: Status = Status.PENDING
    attempt: int = 0
    crashes: int = 0
    token: int = 0
    worker: UUID | None = None
    progress: float = 0.0

    def is_held_by(self, ticket: Claim) -> bool:
        """Whether this claim still stands."""
        return (self.id, self.status, self.token) == (ticket.row_id, Status.RUNNING, ticket.token)


@dataclass(slots=True)
class Paper:
    """All jobs and workers as they should be."""

    now: timedelta = timedelta(0)
    rows: dict[UUID, PaperRow] = field(default_factory=dict)
    beats: dict[UUID, timedelta] = field(default_factory=dict)

    def active(self, tenant: str, subject: str) -> PaperRow | None:
        """The one active job about this subject, if there is one."""
        about = [row for row in self.rows.values() if (row.tenant, row.subject) == (tenant, subject)]
        return next((row for row in about if row.status in OPEN), None)

    def due(self, *, alone: bool = False) -> list[PaperRow]:
        """What may be claimed now, the first first: together with others, or alone."""
        rows = [row for row in self.rows.values() if (row.crashes >= SUSPECT_AFTER) is alone]
        waiting = [row for row in rows if row.status is Status.PENDING and row.run_at <= self.now]
        return sorted(waiting, key=lambda row: (-row.priority, row.run_at, row.id.int))

    def claimable(self, worker: UUID, limit: int, *, alone: bool = False) -> list[PaperRow]:
        """What a claim of this worker should get."""
        return self.due(alone=alone)[:limit] if worker in self.beats else []

    def take(self, row: PaperRow, worker: UUID, token: int) -> None:
        """The row is claimed. Its tokens count its claims, whatever the queue says."""
        row.status, row.worker = Status.RUNNING, worker
        row.token, row.attempt = row.token + 1, row.attempt + 1

    def holder(self, ticket: Claim) -> PaperRow | None:
        """The row, if this claim on it still stands."""
        row = self.rows[ticket.row_id]
        return row if row.is_held_by(ticket) else None

    def held_by(self, worker: UUID) -> set[tuple[UUID, int]]:
        """The claims in this worker's hands."""
        return {(row.id, row.token) for row in self.rows.values() if row.worker == worker}

    def keep(self, row: PaperRow, progress: float) -> None:
        """A portion is saved."""
        row.progress = max(row.progress, progress)

    def settle(self, row: PaperRow, settlement: Settlement) -> None:
        """The row moves on."""
        row.status, row.worker, row.attempt = settlement.status, None, row.attempt - settlement.refund
        if settlement.run_after is not None:
            row.run_at = self.now + settlement.run_after
        if settlement.status is Status.COMPLETE:
            row.progress = 1.0

    def hand_back(self, tickets: Sequence[Claim]) -> int:
        """The rows wait again, as if they had not been claimed; answer how many."""
        held = {row.id: row for ticket in tickets if (row := self.holder(ticket))}
        for row in held.values():
            row.status, row.worker, row.attempt = Status.PENDING, None, row.attempt - 1
        return len(held)

    def cancel(self, row: PaperRow, tenant: str) -> bool:
        """The job is called off, unless it is somebody else's or over."""
        if row.tenant != tenant or row.status not in OPEN:
            return False
        row.status, row.worker = Status.CANCELLED, None
        return True

    def orphans(self) -> list[PaperRow]:
        """What a rescue should free: it buries the silent first."""
        silent = [worker for worker, beat in self.beats.items() if beat < self.now - DEAD_AFTER]
        living = self.beats.keys() - set(silent)
        return [row for row in self.rows.values() if row.status is Status.RUNNING and row.worker not in living]

    def rescue(self, freed: Collection[PaperRow]) -> None:
        """The silent are buried, and these of their rows are free."""
        for worker in [worker for worker, beat in self.beats.items() if beat < self.now - DEAD_AFTER]:
            del self.beats[worker]
        for row in freed:
            row.crashes, row.worker = row.crashes + 1, None
            row.status = Status.FAILED if row.crashes >= MAX_CRASHES else Status.PENDING


class PlacesOnPaper(Paper):
    """The status lane on paper: a claim's counts stand beside the owner's row, and go when the row is settled."""

    def due(self, *, alone: bool = False) -> list[PaperRow]:
        """What may be claimed now, in the owner's order. A row that its crashes had failed starts afresh."""
        afresh = [] if alone else [row for row in super().due(alone=True) if row.crashes >= MAX_CRASHES]
        together = [row for row in super().due(alone=alone) if not alone or row.crashes < MAX_CRASHES]
        return sorted([*together, *afresh], key=lambda row: row.id.int)

    def take(self, row: PaperRow, worker: UUID, token: int) -> None:
        """The row is claimed, under a token that nobody had before. One that its crashes had failed starts afresh."""
        if row.crashes >= MAX_CRASHES:
            row.attempt = row.crashes = 0
        super().take(row, worker, token)
        row.token = token

    def settle(self, row: PaperRow, settlement: Settlement) -> None:
        """The row moves on; when it is finished, nothing is left of the claim."""
        super().settle(row, settlement)
        if settlement.status is not Status.PENDING:
            row.attempt = row.crashes = row.token = 0

    def rescue(self, freed: Collection[PaperRow]) -> None:
        """The same, and the freed rows wait from now on."""
        for row in freed:
            row.run_at = self.now
        super().rescue(freed)

    def hand_back(self, tickets: Sequence[Claim]) -> int:
        """The rows wait again, from now on."""
        for row in [row for ticket in tickets if (row := self.holder(ticket))]:
            row.run_at = self.now
        return super().hand_back(tickets)
