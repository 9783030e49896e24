"""The slowest recoveries of a run, each with what happened meanwhile, for whoever wants to know why."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from benchmarks.chaos.checker import ends_of
from benchmarks.chaos.fleet import Kill, Outage
from benchmarks.chaos.history import Change, History, SignOfLife

SHOWN = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """One row that a killed worker held: `crashes` were counted before it ran again, at `end`."""

    worker: str
    killed_at: datetime
    job_id: UUID
    end: datetime
    crashes: int

    @property
    def seconds(self) -> float:
        """How long it took."""
        return (self.end - self.killed_at).total_seconds()


def recovered(history: History, kills: Sequence[Kill]) -> list[Recovery]:
    """Every recovery, the slowest first."""
    found = [
        Recovery(
            worker=kill.name,
            killed_at=killed_at,
            job_id=end.job_id,
            end=end.at,
            crashes=sum(one.is_rescue for one in history.changes if one.job_id == end.job_id and one.at <= end.at),
        )
        for kill in kills
        for killed_at in [datetime.fromtimestamp(kill.at, UTC)]
        for end in ends_of(history.changes, kill.name, killed_at, lambda change: change.is_claim)
    ]
    return sorted(found, key=lambda one: -one.seconds)


def told(history: History, kills: Sequence[Kill], outages: Sequence[Outage]) -> Iterator[str]:
    """Lines about the slowest recoveries: the row, its worker and the server, in seconds since the kill."""
    for one in recovered(history, kills)[:SHOWN]:
        yield f"{one.seconds:.1f} s: job {one.job_id}, held by {one.worker}, {one.crashes} crashes"
        happened = [*_of_the_row(history, one), *_of_workers(history, one), *_of_the_server(outages, one)]
        for at, what in sorted(happened):
            yield f"    {(at - one.killed_at).total_seconds():+6.1f} {what}"


def _of_the_row(history: History, one: Recovery) -> Iterator[tuple[datetime, str]]:
    for change in history.changes:
        if change.job_id == one.job_id and change.at <= one.end:
            yield change.at, f"{_step(change)} by {change.by}"


def _step(change: Change) -> str:
    if change.is_rescue:
        return f"crash counted, {change.new_status}"
    return "claimed" if change.is_claim else f"{change.old_status} -> {change.new_status}"


def _of_workers(history: History, one: Recovery) -> Iterator[tuple[datetime, str]]:
    its = [sign for sign in history.signs if sign.name == one.worker and sign.at <= one.end]
    for sign in its[-4:]:
        yield sign.at, f"its worker's {_sign(sign)}"
    for sign in history.signs:
        if sign.kind != "UPDATE" and sign.name != one.worker and one.killed_at <= sign.at <= one.end:
            yield sign.at, f"{sign.name} {_sign(sign)}"


def _sign(sign: SignOfLife) -> str:
    return {"INSERT": "registered", "UPDATE": "beat"}.get(sign.kind, f"forgotten by {sign.by}")


def _of_the_server(outages: Sequence[Outage], one: Recovery) -> Iterator[tuple[datetime, str]]:
    for outage in outages:
        down, up = (datetime.fromtimestamp(at, UTC) for at in (outage.began, outage.ended))
        if one.killed_at - timedelta(seconds=10) <= down <= one.end:
            yield down, "the server crashed"
            yield up, "the server answered again"
