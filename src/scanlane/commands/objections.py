"""`scanlane suppress`, `opt-out`, `purge` and their kin: what people and site owners ask for."""

import json
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.markup import escape
from rich.table import Table

from scanlane.commands.lines import read_lines
from scanlane.commands.terminal import out
from scanlane.errors import BadInput
from scanlane.models import EVERY_TENANT
from scanlane.schemas.objections import OptOut, Suppression
from scanlane.services import opt_outs, suppression
from scanlane.services.contact_retention import PurgeContacts
from scanlane.services.suppression import Asked
from scanlane.settings import Settings
from scanlane.stores.keyset import LONGEST_PAGE, Listed
from scanlane.stores.opt_outs import OptOutView, list_opt_outs
from scanlane.stores.suppressions import SuppressionView, list_suppressions
from scanlane.wiring import wired

BY = "cli"
MOST_LINES = 1_000_000


@dataclass(frozen=True, slots=True)
class SuppressCommand:
    """What the command line says. `tenant`: None for all of them."""

    values: tuple[str, ...]
    file: str | None
    reason: str
    tenant: str | None

    def all_values(self) -> list[str]:
        """Those of the command line, then those of the file. Raises BadInput."""
        found = [*self.values, *(read_lines(self.file, most=MOST_LINES) if self.file is not None else ())]
        if not found:
            raise BadInput(f"{self.file} holds nothing", field="file")
        return found

    def asked(self) -> Asked:
        """On whose behalf."""
        return Asked(tenant=self.tenant or EVERY_TENANT, by=BY, reason=self.reason)


async def suppress(settings: Settings, command: SuppressCommand, *, as_json: bool) -> None:
    """Suppress, purge, and print how many."""
    values = command.all_values()
    async with wired(settings) as wiring:
        done = await suppression.suppress(wiring.sessions, values, command.asked())
    if as_json:
        print(json.dumps(asdict(done)))  # noqa: T201 - the output itself
    else:
        out.print(f"{done.added} suppressed, {len(values) - done.added} were already; {done.purged} contacts deleted.")


async def unsuppress(settings: Settings, command: SuppressCommand) -> None:
    """Lift suppressions, and print how many."""
    values = command.all_values()
    async with wired(settings) as wiring, wiring.sessions.begin() as session:
        lifted = await suppression.unsuppress(session, values, tenant=command.tenant or EVERY_TENANT)
    out.print(f"{lifted} suppression{'' if lifted == 1 else 's'} lifted.")


async def opt_out(settings: Settings, domain: str, *, reason: str, as_json: bool) -> None:
    """Take a domain out for all tenants, and print what went."""
    async with wired(settings) as wiring:
        asked = Asked(tenant=EVERY_TENANT, by=BY, reason=reason)
        done = await opt_outs.opt_out(wiring.sessions, wiring.queue, domain, asked)
    if as_json:
        print(json.dumps(asdict(done)))  # noqa: T201 - the output itself
    else:
        again = "" if done.is_new else " It was opted out already."
        out.print(f"{done.name} is never visited again; {done.purged} contacts deleted.{again}")


async def opt_in(settings: Settings, domain: str) -> None:
    """Let a domain be visited again."""
    async with wired(settings) as wiring, wiring.sessions.begin() as session:
        name = await opt_outs.lift(session, domain, tenant=EVERY_TENANT)
    out.print(f"{name} may be visited again.")


async def show_suppressions(settings: Settings, *, tenant: str, limit: int, as_json: bool) -> None:
    """Print the newest suppressions."""

    async def page(session: Any, cursor: str | None) -> Listed[SuppressionView]:
        return await list_suppressions(session, tenant=tenant, limit=LONGEST_PAGE, cursor=cursor)

    found = [one async for one in _up_to(settings, page, limit)]
    if as_json:
        for one in found:
            print(Suppression.model_validate(one).model_dump_json())  # noqa: T201 - the output itself
        return
    rows = [(one.kind, one.digest[:16], *_binding(one)) for one in found]
    out.print(_table(("Kind", "Digest", "Binds", "Since", "Reason"), rows) if rows else "Nothing is suppressed.")


async def show_opt_outs(settings: Settings, *, tenant: str, limit: int, as_json: bool) -> None:
    """Print the newest opt-outs."""

    async def page(session: Any, cursor: str | None) -> Listed[OptOutView]:
        return await list_opt_outs(session, tenant=tenant, limit=LONGEST_PAGE, cursor=cursor)

    found = [one async for one in _up_to(settings, page, limit)]
    if as_json:
        for one in found:
            print(OptOut.model_validate(one).model_dump_json())  # noqa: T201 - the output itself
        return
    rows = [(one.name, *_binding(one)) for one in found]
    out.print(_table(("Domain", "Binds", "Since", "Reason"), rows) if rows else "No domain is opted out.")


async def purge(settings: Settings, *, dry_run: bool, as_json: bool) -> None:
    """Delete what is due, or count it."""
    async with wired(settings) as wiring:
        work = PurgeContacts(wiring.sessions, settings)
        gone = await work.due() if dry_run else await work.purge()
    if as_json:
        print(json.dumps({**gone, "dry_run": dry_run}))  # noqa: T201 - the output itself
        return
    did = "would be deleted" if dry_run else "deleted"
    out.print(f"{gone['contacts']} contacts {did}, and the sightings of {gone['scans']} scans.")


async def _up_to(settings: Settings, page: Callable[..., Any], limit: int) -> AsyncIterator[Any]:
    cursor: str | None = None
    async with wired(settings) as wiring:
        while limit > 0:
            async with wiring.sessions() as session:
                listed = await page(session, cursor)
            for one in listed.items[:limit]:
                yield one
            limit, cursor = limit - len(listed.items), listed.next_cursor
            if cursor is None:
                return


def _binding(one: SuppressionView | OptOutView) -> tuple[str, str, str]:
    return "all tenants" if one.everywhere else "this tenant", f"{one.created_at:%Y-%m-%d}", one.reason


def _table(names: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Table:
    table = Table()
    for name in names:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*map(escape, row))
    return table
