"""Pauses of hosts, which all workers keep: all SQL about them."""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Interval, case, cast, delete, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.models import HostPause
from scanlane.stores.texts import storable

FIRST_SECONDS = 10
GROWTH = 3
LONGEST_SECONDS = 3600
# A host that was well for so long begins with short pauses again.
FORGIVEN_AFTER = timedelta(hours=1)
FORGOTTEN_AFTER = timedelta(days=1)


async def seconds_left(session: AsyncSession, host: str) -> float | None:
    """How long nobody may ask the host; 0 or less: somebody may try it; None: it is not paused."""
    left = await session.scalar(select(_left()).where(HostPause.host == host))
    return None if left is None else float(left)


async def claim_probe(session: AsyncSession, host: str, *, span: timedelta) -> int | None:
    """Become the one that tries the host, and let the others wait that long; None when another was faster.

    Answers the number of its strikes so far, by which `close` knows that nothing has happened since.
    """
    now = func.worklane_now()
    trying = update(HostPause).where(HostPause.host == host, HostPause.until <= now)
    return await session.scalar(trying.values(until=now + _interval(span)).returning(HostPause.strikes))


async def strike(
    session: AsyncSession, host: str, *, reason: str, wait: timedelta | None = None, probed: bool = False
) -> float:
    """Pause the host for the time that it asks for, or longer each time; answer the seconds.

    Answers that were under way when a pause began prolong it, but do not count as another. `probed`: this one was
    the try after a pause, and counts.
    """
    now = func.worklane_now()
    counts = HostPause.until <= now if not probed else literal(True)
    strikes = case(
        (HostPause.until < now - _interval(FORGIVEN_AFTER), 1), (counts, HostPause.strikes + 1), else_=HostPause.strikes
    )
    first = timedelta(seconds=FIRST_SECONDS) if wait is None else wait
    until = now + (_growing(strikes) if wait is None else _interval(wait))
    adding = insert(HostPause).values(host=host, reason=storable(reason, 300), strikes=1, until=now + _interval(first))
    changed = {
        "reason": adding.excluded.reason,
        "strikes": strikes,
        "until": until if probed else func.greatest(HostPause.until, until),
    }
    noting = adding.on_conflict_do_update(index_elements=[HostPause.host], set_=changed).returning(_left())
    return max(float(await session.scalar(noting) or 0), 0.0)


async def close(session: AsyncSession, host: str, *, strikes: int) -> None:
    """The host answered well: nobody waits any more, unless it has struck again. Forget what nobody came back to."""
    is_well = (HostPause.host == host) & (HostPause.strikes == strikes)
    is_old = HostPause.until < func.worklane_now() - _interval(FORGOTTEN_AFTER)
    await session.execute(delete(HostPause).where(or_(is_well, is_old)))


def _left() -> ColumnElement[Any]:
    return func.extract("epoch", HostPause.until - func.worklane_now())


def _growing(strikes: ColumnElement[int]) -> ColumnElement[timedelta]:
    # The exponent is bounded: a power of any number of strikes would be out of range one day.
    seconds = FIRST_SECONDS * func.power(GROWTH, func.least(strikes, 10) - 1)
    return func.least(seconds, LONGEST_SECONDS) * _interval(timedelta(seconds=1))


def _interval(span: timedelta) -> ColumnElement[timedelta]:
    return cast(literal(span, Interval), Interval)
