"""What the DNS said about the mail of a domain, for all tenants and workers."""

from datetime import datetime

from sqlalchemy import ARRAY, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from scanlane.models.base import Base


class MailDomainRow(Base):
    """One domain's mail servers. Public facts of the DNS, hence nobody's in particular; asked again when expired."""

    __tablename__ = "mail_domains"

    domain: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    hosts: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    checked_at: Mapped[datetime] = mapped_column(server_default=func.worklane_now())
    expires_at: Mapped[datetime] = mapped_column(index=True)
