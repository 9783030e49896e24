"""One worker process of the fault suite: `python -m benchmarks.chaos.worker ORDER`, an order being JSON."""

import asyncio
import contextlib
import json
import logging
import signal
import sys
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import Path

from benchmarks.chaos.mutants import plant, queue_class
from benchmarks.chaos.plan import Mutant
from benchmarks.chaos.schema import BATCHES, JOBS, WORKERS
from benchmarks.chaos.work import ChaosWork, PlainChaosWork

from scanlane.session.async_session import (
    DatabaseOptions,
    connect,
    make_engine,
    make_pool,
    make_sessions,
    passes_by_itself,
)
from worklane import events
from worklane.executor import Executor, Persistence
from worklane.heartbeat import Heartbeat, Rhythm
from worklane.postgres.listener import Listener
from worklane.postgres.pulse import PostgresPulse
from worklane.quarantine import in_a_process, until_the_parent_is_gone
from worklane.worker import Worker, WorkerOptions

READY = "ready"
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


async def work(order: Order) -> None:
    """Work until SIGTERM; as a quarantine, until no suspect is left or the worker that wanted it is gone."""
    database = DatabaseOptions(url=order.url, application_name=order.name, pool_size=SESSIONS)
    engine, pool = make_engine(database), await make_pool(database, size=RAW_CONNECTIONS)
    mutant = Mutant(order.mutant)
    queue = queue_class(mutant)(
        jobs=JOBS, workers=WORKERS, batches=BATCHES, records=pool, sessions=make_sessions(engine)
    )
    pulse = PostgresPulse(workers=WORKERS, lanes=[queue], connect=lambda: connect(database))
    plant(mutant, queue=queue, pulse=pulse, records=pool, skew=timedelta(seconds=order.skew))
    persistence = Persistence(passing=passes_by_itself)
    works = [ChaosWork(Path(order.outside)), PlainChaosWork(Path(order.outside))]
    executor = Executor(queue, works, listener=_tell, persistence=persistence)
    heartbeat = Heartbeat(pulse, name=order.name, rhythm=_rhythm(order))
    worker = Worker(queue, executor, heartbeat, options=_options(order), listener=_tell)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, worker.stop)
    if order.alone:
        orphaned = asyncio.create_task(until_the_parent_is_gone())
        orphaned.add_done_callback(lambda _: worker.stop(at_once=True))
    listening = asyncio.create_task(Listener(lambda: connect(database), worker.nudge, listener=_tell).run())
    try:
        await worker.run()
    finally:
        listening.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await listening
        await pool.close()
        await engine.dispose()


def _rhythm(order: Order) -> Rhythm:
    return Rhythm(
        every=timedelta(seconds=order.every),
        dead_after=timedelta(seconds=order.dead_after),
        margin=timedelta(seconds=order.margin),
    )


def _options(order: Order) -> WorkerOptions:
    quarantined = replace(order, name=f"{order.name}.alone", alone=True)
    command = [sys.executable, "-m", "benchmarks.chaos.worker", quarantined.as_argument()]
    return WorkerOptions(
        concurrency=order.slots,
        rescue_every=timedelta(seconds=order.rescue_every),
        quarantine=in_a_process(command),
        alone=order.alone,
    )


def _tell(event: events.Event) -> None:
    if isinstance(event, events.WorkerStarted) and not event.worker.endswith(".alone"):
        print(READY, flush=True)
    if not isinstance(event, events.Claimed | events.Settled):
        events.to_log(event)


def main() -> None:
    """Read the order and work."""
    order = Order(**json.loads(sys.argv[1]))
    logging.basicConfig(level=logging.INFO, format=f"%(asctime)s {order.name} %(message)s")
    asyncio.run(work(order))


if __name__ == "__main__":
    main()
