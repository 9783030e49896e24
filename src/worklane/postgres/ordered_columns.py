"""What an ordered job lane needs beside its jobs table: a mixin for the table of rates, and two indexes.

    class JobRate(RateColumns, Base):
        __tablename__ = "job_rates"

Only an Order with a rate needs the table, only one with limits `limit_index`, only one with fair shares `fair_index`.
"""

from datetime import datetime

from sqlalchemy import DateTime, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from worklane.lifecycle import SUSPECT_AFTER


class RateColumns:
    """How far ahead one key has used up its rate. A row whose `tat` is past means the same as no row.

    `tat` is the theoretical arrival time of the generic cell rate algorithm: the moment from which the key is rested.
    """

    type: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    tat: Mapped[datetime] = mapped_column(DateTime(timezone=True))


def fair_index(table: str) -> Index:
    """Waiting rows by tenant, each tenant's in the order in which they are claimed."""
    return Index(
        f"ix_{table}_fair",
        "tenant",
        text("(-priority)"),
        "run_at",
        "id",
        postgresql_where=text(f"status = 'pending' and crashes < {SUSPECT_AFTER}"),
    )


def limit_index(table: str) -> Index:
    """Running rows by limited key."""
    return Index(
        f"ix_{table}_limited",
        "type",
        "limit_key",
        postgresql_where=text("status = 'running' and limit_key is not null"),
    )
