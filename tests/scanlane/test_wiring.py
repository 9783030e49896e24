"""The house over its own database: what happens when that database dies."""

import os
import signal
from pathlib import Path

from sqlalchemy import text

from scanlane.session.async_session import passes_by_itself
from scanlane.settings import read_settings
from scanlane.wiring import Wiring, wired
from tests.scanlane.processes import until


class TestTheEmbeddedServer:
    async def test_is_started_again_when_it_was_killed(self, tmp_path: Path) -> None:
        async with wired(read_settings(data_dir=tmp_path / "data")) as wiring:
            async with wiring.sessions() as session:
                await session.execute(text("create table kept as select 42 as number"))
                await session.commit()
            folder = _data_folder(tmp_path / "data")
            killed = _postmaster(folder)

            os.kill(killed, signal.SIGKILL)
            await until(lambda: _came_back(wiring, folder, killed), within=20)

            async with wiring.sessions() as session:
                assert (await session.execute(text("select number from kept"))).scalar_one() == 42


def _data_folder(data_dir: Path) -> Path:
    place = data_dir / "postgres.place"
    root = Path(place.read_text().strip()) if place.exists() else data_dir / "postgres"
    return root / "cluster" / "pgdata"


def _postmaster(folder: Path) -> int:
    return int((folder / "postmaster.pid").read_text().split()[0])


async def _came_back(wiring: Wiring, folder: Path, killed: int) -> bool:
    # For a moment after the kill, connections that are open still answer.
    try:
        is_another = _postmaster(folder) != killed
    except (OSError, ValueError, IndexError):
        return False
    return is_another and await _answers(wiring)


async def _answers(wiring: Wiring) -> bool:
    try:
        async with wiring.sessions() as session:
            await session.execute(text("select 1"))
    except Exception as error:
        if passes_by_itself(error):
            return False
        raise
    return True
