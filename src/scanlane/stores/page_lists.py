"""Pages as their owners list them: all SQL about that."""

import base64
import binascii
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.errors import BadInput
from scanlane.models import Page
from scanlane.stores.keyset import LONGEST_PAGE, Listed

_LENGTH = 8 + 16


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFilter:
    """Which pages of a tenant. `q` is how the URL begins."""

    domain_id: UUID | None = None
    q: str | None = None


@dataclass(frozen=True, slots=True)
class PageCursor:
    """The place after one page of a list: how much it is worth, and its id, which grows with time."""

    worth: int
    id: UUID

    def __str__(self) -> str:
        return base64.urlsafe_b64encode(self.worth.to_bytes(8, signed=True) + self.id.bytes).decode().rstrip("=")

    @classmethod
    def of(cls, text: str) -> Self:
        """Read a cursor that `str` has written. Raises BadInput, naming the field."""
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
            if len(raw) != _LENGTH:
                raise ValueError
            return cls(int.from_bytes(raw[:8], signed=True), UUID(bytes=raw[8:]))
        except (ValueError, binascii.Error):
            raise BadInput("that is not a cursor of this list", field="cursor") from None


async def list_pages(
    session: AsyncSession, wanted: PageFilter, *, tenant: str, limit: int, cursor: str | None = None
) -> Listed[Page]:
    """A page of this tenant's pages: of one domain the most promising first, of all domains the newest first.

    Each order has its index, so that a domain with a million pages is listed as fast as any. Raises BadInput.
    """
    after = None if cursor is None else PageCursor.of(cursor)
    query = select(Page).where(Page.tenant == tenant)
    if wanted.q is not None:
        query = query.where(Page.url.startswith(wanted.q, autoescape=True))
    if wanted.domain_id is not None:
        query = query.where(Page.domain_id == wanted.domain_id).order_by(Page.worth.desc(), Page.id)
        if after is not None:
            later = and_(Page.worth == after.worth, Page.id > after.id)
            query = query.where(Page.worth <= after.worth, or_(Page.worth < after.worth, later))
    else:
        query = query.order_by(Page.id.desc())
        query = query if after is None else query.where(Page.id < after.id)
    limit = min(limit, LONGEST_PAGE)
    rows = (await session.scalars(query.limit(limit + 1))).all()
    if len(rows) <= limit:
        return Listed(rows, None)
    return Listed(rows[:limit], str(PageCursor(rows[limit - 1].worth, rows[limit - 1].id)))
