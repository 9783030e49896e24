"""`scanlane domains`: list."""

from collections.abc import Mapping, Sequence

from rich.markup import escape
from rich.table import Table

from scanlane.commands.checked import checked
from scanlane.commands.terminal import out
from scanlane.models import Domain
from scanlane.schemas.domain import DomainFilters, DomainItem
from scanlane.settings import Settings
from scanlane.stores.domain_lists import DomainFilter, list_domains
from scanlane.stores.keyset import LONGEST_PAGE
from scanlane.wiring import wired


async def show_list(
    settings: Settings, options: Mapping[str, str | None], *, tenant: str, limit: int, as_json: bool
) -> None:
    """Print the newest domains that the options find."""
    wanted = DomainFilter(**checked(DomainFilters, **options).model_dump())
    async with wired(settings) as wiring:
        found: list[Domain] = []
        cursor: str | None = None
        while len(found) < limit:
            size = min(limit - len(found), LONGEST_PAGE)
            async with wiring.sessions() as session:
                page = await list_domains(session, wanted, tenant=tenant, limit=size, cursor=cursor)
            found += page.items
            cursor = page.next_cursor
            if cursor is None:
                break
    if as_json:
        for domain in found:
            print(DomainItem.model_validate(domain).model_dump_json())  # noqa: T201 - the output itself
    elif found:
        out.print(_table(found))
    else:
        out.print(f"No such domains of {tenant}. Add some with: scanlane import domains.csv")


def _table(found: Sequence[Domain]) -> Table:
    table = Table()
    for column in ("Domain", "Home page", "Sitemaps", "Contacts", "Title", "Added"):
        table.add_column(column, overflow="fold")
    for domain in found:
        states = (domain.status, domain.sitemap_status, domain.scan_status)
        added = f"{domain.created_at:%Y-%m-%d %H:%M}"
        table.add_row(escape(domain.name), *map(_state, states), escape((domain.title or "")[:60]), added)
    return table


def _state(word: str | None) -> str:
    if word is None:
        return "-"
    colour = {"completed": "green", "error": "red", "processing": "cyan"}.get(word.lower())
    return f"[{colour}]{word.lower()}[/{colour}]" if colour else word.lower()
