"""The worker processes of a run, one on each machine."""

import asyncio
import contextlib
import signal
import subprocess
import sys
from collections.abc import AsyncIterator

from benchmarks.chaos.fleet import ROOT, STARTS_WITHIN
from benchmarks.chaos.plan import Plan
from benchmarks.chaos.worker import READY, Order
from benchmarks.hosts.network import Machine
from benchmarks.hosts.places import Places

from scanlane.session.embedded.launch import dies_with_its_parent

ENDS_WITHIN = 20.0


@contextlib.asynccontextmanager
async def fleet(plan: Plan, where: Places, surprising: list[int]) -> AsyncIterator[None]:
    """A worker on every machine, ready. Those that end without being asked leave their exit statuses in the list."""
    async with contextlib.AsyncExitStack() as started:
        for machine in where.machines:
            await started.enter_async_context(_worker(plan, where, machine, surprising))
        yield


@contextlib.asynccontextmanager
async def _worker(plan: Plan, where: Places, machine: Machine, surprising: list[int]) -> AsyncIterator[None]:
    order = _order(plan, where, machine.name)
    with (where.folder / "workers.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *machine.command(sys.executable, "-m", "benchmarks.hosts.worker", order.as_argument()),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            preexec_fn=dies_with_its_parent(signal.SIGKILL),
        )
    try:
        await _ready(process)
        yield
    finally:
        if process.returncode is not None:
            surprising.append(process.returncode)
        await _end(process)


def _order(plan: Plan, where: Places, name: str) -> Order:
    return Order(
        url=where.url_for_machines,
        name=name,
        outside=str(where.outside),
        slots=plan.slots,
        every=plan.rhythm.every.total_seconds(),
        dead_after=plan.rhythm.dead_after.total_seconds(),
        margin=plan.rhythm.margin.total_seconds(),
        rescue_every=plan.rescue_every.total_seconds(),
        mutant=plan.mutant.value,
    )


async def _ready(process: asyncio.subprocess.Process) -> None:
    assert process.stdout is not None
    async with asyncio.timeout(STARTS_WITHIN):
        if (await process.stdout.readline()).decode().strip() != READY:
            raise RuntimeError("a worker ended before it was ready; see workers.log")


async def _end(process: asyncio.subprocess.Process) -> None:
    """End it gently, then not."""
    try:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ENDS_WITHIN):
                await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
