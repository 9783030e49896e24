"""One worker process of the fault suite: `python -m benchmarks.chaos.worker ORDER`, an order being JSON."""

import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import Path

from benchmarks.chaos.mutants import plant, queue_class
from benchmarks.chaos.plan import Mutant
from benchmarks.chaos.schema import BATCHES, JOBS, WORKERS
from benchmarks.chaos.work import ChaosWork, PlainChaosWork
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from scanlane.session.async_session import (
    DatabaseOptions,
    connect,
    make_engine,
    make_lines,
    make_sessions,
    passes_by_itself,
)
from worklane import events
from worklane.executor import AnyWork, Executor, Persistence
from worklane.heartbeat import Heartbeat, Rhythm
from worklane.nursery import Nursery
from worklane.postgres.job_queue import JobQueue
from worklane.postgres.listener import Listener
from worklane.postgres.pulse import PostgresPulse
from worklane.postgres.records import RawLines
from worklane.quarantine import Quarantine, in_a_process, until_the_parent_is_gone
from worklane.worker import Worker, WorkerOptions

READY = "ready"
ALONE = ".alone"
MODULE = "benchmarks.chaos.worker"
RAW_CONNECTIONS = 4
SESSIONS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a worker process is told. Times are in seconds; `skew` is how far its own clock is off."""

    url: str
    name: str
    outside: str
    slots: int
    every: float
    dead_after: float
    margin: float
    rescue_every: float
    mutant: str = Mutant.NONE.value
    skew: float = 0.0
    alone: bool = False

    def as_argument(self) -> str:
        """One word of a command line."""
        return json.dumps(asdict(self))


MakeWorks = Callable[[Order], Sequence[AnyWork]]


def works(order: Order) -> Sequence[AnyWork]:
    """The works of the fault suite."""
    outside = Path(order.outside)
    return [ChaosWork(outside), PlainChaosWork(outside)]


def tell(event: events.Event) -> None:
    """Log what is worth it, and say when the worker is ready."""
    if isinstance(event, events.WorkerStarted) and not event.worker.endswith(ALONE):
        print(READY, flush=True)
    if not isinstance(event, events.Claimed | events.Settled):
        events.to_log(event)


def begin(
    order: Order, *, module: str = MODULE, make_works: MakeWorks = works, listener: events.Listener = tell
) -> None:
    """Work until SIGTERM, with a nursery for quarantines. `module` is the program that one runs without the nursery."""
    logging.basicConfig(level=logging.INFO, format=f"%(asctime)s {order.name} %(message)s")
    quarantined = order if order.alone else replace(order, name=f"{order.name}{ALONE}", alone=True)

    def alone(_: str = "") -> None:
        # The fleet takes the worker for dead only when nobody holds its output any more.
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        asyncio.run(work(quarantined, make_works=make_works, listener=listener))

    if order.alone:
        alone()
        return
    with contextlib.closing(Nursery(alone)) as nursery:
        fresh = in_a_process([sys.executable, "-m", module, quarantined.as_argument()])
        quarantine = nursery.quarantine("", otherwise=fresh)
        asyncio.run(work(order, quarantine=quarantine, make_works=make_works, listener=listener))


async def work(
    order: Order, *, make_works: MakeWorks, listener: events.Listener, quarantine: Quarantine | None = None
) -> None:
    """Work until SIGTERM; as a quarantine, until no suspect is left or the worker that wanted it is gone."""
    database = DatabaseOptions(url=order.url, application_name=order.name, pool_size=SESSIONS)
    engine, records = make_engine(database), make_lines(database, size=RAW_CONNECTIONS)
    queue = _queue(order, records, make_sessions(engine))
    pulse = PostgresPulse(workers=WORKERS, lanes=[queue], connect=lambda: connect(database))
    plant(Mutant(order.mutant), queue=queue, pulse=pulse, records=records, skew=timedelta(seconds=order.skew))
    executor = Executor(queue, make_works(order), listener=listener, persistence=Persistence(passing=passes_by_itself))
    heartbeat = Heartbeat(pulse, name=order.name, rhythm=_rhythm(order))
    worker = Worker(queue, executor, heartbeat, options=_options(order, quarantine), listener=listener)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, worker.stop)
    listening = asyncio.create_task(Listener(lambda: connect(database), worker.nudge, listener=listener).run())
    beside = [listening, *([asyncio.create_task(_stop_with_the_parent(worker))] if order.alone else [])]
    try:
        await worker.run()
    finally:
        for task in beside:
            task.cancel()
        await asyncio.wait(beside)
        await records.close()
        await engine.dispose()


def _queue(order: Order, records: RawLines, sessions: async_sessionmaker[AsyncSession]) -> JobQueue:
    make = queue_class(Mutant(order.mutant))
    return make(jobs=JOBS, workers=WORKERS, batches=BATCHES, records=records, sessions=sessions)


async def _stop_with_the_parent(worker: Worker) -> None:
    await until_the_parent_is_gone()
    worker.stop(at_once=True)


def _rhythm(order: Order) -> Rhythm:
    return Rhythm(
        every=timedelta(seconds=order.every),
        dead_after=timedelta(seconds=order.dead_after),
        margin=timedelta(seconds=order.margin),
    )


def _options(order: Order, quarantine: Quarantine | None) -> WorkerOptions:
    return WorkerOptions(
        concurrency=order.slots,
        poll_every=timedelta(seconds=0.25 if order.alone else 1),
        rescue_every=timedelta(seconds=order.rescue_every),
        quarantine=quarantine,
        alone=order.alone,
    )


def main() -> None:
    """Read the order and work."""
    begin(Order(**json.loads(sys.argv[1])))


if __name__ == "__main__":
    main()
