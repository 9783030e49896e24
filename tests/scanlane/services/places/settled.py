"""What tests of the places' stages share: the application over a database, rows that wait, what became of them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from scanlane.models import LocalBusiness, Place, PlaceSearch, QueuePause
from scanlane.settings import read_settings
from scanlane.stores import places
from scanlane.wiring import Wiring, connected
from tests.conftest import Database

TENANT = "harbour"


@asynccontextmanager
async def wired_to(database: Database, data_dir: Path, **settings: object) -> AsyncIterator[Wiring]:
    """The application's things over the test's own database, with these settings."""
    read = read_settings(data_dir=data_dir, database_url=database.url, **settings)
    async with connected(read, database.url, migrate=False) as wiring:
        yield wiring


async def add_search(wiring: Wiring, query: str, **said: object) -> UUID:
    """A search that waits."""
    search = PlaceSearch(**{"tenant": TENANT, "provider": "google", "query": query, "status": "Queued"} | said)
    async with wiring.sessions.begin() as session:
        session.add(search)
        await session.flush()
        return search.id


async def add_places(wiring: Wiring, *refs: str, tenant: str = TENANT) -> list[UUID]:
    """Places that wait for their deep scan, known by their refs only."""
    async with wiring.sessions.begin() as session:
        ids = [await places.stage_place(session, tenant=tenant, ref=ref, name=ref, raw={}) for ref in refs]
        await places.queue_deep_scans(session, ids, tenant=tenant)
    return ids


async def the_search(wiring: Wiring, search_id: UUID) -> PlaceSearch:
    """A search as it is now."""
    async with wiring.sessions() as session:
        return await session.get_one(PlaceSearch, search_id)


async def the_place(wiring: Wiring, place_id: UUID) -> Place:
    """A place as it is now."""
    async with wiring.sessions() as session:
        return await session.get_one(Place, place_id)


async def all_places(wiring: Wiring) -> Sequence[Place]:
    """Every place, by its ref."""
    async with wiring.sessions() as session:
        return (await session.scalars(select(Place).order_by(Place.ref))).all()


async def all_businesses(wiring: Wiring) -> Sequence[LocalBusiness]:
    """Every business, by its name."""
    async with wiring.sessions() as session:
        return (await session.scalars(select(LocalBusiness).order_by(LocalBusiness.name))).all()


async def the_pause(wiring: Wiring, queue: str) -> QueuePause | None:
    """The queue's pause."""
    async with wiring.sessions() as session:
        return await session.get(QueuePause, queue)
