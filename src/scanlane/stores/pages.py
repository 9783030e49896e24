"""Pages that sitemaps list: all SQL about them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from typing import cast as typing_cast
from uuid import UUID

from sqlalchemy import ColumnElement, Double, Insert, Integer, Table, Text, bindparam, cast, column, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import TypeEngine

from scanlane.domain.sitemap_listing import ListedPage
from scanlane.models import Page
from scanlane.stores.texts import storable

PAGES = typing_cast(Table, Page.__table__)
LONGEST_DATE = 100
LONGEST_EXTRAS = 20_000

_SAID = ("lastmod", "modified_at", "changefreq", "priority", "extras")
_TYPES: dict[str, TypeEngine[Any]] = {
    "url": Text(),
    "worth": Integer(),
    "lastmod": Text(),
    "modified_at": TIMESTAMP(timezone=True),
    "changefreq": Text(),
    "priority": Double(),
    "extras": Text(),
}


class PromisingPage(NamedTuple):
    """A page, and how promising it is for contacts: 0 to 100."""

    url: str
    worth: int


async def save_pages(
    session: AsyncSession, pages: Sequence[ListedPage], *, tenant: str, domain_id: UUID, file_id: UUID
) -> None:
    """Upsert pages that a sitemap lists. What another sitemap said of a page stays where this one says nothing."""
    # Two files that list the same pages must take their locks in the same order.
    each = sorted({page.url: page for page in pages}.values(), key=lambda page: page.url)
    if not each:
        return
    values: dict[str, Any] = {
        "url": [page.url for page in each],
        "worth": [page.worth for page in each],
        "lastmod": [storable(page.lastmod, LONGEST_DATE) for page in each],
        "modified_at": [page.modified_at for page in each],
        "changefreq": [storable(page.changefreq, LONGEST_DATE) for page in each],
        "priority": [page.priority for page in each],
        "extras": [_document(page.extras) for page in each],
    }
    given = {"given_tenant": tenant, "given_domain": domain_id, "given_file": file_id}
    await session.execute(_UPSERT, {f"given_{name}": value for name, value in values.items()} | given)


async def promising_pages(session: AsyncSession, domain_id: UUID, most: int) -> list[PromisingPage]:
    """The domain's most promising pages, best first; of equal ones those that became known first."""
    best = select(Page.url, Page.worth).where(Page.domain_id == domain_id, Page.worth > 0)
    rows = await session.execute(best.order_by(Page.worth.desc(), Page.id).limit(most))
    return [PromisingPage(row.url, row.worth) for row in rows]


def _upsert() -> Insert:
    old = PAGES.c
    arrays = [bindparam(f"given_{name}", type_=ARRAY(kind)) for name, kind in _TYPES.items()]
    named = [column(name, kind) for name, kind in _TYPES.items()]
    listed = func.unnest(*arrays).table_valued(*named).render_derived(name="listed")
    known = (
        bindparam("given_tenant", type_=Text),
        bindparam("given_domain", type_=old.domain_id.type),
        bindparam("given_file", type_=old.sitemap_file_id.type),
    )
    shown = [cast(listed.c.extras, JSONB) if name == "extras" else listed.c[name] for name in _TYPES]
    adding = insert(PAGES).from_select(["tenant", "domain_id", "sitemap_file_id", *_TYPES], select(*known, *shown))
    new = adding.excluded
    changed: dict[str, ColumnElement[Any]] = {name: func.coalesce(new[name], old[name]) for name in _SAID}
    changed["sitemap_file_id"] = func.coalesce(old.sitemap_file_id, new.sitemap_file_id)
    changed["worth"] = new.worth
    # Most pages of a sitemap that is read again are as they were; they are not written again.
    differs = or_(*(old[name].is_distinct_from(value) for name, value in changed.items()))
    return adding.on_conflict_do_update(index_elements=[old.domain_id, old.url], set_=changed, where=differs)


_UPSERT = _upsert()


def _document(extras: Mapping[str, object] | None) -> str | None:
    """The extras as JSON; left out when they are longer than anybody reads."""
    if not extras:
        return None
    text = json.dumps(_storable(extras), ensure_ascii=False, allow_nan=False)
    return text if len(text) <= LONGEST_EXTRAS else None


def _storable(value: object) -> object:
    if isinstance(value, str):
        return storable(value, LONGEST_EXTRAS)
    if isinstance(value, Mapping):
        return {storable(str(name), LONGEST_DATE): _storable(one) for name, one in value.items()}
    if isinstance(value, Sequence):
        return [_storable(one) for one in value]
    return value
