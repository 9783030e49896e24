"""What people and site owners asked for: contacts that are never kept, sites that are never visited."""

from uuid import UUID

from sqlalchemy import Index, LargeBinary, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from scanlane.models.base import Base, Created

# The tenant of rows that bind every tenant; no tenant can be called so.
EVERY_TENANT = "*"


class Suppression(Created, Base):
    """One address, domain, number or profile that is never stored: a digest, never the value itself."""

    __tablename__ = "suppressions"
    __table_args__ = (
        UniqueConstraint("digest", "tenant"),
        Index("ix_suppressions_tenant", "tenant", "created_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, server_default=text("gen_random_uuid()"))
    tenant: Mapped[str]
    kind: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    reason: Mapped[str]
    created_by: Mapped[str]


class OptOut(Created, Base):
    """One domain whose owner does not want to be visited; its subdomains are meant, too."""

    __tablename__ = "opt_outs"
    __table_args__ = (
        UniqueConstraint("name", "tenant"),
        Index("ix_opt_outs_tenant", "tenant", "created_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, server_default=text("gen_random_uuid()"))
    tenant: Mapped[str]
    name: Mapped[str]
    reason: Mapped[str]
    created_by: Mapped[str]


class InstallationSecret(Created, Base):
    """Random bytes that all machines of an installation share, such as the pepper of suppressions."""

    __tablename__ = "installation_secrets"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[bytes] = mapped_column(LargeBinary)
