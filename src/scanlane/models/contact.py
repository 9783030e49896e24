"""A way to reach the people behind a website, and every place where it was seen."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Boolean, ForeignKey, Index, SmallInteger, Text, UniqueConstraint, Uuid, func, text
from sqlalchemy.orm import Mapped, mapped_column

from scanlane.models.base import Base


class Contact(Base):
    """One address, number or profile of one domain, once, with its present score and its holder, if one is known."""

    __tablename__ = "contacts"
    __table_args__ = (
        UniqueConstraint("domain_id", "kind", "value"),
        Index("ix_contacts_tenant", "tenant", "first_seen_at", "id"),
        Index("ix_contacts_last_seen", "last_seen_at"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, server_default=text("gen_random_uuid()"))
    tenant: Mapped[str]
    domain_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("domains.id", ondelete="CASCADE"))
    kind: Mapped[str]
    value: Mapped[str]
    type: Mapped[str]
    relation: Mapped[str]
    score: Mapped[int] = mapped_column(SmallInteger)
    obfuscated: Mapped[bool] = mapped_column(Boolean, server_default="false")
    network: Mapped[str | None]
    name: Mapped[str | None]
    title: Mapped[str | None]
    position: Mapped[str | None]
    organisation: Mapped[str | None]
    named_by: Mapped[str | None]
    methods: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    reasons: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    first_seen_at: Mapped[datetime] = mapped_column(server_default=func.worklane_now())
    last_seen_at: Mapped[datetime] = mapped_column(server_default=func.worklane_now())


class ContactSource(Base):
    """One page where a contact was found. Stays when the sightings of the scan, which quote the page, are gone."""

    __tablename__ = "contact_sources"

    contact_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("contacts.id", ondelete="CASCADE"), primary_key=True)
    url: Mapped[str] = mapped_column(primary_key=True)
    method: Mapped[str] = mapped_column(primary_key=True)
    first_seen_at: Mapped[datetime] = mapped_column(server_default=func.worklane_now())
    last_seen_at: Mapped[datetime] = mapped_column(server_default=func.worklane_now())


class SightingRow(Base):
    """One place where one scan saw one contact."""

    __tablename__ = "sightings"
    __table_args__ = (Index("ix_sightings_contact", "job_id", "kind", "value"),)

    job_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    url: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    method: Mapped[str] = mapped_column(primary_key=True)
    context: Mapped[str]
    obfuscated: Mapped[bool] = mapped_column(Boolean)
    hidden: Mapped[bool] = mapped_column(Boolean)
    network: Mapped[str | None]
    name: Mapped[str | None]
    title: Mapped[str | None]
    position: Mapped[str | None]
    organisation: Mapped[str | None]
    named_by: Mapped[str | None]
