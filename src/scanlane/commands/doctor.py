"""`scanlane doctor`: what is well and what is not, in plain words."""

import os
import stat
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version

from scanlane.commands.terminal import out
from scanlane.errors import AppError
from scanlane.session import migration
from scanlane.session.embedded import find_binaries
from scanlane.settings import Settings
from scanlane.stores.server import count_living_workers, count_waiting_jobs, server_facts
from scanlane.wiring import Wiring, wired

FLOORS = {"asyncpg": (0, 32), "PyJWT": (2, 15, 1), "starlette": (1, 3, 1)}
SERVER_FLOOR = 180006


class Verdict(StrEnum):
    """How a thing is."""

    WELL = "ok"
    WORTH_A_LOOK = "look"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was examined."""

    what: str
    verdict: Verdict
    words: str


async def examine(settings: Settings) -> bool:
    """Print a line for everything examined; answer whether nothing is wrong."""
    well = True
    async for finding in _findings(settings):
        colour = {Verdict.WELL: "green", Verdict.WORTH_A_LOOK: "yellow", Verdict.WRONG: "red"}[finding.verdict]
        out.print(f"[{colour}]{finding.verdict:5}[/{colour}] {finding.what:18} {finding.words}", markup=True)
        well = well and finding.verdict is not Verdict.WRONG
    return well


async def _findings(settings: Settings) -> AsyncIterator[Finding]:
    yield Finding("python", Verdict.WELL, sys.version.split()[0])
    for package, floor in FLOORS.items():
        yield _library(package, floor)
    yield _data_dir(settings)
    yield _binaries(settings)
    try:
        async with wired(settings, migrate=False) as wiring:
            async for finding in _database(wiring):
                yield finding
    except (AppError, OSError) as error:
        yield Finding("database", Verdict.WRONG, str(error))


def _library(package: str, floor: tuple[int, ...]) -> Finding:
    try:
        present = version(package)
    except PackageNotFoundError:
        return Finding(package, Verdict.WRONG, "is missing; run: make setup")
    numbers = tuple(int(part) for part in present.split(".")[: len(floor)] if part.isdigit())
    if numbers < floor:
        least = ".".join(map(str, floor))
        return Finding(package, Verdict.WRONG, f"{present} has known security faults; at least {least} is needed")
    return Finding(package, Verdict.WELL, present)


def _data_dir(settings: Settings) -> Finding:
    place = settings.data_dir
    nearest = next(parent for parent in (place, *place.parents) if parent.exists())
    if not os.access(nearest, os.W_OK):
        return Finding("data directory", Verdict.WRONG, f"{place} cannot be written; set SCANLANE_DATA_DIR")
    secret = place / "token-secret.key"
    if secret.exists() and stat.S_IMODE(secret.stat().st_mode) & 0o077:
        return Finding("data directory", Verdict.WRONG, f"others can read {secret}; run: chmod 600 {secret}")
    return Finding("data directory", Verdict.WELL, str(place))


def _binaries(settings: Settings) -> Finding:
    if settings.database_url is not None:
        return Finding("embedded database", Verdict.WELL, "not used: SCANLANE_DATABASE_URL is set")
    try:
        found = find_binaries(settings.postgres_bin)
    except AppError as error:
        return Finding("embedded database", Verdict.WRONG, error.message)
    place = f"PostgreSQL {found.version} from {found.bin_dir}"
    return Finding("embedded database", Verdict.WELL, f"{place}: one machine; more need SCANLANE_DATABASE_URL")


async def _database(wiring: Wiring) -> AsyncIterator[Finding]:
    async with wiring.sessions() as session:
        facts = await server_facts(session)
        state = await migration.state(wiring.engine)
        old = facts.number // 10000 == SERVER_FLOOR // 10000 and facts.number < SERVER_FLOOR
        yield Finding(
            "server",
            Verdict.WORTH_A_LOOK if old else Verdict.WELL,
            f"PostgreSQL {facts.version}" + (", which has known security faults; update it" if old else ""),
        )
        yield Finding(
            "database role",
            Verdict.WORTH_A_LOOK if facts.is_superuser else Verdict.WELL,
            "is a superuser; give Scanlane a role of its own" if facts.is_superuser else "is no superuser",
        )
        yield Finding(
            "schema",
            Verdict.WELL if state.is_current else Verdict.WORTH_A_LOOK,
            state.wanted or "" if state.is_current else f"is {state.present}; run: scanlane db upgrade",
        )
        if state.is_current:
            yield await _workers(wiring)


async def _workers(wiring: Wiring) -> Finding:
    async with wiring.sessions() as session:
        number, waiting = await count_living_workers(session), await count_waiting_jobs(session)
    words = f"{number} alive, {waiting} jobs waiting"
    if waiting and not number:
        return Finding("workers", Verdict.WORTH_A_LOOK, f"{words}; start one with: scanlane work")
    return Finding("workers", Verdict.WELL, words)
