"""A status queue that is not to be polled for now."""

from datetime import datetime

from sqlalchemy import func
from sqlalchemy.orm import Mapped, mapped_column

from scanlane.models.base import Base


class QueuePause(Base):
    """The pause of one status queue: until a moment, or until somebody resumes it."""

    __tablename__ = "queue_pauses"

    queue: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    paused_at: Mapped[datetime] = mapped_column(server_default=func.worklane_now())
    until: Mapped[datetime | None]
