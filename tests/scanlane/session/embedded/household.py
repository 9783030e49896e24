"""Real places, real processes and things to wait for, for the tests of the embedded database."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import asyncpg

from scanlane.session.embedded import EmbeddedPostgres, find_binaries
from scanlane.session.embedded.homes import find_place
from scanlane.session.embedded.locks import FileLock
from scanlane.session.embedded.place import Place

REPOSITORY = Path(__file__).parents[4]
CLIENT = "tests.scanlane.session.embedded.client_process"
GRACE = 0.3
SYSTEM_PYTHON = Path("/usr/bin/python3")


class Client:
    """Another process that uses the database."""

    def __init__(self, command: list[str], environment: Mapping[str, str]) -> None:
        self.process = subprocess.Popen(
            command,
            cwd=REPOSITORY,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        self._unread = b""

    def hear(self, *, within: float = 30) -> dict[str, object]:
        """The next thing that it says."""
        assert self.process.stdout is not None
        os.set_blocking(self.process.stdout.fileno(), False)
        until(lambda: b"\n" in self._read(), within=within)
        line, _, self._unread = self._unread.partition(b"\n")
        return json.loads(line)

    def tell(self, order: str) -> None:
        """Give it an order."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{order}\n".encode())
        self.process.stdin.flush()

    def kill(self) -> None:
        """kill -9, and wait until it is gone."""
        self.process.kill()
        self.process.wait(10)

    def leave(self) -> None:
        """Let it end in good order."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(10)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        for stream in (self.process.stdin, self.process.stdout):
            assert stream is not None
            try:
                stream.close()
            except BrokenPipeError:
                continue

    def _read(self) -> bytes:
        assert self.process.stdout is not None
        self._unread += self.process.stdout.read() or b""
        return self._unread


@dataclass
class Household:
    """A folder for one test, open enough for the unprivileged user, and everything that was started in it."""

    base: Path
    template: Path | None = None
    _servers: list[EmbeddedPostgres] = field(default_factory=list)
    _data_dirs: list[Path] = field(default_factory=list)
    _places: dict[Path, Place] = field(default_factory=dict)

    @property
    def system_dir(self) -> Path:
        """Instead of the folder below /var/lib."""
        return self.base / "system"

    def data_dir(self, name: str = "data", *, new: bool = False) -> Path:
        """A data directory; with a cluster in it unless it shall be new."""
        path = self.base / name
        path.mkdir(parents=True)
        self._data_dirs.append(path)
        if not new and self.template is not None:
            place = self.place(path)
            subprocess.run(["cp", "-a", self.template, place.cluster], check=True)
        return path

    def place(self, data_dir: Path) -> Place:
        """Where its files are."""
        self._places[data_dir] = find_place(data_dir, system_dir=self.system_dir)
        return self._places[data_dir]

    def server(self, data_dir: Path, **more: object) -> EmbeddedPostgres:
        """A client in this process."""
        server = EmbeddedPostgres(data_dir, **{"system_dir": self.system_dir, "grace_seconds": GRACE, **more})  # type: ignore[arg-type]
        self._servers.append(server)
        return server

    def client(
        self,
        data_dir: Path,
        *options: str,
        before: tuple[str, ...] = (),
        python: Path = Path(sys.executable),
        **environment: str,
    ) -> Client:
        """A client in a process of its own, possibly run by another program (unshare, setpriv)."""
        command = [*before, str(python), "-m", CLIENT, str(data_dir), "--system-dir", str(self.system_dir), *options]
        packages = find_binaries().bin_dir.parents[2]
        paths = f"{REPOSITORY / 'src'}:{REPOSITORY}:{packages}"
        return Client(command, {**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1", **environment})

    def close(self) -> None:
        """Let go of everything, and wait until every server is gone."""
        for server in self._servers:
            server.close()
        try:
            until(lambda: all(map(self.is_quiet, filter(Path.exists, self._data_dirs))), within=20)
        finally:
            shutil.rmtree(self.base)

    @staticmethod
    def end(pid: int) -> None:
        """End a process that the test started."""
        os.kill(pid, signal.SIGKILL)

    def is_quiet(self, data_dir: Path) -> bool:
        """Whether neither a supervisor nor a process of a server is left."""
        place = self._places.get(data_dir) or self.place(data_dir)
        return all(_is_free(lock) for lock in (place.supervisor_lock, place.server_lock) if lock.exists())

    def postmaster(self, data_dir: Path) -> int:
        """The pid of the server's first process."""
        return int((self.place(data_dir).pgdata / "postmaster.pid").read_text().split("\n")[0])

    def supervisor(self, data_dir: Path) -> int:
        """The pid of its parent."""
        return int(process_status(self.postmaster(data_dir))["PPid"])


def until(condition: Callable[[], bool], *, within: float = 10) -> None:
    """Wait until something that happens in another process has happened; fail when it does not in time."""
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def query(dsn: str, *statements: str) -> object:
    """Run statements on a connection; answer the value of the last."""

    async def run() -> object:
        connection = await asyncpg.connect(dsn, timeout=10)
        try:
            for statement in statements[:-1]:
                await connection.execute(statement)
            return await connection.fetchval(statements[-1])
        finally:
            await connection.close()

    return asyncio.run(run())


def process_status(pid: int) -> dict[str, str]:
    """What the kernel says about a process."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def is_alive(pid: int) -> bool:
    """Whether there is such a process, other than as a zombie."""
    try:
        return not process_status(pid)["State"].startswith("Z")
    except (FileNotFoundError, ProcessLookupError):
        return False


def _is_free(path: Path) -> bool:
    with FileLock(path) as lock:
        return lock.try_exclusive()
