"""The auditor: reads the ledger, line by line, and knows the queue's invariants. Pure: sees no queue, no database."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NoReturn
from uuid import UUID

from tests.worklane.model.ledger import Entry
from worklane.lifecycle import ACTIVE, MAX_CRASHES, MOVES, TERMINAL, Status

DEAD_AFTER = timedelta(seconds=6)
HOLDERS = frozenset({"keep", "settle", "hand back", "exchange"})
CLAIMERS = frozenset({"claim", "exchange"})


class Broken(AssertionError):
    """An invariant of the queue is broken."""


class WorkerAuditor:
    """What the ledger has told so far of workers."""

    def __init__(self) -> None:
        self.beats: dict[UUID, datetime] = {}

    def read_worker(self, entry: Entry) -> None:
        """Nobody is declared dead while he beats."""
        if entry.new is not None:
            self.beats[UUID(entry.new["id"])] = datetime.fromisoformat(entry.new["beat_at"])
        elif entry.old is not None:
            beat_at = self.beats.pop(UUID(entry.old["id"]))
            if entry.acting.role != "leave" and beat_at >= entry.at - DEAD_AFTER:
                broken("a worker was declared dead while it was beating", entry)


class Auditor(WorkerAuditor):
    """What the ledger has told so far of jobs. `read` raises Broken at the first line that breaks a promise."""

    def __init__(self) -> None:
        super().__init__()
        self.jobs: dict[UUID, Mapping[str, Any]] = {}
        self._claims: Counter[UUID] = Counter()
        self._given_back: Counter[UUID] = Counter()
        self._crashes: Counter[UUID] = Counter()
        self._endings: Counter[UUID] = Counter()
        self._saves: Counter[UUID] = Counter()

    def read(self, entries: Iterable[Entry]) -> None:
        """Check each line, then what must hold between the lines."""
        for entry in entries:
            match entry.what:
                case "jobs":
                    self._read_job(entry)
                case "workers":
                    self.read_worker(entry)
                case "effects":
                    self._read_effect(entry)
        self._check_one_active_per_subject()
        self._check_effects()

    def check_the_end(self) -> None:
        """Once everything was worked off: each job has ended, and has ended once."""
        for job_id, job in self.jobs.items():
            if job["status"] not in TERMINAL or self._endings[job_id] != 1:
                raise Broken(f"not one terminal state: {self._endings[job_id]} endings of {job}")

    def _read_job(self, entry: Entry) -> None:
        old, new = entry.old, entry.new
        if new is None:
            broken("a job vanished", entry)
        job_id = UUID(new["id"])
        self.jobs[job_id] = new
        if old is None:
            self._check_birth(entry, new)
        elif old != new:
            self._check_change(entry, job_id, old, new)

    def _check_birth(self, entry: Entry, new: Mapping[str, Any]) -> None:
        if entry.acting.role != "enqueue" or (new["status"], new["attempt"]) != (Status.PENDING, 0):
            broken("a job was born in an impossible way", entry)

    def _check_change(self, entry: Entry, job_id: UUID, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        self._check_move(entry, old, new)
        is_claim = old["status"] == Status.PENDING and entry.acting.role in CLAIMERS
        if not is_claim:
            self._check_holder(entry, job_id, old)
        if old["status"] == Status.PENDING and new["status"] == Status.RUNNING:
            self._check_claim(entry, job_id, old, new)
        elif old["claim_token"] != new["claim_token"]:
            broken("a token changed without a claim", entry)
        if entry.acting.role == "rescue":
            self._check_rescue(entry, job_id, old, new)
        if entry.acting.role == "hand back" or (new["status"] == Status.PENDING and new["attempt"] < old["attempt"]):
            self._given_back[job_id] += 1
        if new["status"] in TERMINAL:
            self._endings[job_id] += 1
        self._check_counts(entry, job_id, new)

    def _check_move(self, entry: Entry, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        before, after = Status(old["status"]), Status(new["status"])
        if before in TERMINAL:
            broken("something left or changed a terminal state", entry)
        if before is not after and after not in MOVES[before]:
            broken("an illegal move", entry)
        if (new["worker_id"] is not None) != (after is Status.RUNNING):
            broken("held without running, or running without being held", entry)
        if (new["finished_at"] is not None) != (after in TERMINAL):
            broken("finished without a time, or a time without being finished", entry)

    def _check_holder(self, entry: Entry, job_id: UUID, old: Mapping[str, Any]) -> None:
        holds = old["status"] == Status.RUNNING and (job_id, old["claim_token"]) in entry.acting.claims
        if entry.acting.role in HOLDERS and not holds:
            broken("a stale token had an effect", entry)

    def _check_claim(self, entry: Entry, job_id: UUID, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        self._claims[job_id] += 1
        if entry.acting.role not in CLAIMERS or new["worker_id"] != str(entry.acting.worker):
            broken("a job began to run without a claim", entry)
        if new["claim_token"] <= old["claim_token"]:
            broken("a token did not grow", entry)
        if entry.acting.worker not in self.beats:
            broken("a worker that was declared dead took a job", entry)
        if datetime.fromisoformat(old["run_at"]) > entry.at:
            broken("a job was claimed before its time", entry)

    def _check_rescue(self, entry: Entry, job_id: UUID, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        self._crashes[job_id] += 1
        if old["status"] != Status.RUNNING or UUID(old["worker_id"]) in self.beats:
            broken("a live claim was taken", entry)
        if (new["status"] == Status.FAILED) != (self._crashes[job_id] >= MAX_CRASHES):
            broken("a job that keeps killing its workers goes on, or an innocent one failed", entry)

    def _check_counts(self, entry: Entry, job_id: UUID, new: Mapping[str, Any]) -> None:
        if new["attempt"] != self._claims[job_id] - self._given_back[job_id]:
            broken("an attempt was miscounted", entry)
        if new["crashes"] != self._crashes[job_id]:
            broken("a crash was miscounted", entry)

    def _read_effect(self, entry: Entry) -> None:
        if entry.old is not None or entry.new is None:
            broken("an effect was taken back", entry)
        job_id = UUID(entry.new["job_id"])
        if entry.new["token"] != self.jobs[job_id]["claim_token"]:
            broken("a stale token left an effect", entry)
        self._saves[job_id] += entry.new["what"] == "saved"

    def _check_one_active_per_subject(self) -> None:
        active = [job for job in self.jobs.values() if job["status"] in ACTIVE]
        [*most] = Counter((job["tenant"], job["type"], job["subject"]) for job in active).most_common(1)
        if most and most[0][1] > 1:
            raise Broken(f"{most[0][1]} active jobs for one subject: {active}")

    def _check_effects(self) -> None:
        for job_id, job in self.jobs.items():
            if self._saves[job_id] != (job["status"] == Status.COMPLETE):
                raise Broken(f"{self._saves[job_id]} effects of {job}")


def broken(promise: str, entry: Entry) -> NoReturn:
    """This line of the ledger breaks a promise."""
    raise Broken(f"{promise}: {entry}")
