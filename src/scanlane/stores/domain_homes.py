"""What visits to the home pages of domains have shown: all SQL about it."""

from dataclasses import asdict
from uuid import UUID

from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.domain.home_page import HomePage
from scanlane.models import Domain
from scanlane.stores.json_values import storable_object
from scanlane.stores.texts import storable

LONGEST_ADDRESS = 2000
LONGEST_TEXT = 1000


async def find_start_url(session: AsyncSession, domain_id: UUID) -> str | None:
    """Where the domain that a claim names begins."""
    return await session.scalar(select(Domain.start_url).where(Domain.id == domain_id))


async def save_visit(
    session: AsyncSession, domain_id: UUID, *, final_url: str, http_status: int, page: HomePage | None
) -> None:
    """Write where the visit ended, and what the page says; without a page, what an earlier one said stays."""
    said = {"final_url": storable(final_url, LONGEST_ADDRESS), "http_status": http_status}
    read = _columns(page) if page is not None else {}
    written = update(Domain).where(Domain.id == domain_id)
    await session.execute(written.values(**said, **read, processed_at=func.worklane_now()))


async def queue_sitemaps(session: AsyncSession, domain_id: UUID) -> None:
    """Let the sitemaps of the domain be looked for, unless they are already."""
    idle = or_(Domain.sitemap_status.is_(None), Domain.sitemap_status.not_in(["Queued", "Processing"]))
    queued = update(Domain).where(Domain.id == domain_id, idle)
    await session.execute(queued.values(sitemap_status="Queued", sitemap_error=None))


def _columns(page: HomePage) -> dict[str, object]:
    return {
        "title": storable(page.title, LONGEST_TEXT),
        "description": storable(page.description, LONGEST_TEXT),
        "language": storable(page.language, LONGEST_TEXT),
        "icons": [storable_object(asdict(icon)) for icon in page.icons],
        "socials": [storable_object(asdict(profile)) for profile in page.socials],
        "feeds": [storable_object(asdict(feed)) for feed in page.feeds],
        "technologies": [storable_object(asdict(technology)) for technology in page.technologies],
    }
