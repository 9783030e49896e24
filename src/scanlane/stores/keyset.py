"""Keyset paging: lists in the order in which their rows came to be, a page at a time, however many there are."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, Self, TypeVar
from uuid import UUID

from sqlalchemy import Select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from scanlane.errors import BadInput

T = TypeVar("T")
LONGEST_PAGE = 500
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LENGTH = 8 + 16


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place after one row of a list: when the row came to be, and its id."""

    at: datetime
    id: UUID

    def __str__(self) -> str:
        moment = (self.at - _EPOCH) // _MICROSECOND
        return base64.urlsafe_b64encode(moment.to_bytes(8, signed=True) + self.id.bytes).decode().rstrip("=")

    @classmethod
    def of(cls, text: str) -> Self:
        """Read a cursor that `str` has written. Raises BadInput, naming the field."""
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
            if len(raw) != _LENGTH:
                raise ValueError
            return cls(_EPOCH + int.from_bytes(raw[:8], signed=True) * _MICROSECOND, UUID(bytes=raw[8:]))
        except (ValueError, OverflowError, binascii.Error):
            raise BadInput("that is not a cursor of this list", field="cursor") from None


@dataclass(frozen=True, slots=True)
class Listed(Generic[T]):
    """One page of a list. `next_cursor` leads to the next one; None: there is none."""

    items: Sequence[T]
    next_cursor: str | None


async def list_rows(
    session: AsyncSession,
    query: Select[T],
    *,
    at: InstrumentedAttribute[datetime],
    id: InstrumentedAttribute[UUID],
    limit: int,
    cursor: str | None = None,
) -> Listed[T]:
    """A page of the rows of `query`, newest first; `at` and `id` are the columns that order it. Raises BadInput."""
    if cursor is not None:
        after = Cursor.of(cursor)
        query = query.where(tuple_(at, id) < tuple_(after.at, after.id))
    limit = min(limit, LONGEST_PAGE)
    rows: Sequence[Any] = (await session.scalars(query.order_by(at.desc(), id.desc()).limit(limit + 1))).all()
    if len(rows) <= limit:
        return Listed(rows, None)
    last = rows[limit - 1]
    return Listed(rows[:limit], str(Cursor(getattr(last, at.key), getattr(last, id.key))))
