"""`scanlane jobs pages`: every URL of a scan, and why it gave no page."""

from collections.abc import AsyncIterator, Sequence
from uuid import UUID

from rich.markup import escape
from rich.table import Table

from scanlane.commands.terminal import out
from scanlane.schemas.scan_page import ScanPageItem
from scanlane.services import jobs
from scanlane.settings import Settings
from scanlane.stores.keyset import LONGEST_PAGE
from scanlane.stores.scan_page_lists import ScanPageView, list_scan_pages
from scanlane.wiring import Wiring, wired


async def show_pages(settings: Settings, job_id: UUID, *, tenant: str, code: str | None, as_json: bool) -> None:
    """Print the URLs that the scan knows, in the order of their spelling. Raises JobNotFound."""
    async with wired(settings) as wiring:
        async with wiring.sessions() as session:
            await jobs.find_job(session, job_id, tenant=tenant)
        shown = 0
        async for views in _portions(wiring, job_id, tenant=tenant, code=code):
            shown += len(views)
            _show(views, as_json=as_json)
    if not shown and not as_json:
        out.print("No such pages.")


async def _portions(
    wiring: Wiring, job_id: UUID, *, tenant: str, code: str | None
) -> AsyncIterator[Sequence[ScanPageView]]:
    cursor: str | None = None
    while True:
        async with wiring.sessions() as session:
            page = await list_scan_pages(session, job_id, tenant=tenant, limit=LONGEST_PAGE, cursor=cursor, code=code)
        if page.items:
            yield page.items
        cursor = page.next_cursor
        if cursor is None:
            return


def _show(views: Sequence[ScanPageView], *, as_json: bool) -> None:
    if as_json:
        for view in views:
            print(ScanPageItem.model_validate(view).model_dump_json())  # noqa: T201 - the output itself
        return
    table = Table()
    for column in ("URL", "State", "Code", "HTTP", "Title or reason"):
        table.add_column(column, overflow="fold")
    for view in views:
        said = view.error or view.title or ""
        table.add_row(escape(view.url), view.state, view.code or "", str(view.http_status or ""), escape(said[:200]))
    out.print(table)
