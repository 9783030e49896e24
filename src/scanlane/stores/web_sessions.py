"""Sign-in codes and sessions of the pages: all SQL about them."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.models import SignInCode, WebSession


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom a code or a session stands for."""

    user_id: str
    tenant: str
    scopes: tuple[str, ...]


async def add_code(session: AsyncSession, code_hash: bytes, holder: Holder, *, life: timedelta) -> None:
    """Note a code; those that have expired go."""
    await session.execute(delete(SignInCode).where(SignInCode.expires_at < func.worklane_now()))
    await session.execute(insert(SignInCode).values(code_hash=code_hash, **_values(holder, life)))


async def use_code(session: AsyncSession, code_hash: bytes) -> Holder | None:
    """Whom a code signs in. It is gone afterwards: of two who use it, one gets None."""
    used = (
        delete(SignInCode)
        .where(SignInCode.code_hash == code_hash, SignInCode.expires_at > func.worklane_now())
        .returning(SignInCode.user_id, SignInCode.tenant, SignInCode.scopes)
    )
    row = (await session.execute(used)).first()
    return None if row is None else Holder(row.user_id, row.tenant, tuple(row.scopes))


async def add_session(session: AsyncSession, key_hash: bytes, holder: Holder, *, life: timedelta) -> None:
    """Note a session; those that have expired go."""
    await session.execute(delete(WebSession).where(WebSession.expires_at < func.worklane_now()))
    await session.execute(insert(WebSession).values(key_hash=key_hash, **_values(holder, life)))


async def find_session(session: AsyncSession, key_hash: bytes) -> Holder | None:
    """Whom a session stands for, unless it has ended."""
    query = select(WebSession.user_id, WebSession.tenant, WebSession.scopes).where(
        WebSession.key_hash == key_hash, WebSession.expires_at > func.worklane_now()
    )
    row = (await session.execute(query)).first()
    return None if row is None else Holder(row.user_id, row.tenant, tuple(row.scopes))


async def end_session(session: AsyncSession, key_hash: bytes) -> None:
    """End a session."""
    await session.execute(delete(WebSession).where(WebSession.key_hash == key_hash))


def _values(holder: Holder, life: timedelta) -> dict[str, object]:
    return {
        "tenant": holder.tenant,
        "user_id": holder.user_id,
        "scopes": list(holder.scopes),
        "expires_at": func.worklane_now() + life,
    }
