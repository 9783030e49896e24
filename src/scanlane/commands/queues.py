"""`scanlane queues`: how deep they are, pausing, resuming, trying again."""

import json
from collections.abc import Sequence
from datetime import timedelta

from rich.markup import escape
from rich.table import Table

from scanlane.commands.terminal import out
from scanlane.schemas.queues import QueueDetails
from scanlane.services import queue_control
from scanlane.services.queue_control import details
from scanlane.settings import Settings
from scanlane.wiring import wired


async def show_list(settings: Settings, *, tenant: str, as_json: bool) -> None:
    """Print every queue with the tenant's rows in it."""
    async with wired(settings) as wiring, wiring.sessions.begin() as session:
        found = [details(one) for one in await queue_control.list_queues(session, settings, tenant=tenant)]
    if as_json:
        print(json.dumps([one.model_dump(mode="json") for one in found], ensure_ascii=False))  # noqa: T201
    else:
        out.print(_table(found))


async def pause(settings: Settings, queue: str, *, span: timedelta | None, reason: str | None) -> None:
    """Let nobody start on the queue's rows."""
    async with wired(settings) as wiring, wiring.sessions.begin() as session:
        lasting = await queue_control.pause(session, queue, reason=reason, span=span)
    until = "it is resumed" if lasting.until is None else f"{lasting.until:%Y-%m-%d %H:%M:%S %Z}"
    out.print(f"{queue} is paused until {until}: {escape(lasting.reason)}")


async def resume(settings: Settings, queue: str) -> None:
    """Go on with the queue."""
    async with wired(settings) as wiring, wiring.sessions.begin() as session:
        was_paused = await queue_control.resume(session, queue)
    out.print(f"{queue} goes on." if was_paused else f"{queue} was not paused.")


async def requeue_failed(settings: Settings, queue: str, *, tenant: str, limit: int) -> None:
    """Let failed rows wait again."""
    async with wired(settings) as wiring, wiring.sessions.begin() as session:
        requeued = await queue_control.requeue_failed(session, queue, tenant=tenant, limit=limit)
    more = " There may be more: say it again." if requeued == limit else ""
    out.print(f"{requeued} failed rows of {queue} wait again.{more}")


def _table(found: Sequence[QueueDetails]) -> Table:
    table = Table()
    table.add_column("Queue", no_wrap=True)
    for name in ("Waiting", "Running", "Failed", "Oldest"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("Polled", overflow="fold")
    for one in found:
        counts = (_number(count, one.counted_up_to) for count in (one.waiting, one.running, one.failed))
        table.add_row(one.name, *counts, _age(one.oldest_waiting_seconds), escape(_polled(one)))
    return table


def _number(count: int, most: int) -> str:
    return f"{count}+" if count == most else str(count)


def _age(seconds: float | None) -> str:
    return "" if seconds is None else str(timedelta(seconds=round(seconds)))


def _polled(one: QueueDetails) -> str:
    if one.paused is not None:
        until = "" if one.paused.until is None else f" until {one.paused.until:%Y-%m-%d %H:%M:%S %Z}"
        return f"paused{until}: {one.paused.reason}"
    if not one.on:
        return "off"
    return "by its workers" if one.every_seconds is None else f"{one.batch} every {one.every_seconds:g} s"
