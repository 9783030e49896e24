"""When the server stops, and when it comes back."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import asyncpg

from scanlane.session.embedded.locks import FileLock
from scanlane.session.embedded.state import Status
from tests.scanlane.session.embedded.household import REPOSITORY, Household, is_alive, process_status, query, until


class TestTheLastClient:
    def test_a_client_killed_with_signal_9_takes_the_server_along_after_the_grace_period(self, household: Household):
        data_dir = household.data_dir()
        with household.client(data_dir) as client:
            client.hear()
            postmaster = household.postmaster(data_dir)

            client.kill()

            until(lambda: household.is_quiet(data_dir))
        assert not is_alive(postmaster)
        assert household.server(data_dir).state().status is Status.STOPPED

    def test_a_web_server_ended_by_sigterm_leaves_no_database_server_behind(self, household: Household):
        data_dir = household.data_dir()
        program = textwrap.dedent(
            f"""
            from pathlib import Path
            import uvicorn
            from scanlane.session.embedded import EmbeddedPostgres
            EmbeddedPostgres(Path({str(data_dir)!r}), system_dir=Path({str(household.system_dir)!r})).start()
            async def app(scope, receive, send): ...
            uvicorn.run(app, port=0, lifespan="off", log_level="info")
            """
        )
        with subprocess.Popen([sys.executable, "-c", program], cwd=REPOSITORY, stderr=subprocess.PIPE) as web:
            assert web.stderr is not None
            until(lambda: b"running on" in web.stderr.readline(), within=20)
            postmaster = household.postmaster(data_dir)

            web.terminate()

            until(lambda: not is_alive(postmaster))
        assert web.returncode == -signal.SIGTERM

    def test_the_server_stays_while_another_client_is_there(self, household: Household):
        data_dir = household.data_dir()
        server = household.server(data_dir)
        info = server.start()
        with household.client(data_dir) as client:
            client.hear()

            client.kill()

        other = household.server(household.data_dir("other"))
        other.start()
        other.close()
        until(lambda: household.is_quiet(household.base / "other"))  # a whole grace period has passed
        assert query(info.dsn, "select 1") == 1

    def test_a_client_that_comes_while_the_server_stops_gets_a_new_one(self, household: Household):
        data_dir = household.data_dir()
        first = household.server(data_dir, grace_seconds=0.0)
        for _ in range(5):
            first.start()
            first.close()

            info = household.server(data_dir, grace_seconds=0.0).start()

            assert query(info.dsn, "select 1") == 1
            for server in household._servers:
                server.close()

    def test_nobody_becomes_a_client_of_a_server_that_is_being_stopped(self, household: Household):
        data_dir = household.data_dir()
        server = household.server(data_dir)
        server.start()
        until(lambda: server.state().status is Status.RUNNING)
        postmaster = household.postmaster(data_dir)
        os.kill(postmaster, signal.SIGSTOP)
        server.close()

        until(lambda: server.state().status is Status.STOPPING)

        with FileLock(household.place(data_dir).clients_lock) as lock:
            assert not lock.try_shared()
        os.kill(postmaster, signal.SIGCONT)

    def test_a_stopped_client_holds_up_neither_its_own_nor_other_data_directories(self, household: Household):
        data_dir = household.data_dir()
        with household.client(data_dir) as client:
            client.hear()

            os.kill(client.process.pid, signal.SIGSTOP)

            assert household.server(data_dir).start()
            assert household.server(household.data_dir("other")).start()

    def test_ctrl_c_in_the_terminal_of_the_client_does_not_reach_the_server(self, household: Household):
        data_dir = household.data_dir()
        server = household.server(data_dir)
        with household.client(data_dir) as client:
            client.hear()
            postmaster, mine = household.postmaster(data_dir), server.start()

            os.killpg(client.process.pid, signal.SIGINT)

            client.process.wait(10)
        assert query(mine.dsn, "select 1") == 1
        assert household.postmaster(data_dir) == postmaster


class TestLoss:
    def test_a_server_whose_data_were_deleted_goes_although_it_has_clients(self, household: Household):
        data_dir = household.data_dir()
        server = household.server(data_dir)
        server.start()
        postmaster = household.postmaster(data_dir)

        shutil.rmtree(data_dir, ignore_errors=True)  # the server may be adding a file at this moment

        until(lambda: not is_alive(postmaster), within=20)

    def test_a_killed_server_is_started_again_while_there_are_clients(self, household: Household):
        data_dir = household.data_dir()
        server = household.server(data_dir)
        info = server.start()
        query(info.dsn, "create table t as select 7 as i", "select 1")
        killed = household.postmaster(data_dir)

        os.kill(killed, signal.SIGKILL)

        until(lambda: server.ping() and household.postmaster(data_dir) != killed)
        assert query(info.dsn, "select i from t") == 7

    def test_start_brings_a_killed_server_back(self, household: Household):
        data_dir = household.data_dir()
        server = household.server(data_dir)
        server.start()
        os.kill(household.postmaster(data_dir), signal.SIGKILL)
        until(lambda: not server.ping())

        info = server.start()

        assert query(info.dsn, "select 1") == 1

    def test_a_killed_supervisor_takes_the_server_along_and_start_brings_both_back(self, household: Household):
        data_dir = household.data_dir()
        server = household.server(data_dir)
        server.start()
        postmaster = household.postmaster(data_dir)

        os.kill(household.supervisor(data_dir), signal.SIGKILL)

        until(lambda: not is_alive(postmaster))
        assert query(server.start().dsn, "select 1") == 1

    def test_a_supervisor_asked_to_stop_shuts_the_server_down_in_good_order(self, household: Household):
        data_dir = household.data_dir()
        server = household.server(data_dir)
        server.start()

        os.kill(household.supervisor(data_dir), signal.SIGTERM)

        until(lambda: household.is_quiet(data_dir))
        assert server.state().reason == "asked to stop"
        assert not (household.place(data_dir).pgdata / "postmaster.pid").exists()


class TestRecovery:
    async def test_a_recovery_that_takes_long_is_waited_for_and_reported(self, household: Household):
        data_dir = household.data_dir()
        place = household.place(data_dir)
        goes_on = household.base / "goes-on"
        _recover_until(place.pgdata, goes_on)
        said: list[str] = []
        server = household.server(data_dir, report=said.append)

        starting = asyncio.create_task(asyncio.to_thread(server.start))
        await asyncio.to_thread(until, lambda: bool(said))
        goes_on.touch()
        info = await starting

        assert said == ["the embedded database is starting, or recovering after a crash"]
        connection = await asyncpg.connect(info.dsn)
        assert await connection.fetchval("select pg_is_in_recovery()") is False
        await connection.close()

    def test_a_client_that_gives_up_does_not_interrupt_a_recovery(self, household: Household):
        data_dir = household.data_dir()
        place = household.place(data_dir)
        goes_on = household.base / "goes-on"
        _recover_until(place.pgdata, goes_on)
        with household.client(data_dir, "--timeout", "1") as impatient:
            said = impatient.hear()
            impatient.kill()
        postmaster = household.postmaster(data_dir)

        goes_on.touch()

        info = household.server(data_dir).start()
        assert said["error"] == "NotReadyInTime"
        assert household.postmaster(data_dir) == postmaster
        assert query(info.dsn, "select 1") == 1


class TestWhatTheServerIs:
    def test_it_listens_on_no_network_and_its_socket_is_private(self, household: Household):
        data_dir = household.data_dir()
        info = household.server(data_dir).start()

        shown = [
            query(info.dsn, f"show {name}") for name in ("listen_addresses", "unix_socket_permissions", "is_superuser")
        ]

        assert shown == ["", "0700", "off"]
        assert info.host.stat().st_mode & 0o777 == 0o700

    def test_commits_are_durable(self, household: Household):
        info = household.server(household.data_dir()).start()

        names = ("fsync", "synchronous_commit", "full_page_writes", "data_checksums")

        assert [query(info.dsn, f"show {name}") for name in names] == ["on"] * 4

    def test_it_is_the_child_of_a_supervisor_that_belongs_to_no_terminal(self, household: Household):
        data_dir = household.data_dir()
        household.server(data_dir).start()

        supervisor = household.supervisor(data_dir)

        assert os.getsid(supervisor) != os.getsid(0)
        assert process_status(supervisor)["PPid"] != str(os.getpid())


def _recover_until(pgdata: Path, goes_on: Path) -> None:
    """Make the next start recover from an archive that lets it wait for as long as the file is missing."""
    (pgdata / "recovery.signal").touch()
    with (pgdata / "postgresql.auto.conf").open("a") as settings:
        settings.write(f"restore_command = 'until test -e {goes_on}; do sleep 0.05; done; false'\nhot_standby = off\n")
