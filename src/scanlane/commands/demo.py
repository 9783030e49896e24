"""`scanlane demo`: the whole pipeline over a sample town, from its places to the contacts behind their websites."""

import asyncio
import json
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path

from rich.live import Live
from rich.markup import escape
from rich.table import Table

from scanlane.commands.serving import stopped_by_signals
from scanlane.commands.terminal import err, hush_the_scheduler, out
from scanlane.crew import Crew
from scanlane.demo.server import DemoTown, serve_town
from scanlane.errors import AppError
from scanlane.models import PlaceSearch
from scanlane.services.pipeline import STAGES
from scanlane.settings import Settings
from scanlane.stores.funnel import Failure, StageCount, count_kinds, count_stages, forget_tenant, list_failures
from scanlane.wiring import Wiring, wired
from worklane import events

TENANT = "demo"
TOWN = "Harbour Town"
PORT = 8378
LOOK_EVERY = 0.25
FAST = 0.2


class DemoStuck(AppError):
    """The demo did not come to its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """Where the pipeline stands."""

    counts: dict[str, int]
    stages: Sequence[StageCount]
    failures: Sequence[Failure] = ()
    seconds: float = 0.0

    @property
    def open(self) -> int:
        """How many rows are not finished."""
        return sum(stage.open for stage in self.stages)


async def demo(settings: Settings, *, as_json: bool, longest: float) -> bool:
    """Run the pipeline over the sample town until nothing is open; answer whether nothing is stuck."""
    began = time.monotonic()
    hush_the_scheduler()
    async with _town() as town:
        with tempfile.TemporaryDirectory(prefix="scanlane-demo-") as folder:
            places = _places(Path(folder), town.port)
            async with wired(_at_full_speed(settings, places)) as wiring:
                await _order(wiring)
                funnel = await _watched(wiring, hidden=as_json, longest=longest)
                done = Funnel(
                    counts=funnel.counts,
                    stages=funnel.stages,
                    failures=await _failures(wiring),
                    seconds=time.monotonic() - began,
                )
    _show(done, as_json=as_json)
    return done.open == 0


def _at_full_speed(settings: Settings, places: Path) -> Settings:
    every = {f"{stage.name}_every_seconds": FAST for stage in STAGES}
    on = {f"{stage.name}_on": True for stage in STAGES}
    networks = ",".join(filter(None, [settings.allow_networks, "127.0.0.1/32"]))
    changed = {"places_provider": "file", "places_file": places, "allow_networks": networks, "scan_domains": True}
    return settings.model_copy(update={**every, **on, **changed})


def _places(folder: Path, port: int) -> Path:
    """The sample town's places, with the port at which its websites are served now."""
    said = (files("scanlane.demo") / "places.json").read_text("utf-8")
    path = folder / "places.json"
    path.write_text(said.replace(f":{PORT}", f":{port}").replace(f"%3A{PORT}", f"%3A{port}"), "utf-8")
    return path


@asynccontextmanager
async def _town() -> AsyncIterator[DemoTown]:
    """The sample town at its usual port, or at another one if somebody else has that."""
    async with AsyncExitStack() as stack:
        try:
            town = await stack.enter_async_context(serve_town(PORT))
        except OSError:
            town = await stack.enter_async_context(serve_town())
        yield town


async def _order(wiring: Wiring) -> None:
    async with wiring.sessions.begin() as session:
        await forget_tenant(session, tenant=TENANT)
        session.add(PlaceSearch(tenant=TENANT, provider="file", query=TOWN, most=500, deep_scan=True, status="Queued"))


async def _watched(wiring: Wiring, *, hidden: bool, longest: float) -> Funnel:
    crew = Crew.of(wiring, listener=_quiet)
    shown = Live(console=err, transient=True) if err.is_terminal and not hidden else nullcontext()
    async with _at_work(crew) as is_stopped, asyncio.timeout(longest):
        with shown as live:
            while (funnel := await _look(wiring)).open and not is_stopped.is_set():
                _update(live, funnel)
                await asyncio.sleep(LOOK_EVERY)
    if is_stopped.is_set():
        raise KeyboardInterrupt
    return funnel


def _update(live: Live | None, funnel: Funnel) -> None:
    if live is not None:
        live.update(_table(funnel))


@asynccontextmanager
async def _at_work(crew: Crew) -> AsyncIterator[asyncio.Event]:
    is_stopped = asyncio.Event()

    def stop(again: bool) -> None:
        del again
        is_stopped.set()

    with stopped_by_signals(stop):
        working = asyncio.create_task(crew.run())
        try:
            yield is_stopped
        except TimeoutError as error:
            raise DemoStuck("the demo took too long; see what waits with: scanlane queues") from error
        finally:
            crew.stop(at_once=True)
            await working


async def _look(wiring: Wiring) -> Funnel:
    async with wiring.sessions() as session:
        counts = await count_kinds(session, tenant=TENANT)
        stages = await count_stages(session, [stage.column for stage in STAGES], tenant=TENANT)
    return Funnel(counts=counts, stages=stages)


async def _failures(wiring: Wiring) -> Sequence[Failure]:
    async with wiring.sessions() as session:
        return await list_failures(session, [stage.column for stage in STAGES], tenant=TENANT)


def _show(funnel: Funnel, *, as_json: bool) -> None:
    if as_json:
        said = {
            **funnel.counts,
            "stuck": funnel.open,
            "stages": [{**asdict(stage), "open": stage.open} for stage in funnel.stages],
            "errors": [asdict(failure) for failure in funnel.failures],
            "seconds": round(funnel.seconds, 2),
        }
        print(json.dumps(said, ensure_ascii=False))  # noqa: T201 - the output itself
        return
    out.print(_table(funnel))
    for failure in funnel.failures:
        out.print(f"[dim]{failure.stage}: {escape(failure.name)}: {escape(failure.error)}[/dim]")
    stuck = "nothing is stuck" if funnel.open == 0 else f"{funnel.open} are stuck"
    out.print(f"{_sentence(funnel)} in {funnel.seconds:.1f} s; {stuck}.")
    out.print(f"Look at them: scanlane export - --tenant {TENANT}")


def _sentence(funnel: Funnel) -> str:
    return " -> ".join(f"{count} {kind}" for kind, count in funnel.counts.items())


def _table(funnel: Funnel) -> Table:
    table = Table(title="The pipeline", title_justify="left")
    table.add_column("Stage", no_wrap=True)
    for name in ("Waiting", "Running", "Done", "Failed"):
        table.add_column(name, justify="right")
    for stage in funnel.stages:
        table.add_row(stage.stage, str(stage.waiting), str(stage.running), str(stage.done), str(stage.failed))
    table.caption, table.caption_justify = _sentence(funnel), "left"
    return table


def _quiet(event: events.Event) -> None:
    del event  # the terminal shows the funnel
