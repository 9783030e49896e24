"""What the database server says of itself, and of those who work on it."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """The server's version, as a number and as shown, and whether our role may do anything there."""

    number: int
    version: str
    is_superuser: bool


async def server_facts(session: AsyncSession) -> ServerFacts:
    """Ask the server about itself."""
    number = int((await session.execute(text("show server_version_num"))).scalar_one())
    version = str((await session.execute(text("show server_version"))).scalar_one())
    is_superuser = (await session.execute(text("show is_superuser"))).scalar_one() == "on"
    return ServerFacts(number, version, is_superuser)


async def count_living_workers(session: AsyncSession) -> int:
    """How many workers have beaten in the last six seconds."""
    living = text("select count(*) from workers where beat_at > worklane_now() - interval '6 s'")
    return int((await session.execute(living)).scalar_one())


async def count_waiting_jobs(session: AsyncSession) -> int:
    """How many jobs wait to be claimed, whoever owns them."""
    return int((await session.execute(text("select count(*) from jobs where status = 'pending'"))).scalar_one())
