"""The data files: complete or absent, and never opened by programs that do not fit them."""

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import asyncpg
import pytest

from scanlane.session.embedded import find_binaries
from scanlane.session.embedded.binaries import examine
from scanlane.session.embedded.errors import NotReadyInTime, PlaceRefused, PostgresTooOld, WrongMajorVersion
from scanlane.session.embedded.state import Status
from tests.scanlane.session.embedded.household import Client, Household, query, until


class TestTheFirstStart:
    @pytest.mark.parametrize("seconds", [0.02, 0.2, 0.4, 0.6])
    def test_killed_in_the_middle_it_begins_anew(self, household: Household, seconds: float):
        data_dir = household.data_dir(new=True)
        with household.client(data_dir) as client:
            place = household.place(data_dir)
            until(lambda: any(place.root.glob("cluster.new-*")))
            moment = time.monotonic() + seconds
            until(lambda: time.monotonic() > moment or place.cluster.exists())

            _kill_everything(client, place.root)

        info = household.server(data_dir).start()
        assert query(info.dsn, "create table t (i int)", "select current_user::text") == "app"
        assert not list(place.root.glob("cluster.new-*"))

    def test_a_locale_that_is_not_installed_does_not_matter(self, household: Household):
        data_dir = household.data_dir(new=True)
        with household.client(data_dir, LANG="xx_XX.UTF-8", LC_ALL="xx_XX.UTF-8", LC_COLLATE="nonsense") as client:
            said = client.hear()

        assert "url" in said
        assert query(household.server(data_dir).start().dsn, "select upper('é')") == "É"

    def test_variables_of_another_postgresql_do_not_matter(self, household: Household):
        data_dir = household.data_dir(new=True)
        wrong = {"PGDATA": "/nowhere", "PGHOST": "db.example", "PGPORT": "1", "PGOPTIONS": "-c nonsense=1"}
        with household.client(data_dir, **wrong) as client:
            said = client.hear()
            seen = Path(f"/proc/{household.postmaster(data_dir)}/environ").read_text()

        assert "url" in said
        assert not [name for name in wrong if f"{name}=" in seen]

    def test_the_passwords_are_closed_to_others_and_differ(self, household: Household):
        data_dir = household.data_dir(new=True)
        info = household.server(data_dir).start()

        secrets = [household.place(data_dir).cluster / f"{name}.password" for name in ("app", "superuser")]

        assert [path.stat().st_mode & 0o777 for path in secrets] == [0o600, 0o600]
        assert secrets[0].read_text().strip() == info.password != secrets[1].read_text().strip()

    def test_a_wrong_password_is_refused(self, household: Household):
        info = household.server(household.data_dir()).start()

        with pytest.raises(Exception, match="password authentication failed"):
            query(info.dsn.replace(info.password, "guessed"), "select 1")

    def test_the_application_can_neither_run_programs_nor_make_roles(self, household: Household):
        info = household.server(household.data_dir()).start()

        for statement in ("copy (select 1) to program 'true'", "create role other", "create database other"):
            with pytest.raises(Exception, match="permission denied"):
                query(info.dsn, statement, "select 1")


class TestVersions:
    def test_data_of_another_major_version_are_refused_naming_both(self, household: Household):
        data_dir = household.data_dir()
        pgdata = household.place(data_dir).pgdata
        (pgdata / "PG_VERSION").write_text("16\n")
        mine = str(find_binaries().version.major)
        server = household.server(data_dir)

        with pytest.raises(WrongMajorVersion, match=f"written by PostgreSQL 16,.* are PostgreSQL {mine};"):
            server.start()

        assert server.state().status is Status.REFUSED
        assert (pgdata / "base").exists()

    def test_a_distribution_s_older_server_keeps_a_cluster_of_its_own_version(self, household: Household):
        older = _another_major()
        data_dir = household.data_dir(new=True)

        with household.server(data_dir, binaries=examine(older)) as server:
            assert query(server.start().dsn, "select upper('é')::text") == "É"
            until(lambda: server.state().status is Status.RUNNING)

        until(lambda: household.is_quiet(data_dir))
        with pytest.raises(WrongMajorVersion):
            household.server(data_dir, binaries=find_binaries()).start()

    def test_no_empty_database_is_made_beside_data_that_were_moved_aside(self, household: Household):
        data_dir = household.data_dir()
        cluster = household.place(data_dir).cluster
        cluster.rename(cluster.with_name("cluster.old"))

        with pytest.raises(PlaceRefused, match=r"cluster\.old holds data"):
            household.server(data_dir).start()

        assert not cluster.exists()


class TestAFullDisk:
    def test_the_server_goes_and_start_brings_it_back_with_everything_that_was_acknowledged(
        self, household: Household, as_root: None
    ):
        data_dir = household.base / "small"
        data_dir.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=120m,mode=0755", "tmpfs", data_dir], check=True)
        try:
            _fill_and_come_back(household, data_dir)
        finally:
            until(lambda: household.is_quiet(data_dir))
            subprocess.run(["umount", data_dir], check=True)


def _fill_and_come_back(household: Household, data_dir: Path) -> None:
    place = household.place(data_dir)
    subprocess.run(["cp", "-a", f"{household.template}/.", place.cluster], check=True)
    with household.server(data_dir) as server:
        info = server.start()
        query(info.dsn, "create table t (i int)", "insert into t values (1)", "select 1")
        acknowledged = 1
        filler = data_dir / "filler"
        _fill(filler)

        while server.state().status is not Status.FAILED:
            acknowledged += _insert_until_it_fails(info.dsn)
        reason = server.state().reason
        with pytest.raises(NotReadyInTime, match="the server ended with status"):
            server.start(timeout=1)
        filler.unlink()

        again = server.start()
        assert "the server ended with status" in reason
        assert query(again.dsn, "select sum(i) from t") >= acknowledged


def _insert_until_it_fails(dsn: str) -> int:
    """Commit rows and write-ahead log until the server is gone; answer how many commits were acknowledged."""
    done = 0
    with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        while True:
            query(dsn, "insert into t values (1)", "select 1")
            done += 1
            query(dsn, "select length(pg_logical_emit_message(false, 'fills', repeat('x', 4000000))::text)")
    return done


def _fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"\0" * 65536)


def _kill_everything(client: Client, root: Path) -> None:
    """The client, and whatever works for this place."""
    client.kill()
    shown = subprocess.run(["ps", "-eo", "pid=,args="], capture_output=True, text=True, check=True).stdout
    for line in shown.splitlines():
        pid, _, arguments = line.strip().partition(" ")
        if f"--root {root} " in arguments:
            os.kill(int(pid), signal.SIGKILL)


def _another_major() -> Path:
    """A PostgreSQL of another major version that the distribution installed."""
    mine = find_binaries().version.major
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin")):
        try:
            if examine(folder).version.major != mine:
                return folder
        except PostgresTooOld:
            continue
    return pytest.skip("needs a PostgreSQL of another major version in /usr/lib/postgresql")
