"""A URL that a scan knows: waiting, fetched, or not to be had."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Integer, SmallInteger, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from scanlane.models.base import Base


class PageState(StrEnum):
    """What became of a URL."""

    QUEUED = "queued"
    FETCHED = "fetched"
    FAILED = "failed"
    SKIPPED = "skipped"


class ScanPage(Base):
    """One URL of one scan. The fetched ones are what a scan goes on from after a crash.

    `code` and `error` say why a URL gave no page: a word for programs (domain/page_codes.py), a sentence for people.
    """

    __tablename__ = "scan_pages"

    job_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    url: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    priority: Mapped[int] = mapped_column(Integer)
    depth: Mapped[int] = mapped_column(SmallInteger)
    http_status: Mapped[int | None] = mapped_column(SmallInteger)
    title: Mapped[str | None]
    error: Mapped[str | None]
    code: Mapped[str | None]
    fetched_at: Mapped[datetime | None]
