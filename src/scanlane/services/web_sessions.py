"""Signing in to the pages: by a code that works once, or by a token of the API. Only hashes reach the database."""

import hashlib
import re
import secrets
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.auth.caller import Caller
from scanlane.errors import AppError
from scanlane.stores import web_sessions
from scanlane.stores.web_sessions import Holder

CODE_LIFE = timedelta(minutes=10)
SESSION_LIFE = timedelta(hours=12)
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


class CodeUsedUp(AppError):
    """This sign-in link has been used, or is older than ten minutes. `scanlane sign-in` makes a new one."""

    status = 403


async def issue_code(session: AsyncSession, caller: Caller) -> str:
    """A code that signs this caller in, once, for ten minutes."""
    code = secrets.token_urlsafe(32)
    await web_sessions.add_code(session, _hash(code), _holder(caller), life=CODE_LIFE)
    return code


async def sign_in_by_code(session: AsyncSession, code: str) -> str:
    """The key of a new session. Raises CodeUsedUp."""
    holder = await web_sessions.use_code(session, _hash(code)) if _SECRET.fullmatch(code) else None
    if holder is None:
        raise CodeUsedUp
    return await _open(session, holder)


async def sign_in(session: AsyncSession, caller: Caller) -> str:
    """The key of a new session for a caller whose token was verified."""
    return await _open(session, _holder(caller))


async def find_caller(session: AsyncSession, key: str) -> Caller | None:
    """Who is signed in with this key, if anybody."""
    holder = await web_sessions.find_session(session, _hash(key)) if _SECRET.fullmatch(key) else None
    return None if holder is None else Caller(holder.user_id, holder.tenant, frozenset(holder.scopes))


async def sign_out(session: AsyncSession, key: str) -> None:
    """End the session of this key."""
    await web_sessions.end_session(session, _hash(key))


async def _open(session: AsyncSession, holder: Holder) -> str:
    key = secrets.token_urlsafe(32)
    await web_sessions.add_session(session, _hash(key), holder, life=SESSION_LIFE)
    return key


def _holder(caller: Caller) -> Holder:
    return Holder(caller.user_id, caller.tenant, tuple(sorted(caller.scopes)))


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
