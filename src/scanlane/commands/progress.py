"""The progress bars of running scans, on stderr."""

from types import TracebackType
from typing import Self
from uuid import UUID

from rich import progress as bars
from rich.markup import escape

from scanlane.commands.terminal import err
from scanlane.stores.jobs import JobView


class Progress:
    """One bar per scan that is under way; nothing at all when hidden or when nobody looks."""

    def __init__(self, *, hidden: bool) -> None:
        self._bars = bars.Progress(
            bars.SpinnerColumn(),
            bars.TextColumn("{task.description}"),
            bars.BarColumn(),
            bars.TaskProgressColumn(),
            bars.TextColumn("{task.fields[facts]}"),
            bars.TimeElapsedColumn(),
            console=err,
            transient=True,
            disable=hidden or not err.is_terminal,
        )
        self._tasks: dict[UUID, bars.TaskID] = {}

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    async def __aenter__(self) -> Self:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.__exit__(kind, error, trace)

    def show(self, job: JobView) -> None:
        """Bring the job's bar up to date."""
        facts = f"{job.status}, {job.pages_scanned} pages, {job.contacts_found} contacts"
        if job.id not in self._tasks:
            self._tasks[job.id] = self._bars.add_task(escape(job.website), total=1.0, facts=facts)
        self._bars.update(self._tasks[job.id], completed=job.progress, facts=facts)

    def finish(self, job: JobView) -> None:
        """Take the job's bar away."""
        if job.id in self._tasks:
            self._bars.remove_task(self._tasks.pop(job.id))
