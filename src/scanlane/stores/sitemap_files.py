"""Sitemap files as the stages find, queue and read them: their SQL. Moves of a claimed status belong to the core."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Text,
    Update,
    and_,
    column,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP, insert
from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.domain.sitemap_listing import ListedSitemap
from scanlane.models import Domain, SitemapFile
from scanlane.stores.sitemaps import OPEN, SETTLED
from scanlane.stores.texts import storable

LONGEST_TEXT = 500
# An index may give a day where the file changed at an hour of it.
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSite:
    """A domain as its sitemaps are looked for. `homes`: where its home page is, the last word first."""

    tenant: str
    domain_id: UUID
    homes: tuple[str, ...]
    wants_scan: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFile:
    """A sitemap file as it waits for its import, and what the last one left to ask with."""

    file_id: UUID
    site: KnownSite
    url: str
    found_by: str
    depth: int
    etag: str | None
    last_modified: str | None
    sha256: str | None


@dataclass(frozen=True, slots=True)
class NamedSitemap:
    """A sitemap that was found, and by what: robots, html, common or import."""

    url: str
    found_by: str


async def find_site(session: AsyncSession, domain_id: UUID) -> KnownSite | None:
    """The domain that a claim names."""
    row = (await session.execute(_sites().where(Domain.id == domain_id))).first()
    return None if row is None else _site(row)


async def find_file(session: AsyncSession, file_id: UUID) -> KnownFile | None:
    """The file that a claim names, with its domain."""
    query = _sites(SitemapFile).join(SitemapFile, SitemapFile.domain_id == Domain.id).where(SitemapFile.id == file_id)
    row = (await session.execute(query)).first()
    if row is None:
        return None
    file: SitemapFile = row.SitemapFile
    return KnownFile(
        file_id=file.id,
        site=_site(row),
        url=file.url,
        found_by=file.found_by,
        depth=file.depth,
        etag=file.etag,
        last_modified=file.last_modified,
        sha256=file.sha256,
    )


async def queue_named(session: AsyncSession, site: KnownSite, named: Sequence[NamedSitemap], *, most: int) -> int:
    """Queue the import of sitemaps that were found, known ones again; a domain has at most so many files.

    Answers how many had to be left out.
    """
    await _hold_domain(session, site.domain_id)
    values = [
        {"tenant": site.tenant, "domain_id": site.domain_id, "url": one.url, "found_by": one.found_by} for one in named
    ]
    left_out = await _add(session, site.domain_id, values, most=most)
    wanted = SitemapFile.url.in_([one.url for one in named])
    again = select(SitemapFile.id).where(SitemapFile.domain_id == site.domain_id, wanted, _is_settled())
    await session.execute(_queued_again(again))
    return left_out


async def add_children(session: AsyncSession, file: KnownFile, listed: Sequence[ListedSitemap], *, most: int) -> int:
    """Queue the files that an index lists: new ones, and its own known ones if it says that they have changed.

    A URL is one file of its domain, whoever lists it. Answers how many had to be left out, for want of room.
    """
    await _hold_domain(session, file.site.domain_id)
    values = [
        {
            "tenant": file.site.tenant,
            "domain_id": file.site.domain_id,
            "parent_id": file.file_id,
            "url": one.url,
            "found_by": "index",
            "depth": file.depth + 1,
            "listed_lastmod": storable(one.lastmod, LONGEST_TEXT),
        }
        for one in listed
    ]
    left_out = await _add(session, file.site.domain_id, values, most=most)
    await _queue_changed(session, file, [one for one in listed if one.modified_at is not None])
    return left_out


async def save_read(session: AsyncSession, file_id: UUID, facts: Mapping[str, Any]) -> None:
    """Write what was learned of a file that was read, or found unchanged, and when."""
    said = {name: storable(value, LONGEST_TEXT) if isinstance(value, str) else value for name, value in facts.items()}
    values = {**said, "imported_at": func.worklane_now()}
    await session.execute(update(SitemapFile).where(SitemapFile.id == file_id).values(**values))


async def save_unread(session: AsyncSession, file_id: UUID, *, http_status: int | None) -> None:
    """Write how the server answered for a file that could not be read."""
    await session.execute(update(SitemapFile).where(SitemapFile.id == file_id).values(http_status=http_status))


async def queue_scan(session: AsyncSession, domain_id: UUID) -> None:
    """Queue the domain's scan if it is wanted and neither waits nor runs."""
    idle = or_(Domain.scan_status.is_(None), Domain.scan_status.not_in(OPEN))
    wanted = update(Domain).where(Domain.id == domain_id, Domain.wants_scan, idle)
    await session.execute(wanted.values(scan_status="Queued", scan_error=None))


async def _hold_domain(session: AsyncSession, domain_id: UUID) -> None:
    # Those who add files to one domain take turns, so that together they stay below its most.
    await session.execute(select(Domain.id).where(Domain.id == domain_id).with_for_update(key_share=True))


async def _add(session: AsyncSession, domain_id: UUID, values: Sequence[Mapping[str, Any]], *, most: int) -> int:
    """Insert files that are not known yet, as many as there is room for; answer how many there was no room for."""
    of_domain = SitemapFile.domain_id == domain_id
    urls = [one["url"] for one in values]
    known = set(await session.scalars(select(SitemapFile.url).where(of_domain, SitemapFile.url.in_(urls))))
    there = await session.scalar(select(func.count()).where(of_domain)) or 0
    new = [one for url, one in {one["url"]: one for one in values}.items() if url not in known]
    fitting = new[: max(most - there, 0)]
    if fitting:
        added = [{**one, "import_status": "Queued"} for one in fitting]
        await session.execute(insert(SitemapFile).values(added).on_conflict_do_nothing())
    return len(new) - len(fitting)


async def _queue_changed(session: AsyncSession, file: KnownFile, listed: Sequence[ListedSitemap]) -> None:
    # Only files below this index, which are its own alone: indexes that list each other would never come to an end.
    columns = (column("url", String), column("lastmod", String), column("modified_at", TIMESTAMP(timezone=True)))
    arrays = (
        literal([one.url for one in listed], ARRAY(Text)),
        literal([storable(one.lastmod, LONGEST_TEXT) for one in listed], ARRAY(Text)),
        literal([one.modified_at for one in listed], ARRAY(TIMESTAMP(timezone=True))),
    )
    given = func.unnest(*arrays).table_valued(*columns).render_derived(name="given")
    changed = and_(
        SitemapFile.listed_lastmod.is_distinct_from(given.c.lastmod),
        or_(SitemapFile.imported_at.is_(None), given.c.modified_at > SitemapFile.imported_at - A_DAY),
    )
    again = (
        select(SitemapFile.id, given.c.lastmod)
        .join(given, given.c.url == SitemapFile.url)
        .where(SitemapFile.parent_id == file.file_id, _is_settled(), changed)
        .with_for_update(skip_locked=True, of=SitemapFile)
        .cte("changed")
    )
    moved = update(SitemapFile).where(SitemapFile.id == again.c.id)
    await session.execute(
        moved.values(import_status="Queued", import_error=None, listed_lastmod=again.c.lastmod).execution_options(
            synchronize_session=False
        )
    )


def _queued_again(which: Select[Any]) -> Update:
    # Who holds the lock of a file is about to work on it.
    ids = which.with_for_update(skip_locked=True, of=SitemapFile)
    moved = update(SitemapFile).where(SitemapFile.id.in_(ids))
    return moved.values(import_status="Queued", import_error=None).execution_options(synchronize_session=False)


def _is_settled() -> ColumnElement[bool]:
    return or_(SitemapFile.import_status.is_(None), SitemapFile.import_status.in_(SETTLED))


def _sites(*more: Any) -> Select[Any]:
    return select(Domain.tenant, Domain.id, Domain.start_url, Domain.final_url, Domain.wants_scan, *more)


def _site(row: Any) -> KnownSite:
    homes = (row.final_url, row.start_url) if row.final_url else (row.start_url,)
    return KnownSite(tenant=row.tenant, domain_id=row.id, homes=homes, wants_scan=row.wants_scan)
