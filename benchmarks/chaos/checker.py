"""The judge of a run. It knows what was fed, whom the suite killed, and what the ledgers say; nothing else."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from benchmarks.chaos.fleet import Kill
from benchmarks.chaos.history import Change, History

from worklane.lifecycle import SUSPECT_AFTER, TERMINAL, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What must be zero.

    lost               accepted, but there is no such row, or it is complete without its effect
    not_terminal       accepted, and in no terminal status at the end
    double_effects     jobs with more than one effect
    stale_effects      effects and portions under another token than the row's, or effects of jobs that did not complete
    stale_writes       changes of a running row by a process that did not hold it, rescues aside
    innocents_failed   jobs that failed although they did nothing wrong
    live_claims_taken  rescues from a worker whose last sign of life was not yet old enough
    left_terminal      changes of a row that had reached its end
    portions_missing   completed jobs that lack a portion
    tokens_reused      claims whose token did not grow
    """

    lost: int
    not_terminal: int
    double_effects: int
    stale_effects: int
    stale_writes: int
    innocents_failed: int
    live_claims_taken: int
    left_terminal: int
    portions_missing: int
    tokens_reused: int

    @property
    def broken(self) -> dict[str, int]:
        """The findings that are not zero."""
        return {name: number for name, number in asdict(self).items() if number}


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the suite itself knows of a run: accepted jobs, their portions, and which of them kill their process."""

    accepted: Sequence[UUID]
    portions: dict[UUID, int]
    poison: frozenset[UUID]
    dead_after: timedelta


def check(history: History, expected: Expected) -> Findings:
    """Count every broken promise."""
    last = {change.job_id: change.new_status for change in history.changes}
    complete = {job for job, status in last.items() if status == Status.COMPLETE}
    failed = {job for job, status in last.items() if status == Status.FAILED}
    saved = Counter(effect.job_id for effect in history.effects if effect.kind == "save")
    accepted = set(expected.accepted)
    gone = {job for job in accepted if last.get(job) is None}
    return Findings(
        lost=len(gone) + len((complete & accepted) - saved.keys()),
        not_terminal=sum(1 for job in accepted - gone if last[job] not in TERMINAL),
        double_effects=sum(1 for number in saved.values() if number > 1),
        stale_effects=_stale_effects(history) + len(saved.keys() - complete),
        stale_writes=sum(1 for _ in _stale_writes(history.changes)),
        innocents_failed=len(failed - expected.poison),
        live_claims_taken=_live_claims_taken(history, expected.dead_after),
        left_terminal=sum(1 for change in history.changes if change.old_status in TERMINAL),
        portions_missing=_portions_missing(history, expected, complete),
        tokens_reused=sum(1 for change in history.changes if _reuses_a_token(change)),
    )


def recoveries(history: History, kills: Sequence[Kill]) -> list[float]:
    """Seconds from each kill to the moment each row that the process held was claimed again, in ascending order."""
    return _waits(history, kills, lambda change: change.is_claim)


def recoveries_together(history: History, kills: Sequence[Kill]) -> list[float]:
    """The same without rows that had become suspects by then: those wait until they can run alone."""
    freed: Counter[UUID] = Counter()
    suspected: dict[UUID, datetime] = {}
    for change in history.changes:
        freed[change.job_id] += change.is_rescue
        if freed[change.job_id] == SUSPECT_AFTER:
            suspected.setdefault(change.job_id, change.at)
    never = datetime.max.replace(tzinfo=UTC)
    return _waits(history, kills, lambda change: change.is_claim and change.at < suspected.get(change.job_id, never))


def rescues(history: History, kills: Sequence[Kill]) -> list[float]:
    """The part of those seconds until the row was freed; the rest it waited for a free slot."""
    return _waits(history, kills, lambda change: change.is_rescue)


def _waits(history: History, kills: Sequence[Kill], is_end: Callable[[Change], bool]) -> list[float]:
    return sorted(
        (end.at - killed_at).total_seconds()
        for kill in kills
        for killed_at in [datetime.fromtimestamp(kill.at, UTC)]
        for end in ends_of(history.changes, kill.name, killed_at, is_end)
    )


def ends_of(
    changes: Sequence[Change], name: str, killed_at: datetime, is_end: Callable[[Change], bool]
) -> Iterator[Change]:
    """The change with which each row that the process held at that moment met its end."""
    held: set[UUID] = set()
    for change in changes:
        if change.at <= killed_at:
            if change.is_claim and change.by == name:
                held.add(change.job_id)
            elif change.job_id in held:
                held.discard(change.job_id)
        elif change.job_id in held and is_end(change):
            held.discard(change.job_id)
            yield change


def outside_twice(history: History) -> int:
    """Jobs whose outside effect happened more than once; no queue can prevent that."""
    return sum(1 for number in Counter(history.outside).values() if number > 1)


def percentile(ascending: Sequence[float], share: float) -> float | None:
    """The value below which this share of the values lies; None without values."""
    if not ascending:
        return None
    return round(ascending[min(len(ascending) - 1, int(len(ascending) * share))], 3)


def _stale_effects(history: History) -> int:
    return sum(1 for effect in history.effects if effect.token != effect.row_token)


def _stale_writes(changes: Sequence[Change]) -> Iterator[Change]:
    holder: dict[UUID, str] = {}
    for change in changes:
        held_by = holder.get(change.job_id)
        if change.is_claim:
            holder[change.job_id] = change.by
        elif change.old_status == Status.RUNNING and not change.is_rescue and change.by != held_by:
            yield change


def _live_claims_taken(history: History, dead_after: timedelta) -> int:
    lives = _Lives(history)
    taken = [(change.old_worker, change.at) for change in history.changes if change.is_rescue]
    return sum(1 for worker, at in taken if worker is not None and lives.is_living(worker, at, dead_after))


class _Lives:
    """When each worker gave a sign of life, and whether it said good-bye by itself."""

    def __init__(self, history: History) -> None:
        self._signs: dict[UUID, list[datetime]] = {}
        self._left: dict[UUID, datetime] = {}
        for sign in history.signs:
            if sign.kind != "DELETE":
                self._signs.setdefault(sign.worker_id, []).append(sign.at)
            elif sign.by == sign.name:
                self._left[sign.worker_id] = sign.at

    def is_living(self, worker: UUID, at: datetime, dead_after: timedelta) -> bool:
        """Whether, at that moment, the worker had neither left nor been silent for so long."""
        if worker in self._left and self._left[worker] <= at:
            return False
        return any(at - dead_after < sign <= at for sign in self._signs.get(worker, ()))


def _portions_missing(history: History, expected: Expected, complete: set[UUID]) -> int:
    kept: dict[UUID, set[int | None]] = {}
    for effect in history.effects:
        if effect.kind == "keep":
            kept.setdefault(effect.job_id, set()).add(effect.portion)
    return sum(1 for job in complete if len(kept.get(job, ())) < expected.portions.get(job, 0))


def _reuses_a_token(change: Change) -> bool:
    return change.is_claim and change.old_token is not None and (change.new_token or 0) <= change.old_token
