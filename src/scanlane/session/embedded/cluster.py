"""The data files: made complete or not at all, and checked before a server may touch them."""

import locale
import os
import shutil
import signal
import subprocess
from pathlib import Path

from scanlane.session.embedded.binaries import Binaries
from scanlane.session.embedded.errors import DidNotStart, PlaceRefused, WrongMajorVersion
from scanlane.session.embedded.launch import clean_environment, dies_with_its_parent
from scanlane.session.embedded.place import APP_ROLE, DATABASE, SUPERUSER, Place

BUILTIN_LOCALE_SINCE = 17
LONGEST_COMPLAINT = 500
ROLE_AND_DATABASE = """\
create role {role} login nosuperuser nocreatedb nocreaterole noreplication password '{password}';
create database {database} owner {role};
"""


def ensure_cluster(place: Place, binaries: Binaries, *, held: int) -> None:
    """Make the cluster when there is none, and check that these programs fit it. `held`: the server lock.

    Raises WrongMajorVersion, PlaceRefused or DidNotStart.
    """
    for leftover in place.root.glob("cluster.new-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    if not place.cluster.exists():
        _refuse_beside_older_data(place)
        _make(place, binaries, held)
    written_by = (place.pgdata / "PG_VERSION").read_text(encoding="utf-8").strip()
    if written_by != str(binaries.version.major):
        raise WrongMajorVersion(
            f"the data in {place.pgdata} were written by PostgreSQL {written_by}, and the programs in "
            f"{binaries.bin_dir} are PostgreSQL {binaries.version.major}; set SCANLANE_POSTGRES_BIN to a "
            f"PostgreSQL {written_by}, or dump with that one and load into a new data directory"
        )


def _refuse_beside_older_data(place: Place) -> None:
    """An empty database beside data that somebody moved aside would look like the loss of everything."""
    aside = sorted(place.root.glob("cluster.old*"))
    if aside:
        raise PlaceRefused(f"{aside[0]} holds data and {place.cluster} is missing; rename it back")


def _make(place: Place, binaries: Binaries, held: int) -> None:
    fresh = place.root / f"cluster.new-{os.urandom(6).hex()}"
    pgdata = fresh / "pgdata"
    fresh.mkdir(mode=0o700)
    secrets = {role: os.urandom(24).hex() for role in (SUPERUSER, APP_ROLE)}
    for role, secret in secrets.items():
        _write_secret(fresh / ("app.password" if role == APP_ROLE else "superuser.password"), secret)
    _run(_initdb(binaries, pgdata, fresh / "superuser.password"), held)
    statements = ROLE_AND_DATABASE.format(role=APP_ROLE, database=DATABASE, password=secrets[APP_ROLE])
    _run(_single_user(binaries, pgdata), held, statements)
    _run([str(binaries.initdb), "--sync-only", "--pgdata", str(pgdata)], held)
    _sync_folder(fresh)
    fresh.rename(place.cluster)
    _sync_folder(place.root)


def _initdb(binaries: Binaries, pgdata: Path, password_file: Path) -> list[str]:
    return [
        *(
            str(binaries.initdb),
            "--pgdata",
            str(pgdata),
            "--username",
            SUPERUSER,
            "--encoding=UTF8",
            *_locale(binaries),
        ),
        *("--auth=scram-sha-256", f"--pwfile={password_file}", "--data-checksums", "--no-sync", "--no-instructions"),
    ]


def _locale(binaries: Binaries) -> list[str]:
    """Letters of all languages in code point order: the server's own tables, or else the system's where it has them."""
    if binaries.version.major >= BUILTIN_LOCALE_SINCE:
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        return ["--locale=C"]
    return ["--locale=C.UTF-8"]


def _single_user(binaries: Binaries, pgdata: Path) -> list[str]:
    quick = ["-F", "-c", "exit_on_error=on", "-c", "log_checkpoints=off"]
    return [str(binaries.postgres), "--single", *quick, "-D", str(pgdata), SUPERUSER]


def _run(command: list[str], held: int, given: str = "") -> None:
    """Run a program to its end; it holds the server lock as long as it or a child of it lives."""
    done = subprocess.run(  # noqa: S603 - an argument list, no shell
        command,
        input=given,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        env=clean_environment(),
        pass_fds=(held,),
        preexec_fn=dies_with_its_parent(signal.SIGKILL),
        check=False,
    )
    if done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip())[-LONGEST_COMPLAINT:]
        raise DidNotStart(f"{Path(command[0]).name} ended with status {done.returncode}: {said}")


def _write_secret(path: Path, secret: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(secret + "\n")
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
