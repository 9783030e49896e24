"""Who is signed in to the pages: codes that open the door once, and sessions. Secrets are kept as hashes only."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Index, LargeBinary, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from scanlane.models.base import Base, Created


class SignInCode(Created, Base):
    """A code that signs its holder in once, until it expires."""

    __tablename__ = "sign_in_codes"

    code_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    tenant: Mapped[str]
    user_id: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    expires_at: Mapped[datetime]


class WebSession(Created, Base):
    """A browser that is signed in, until the session expires or is ended."""

    __tablename__ = "web_sessions"
    __table_args__ = (Index("ix_web_sessions_expires", "expires_at"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, server_default=text("gen_random_uuid()"))
    key_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    tenant: Mapped[str]
    user_id: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    expires_at: Mapped[datetime]
