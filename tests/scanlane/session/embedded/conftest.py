"""A household for each test, with a cluster copied from one that was made once."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scanlane.session.embedded.household import SYSTEM_PYTHON, Household, until

ROOM = 2_000_000_000


def _new_base() -> Path:
    """Not below pytest's own folder: that one is closed to the user as whom PostgreSQL runs for root.

    In memory where there is room: each test copies a cluster.
    """
    memory = Path("/dev/shm")
    is_roomy = memory.is_dir() and shutil.disk_usage(memory).free > ROOM
    base = Path(tempfile.mkdtemp(prefix="scanlane-tests-", dir=memory if is_roomy else "/tmp"))
    base.chmod(0o755)
    return base


@pytest.fixture(scope="session")
def template() -> Iterator[Path]:
    """A cluster that was made once and shut down."""
    household, kept = Household(_new_base()), _new_base()
    data_dir = household.data_dir(new=True)
    with household.server(data_dir) as server:
        server.start()
        cluster = household.place(data_dir).cluster
    until(lambda: household.is_quiet(data_dir))
    subprocess.run(["cp", "-a", cluster, kept / "cluster"], check=True)
    household.close()
    yield kept / "cluster"
    subprocess.run(["rm", "-rf", kept], check=True)


@pytest.fixture
def household(template: Path) -> Iterator[Household]:
    """A fresh folder; everything in it is stopped and removed afterwards."""
    household = Household(_new_base(), template)
    yield household
    household.close()


@pytest.fixture
def as_root() -> None:
    """Only root can do what the test does."""
    if os.geteuid() != 0:
        pytest.skip("needs root")


@pytest.fixture
def system_python() -> Path:
    """An interpreter that every user of the machine can run."""
    version = subprocess.run([SYSTEM_PYTHON, "-V"], capture_output=True, text=True, check=False).stdout
    if not version.startswith("Python 3.1") or version < "Python 3.11":
        pytest.skip("needs a /usr/bin/python3 of version 3.11 or newer")
    return SYSTEM_PYTHON
