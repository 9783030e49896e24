"""A host that everybody leaves alone for now."""

from datetime import datetime

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped, mapped_column

from scanlane.models.base import Base


class HostPause(Base):
    """The pause of one host (with its port, unless that is usual). It stays until the host has answered well again.

    After `until`, one worker moves it on and asks; `strikes` counts the pauses in a row. Hosts belong to no tenant.
    """

    __tablename__ = "host_pauses"

    host: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[datetime]
    reason: Mapped[str]
    strikes: Mapped[int] = mapped_column(Integer)
