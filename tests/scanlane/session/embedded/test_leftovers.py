"""What crashes leave behind does not keep the next start from its work, and harms nobody."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scanlane.session.embedded import find_binaries
from scanlane.session.embedded.errors import DidNotStart
from scanlane.session.embedded.leftovers import take_server_lock
from scanlane.session.embedded.locks import FileLock
from scanlane.session.embedded.place import Place
from scanlane.session.embedded.protocol import Answer, ask
from tests.scanlane.session.embedded.household import Household, query, until


@pytest.fixture
def innocent(household: Household) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that has nothing to do with PostgreSQL, of the same user."""
    account = household.place(household.data_dir("whoever")).account
    with subprocess.Popen(["sleep", "600"], user=account.uid, group=account.gid) as process:
        yield process
        process.kill()


class TestThePidFile:
    @pytest.mark.parametrize("content", ["", "12", "no number\n", "\0\0\0\0", "99999999\n/nowhere\n"])
    def test_an_empty_cut_or_stale_one_is_cleared_away(self, household: Household, content: str):
        data_dir = household.data_dir()
        (household.place(data_dir).pgdata / "postmaster.pid").write_text(content)

        info = household.server(data_dir).start()

        assert query(info.dsn, "select 1") == 1

    def test_a_pid_that_another_process_has_by_now_is_cleared_away_and_the_process_lives(
        self, household: Household, innocent: "subprocess.Popen[bytes]"
    ):
        data_dir = household.data_dir()
        server = household.server(data_dir)
        _leave_locks_behind(household, data_dir, server.start().host, pid=innocent.pid)

        info = server.start()
        server.close()

        until(lambda: household.is_quiet(data_dir))
        assert info
        assert innocent.poll() is None

    def test_the_pid_of_an_ancestor_is_cleared_away(self, household: Household):
        data_dir = household.data_dir()
        server = household.server(data_dir)
        _leave_locks_behind(household, data_dir, server.start().host, pid=1)

        assert query(server.start().dsn, "select 1") == 1

    def test_a_server_that_somebody_started_by_hand_is_left_alone_and_named(self, household: Household):
        data_dir = household.data_dir()
        place = household.place(data_dir)
        with _server_by_hand(place) as by_hand:
            with pytest.raises(DidNotStart, match=f"process {by_hand.pid} is another PostgreSQL server"):
                household.server(data_dir).start()

            assert by_hand.poll() is None


class TestAnOrphan:
    def test_a_server_that_outlived_its_supervisor_is_stopped_in_good_order(self, household: Household):
        place = household.place(household.data_dir())
        with FileLock(place.server_lock, owner=place.account.uid) as first:
            assert first.try_exclusive()
            lent = first.lend()
        with _server_by_hand(place, lent) as orphan, FileLock(place.server_lock) as second:
            os.close(lent)
            assert not second.try_exclusive()

            take_server_lock(second, [place.run, place.root], seconds=10)

            assert orphan.wait(10) == 0


def _leave_locks_behind(household: Household, data_dir: Path, socket_dir: Path, *, pid: int) -> None:
    """Kill the server, and put that pid into the lock files that it left."""
    pid_file = household.place(data_dir).pgdata / "postmaster.pid"
    socket_lock = socket_dir / ".s.PGSQL.5432.lock"
    before = pid_file.read_text(), socket_lock.read_text()
    killed = before[0].split("\n")[0]
    os.kill(household.supervisor(data_dir), signal.SIGKILL)
    until(lambda: household.is_quiet(data_dir))
    for path, text in zip((pid_file, socket_lock), before, strict=True):
        path.write_text(text.replace(killed, str(pid), 1))
        shutil.chown(path, household.place(data_dir).account.uid)


@contextmanager
def _server_by_hand(place: Place, *held: int) -> Iterator["subprocess.Popen[bytes]"]:
    """A server without a supervisor, that answers in the folder of the place."""
    server = subprocess.Popen(
        [find_binaries().postgres, "-D", place.pgdata, "-k", place.root, "-c", "listen_addresses="],
        user=place.account.uid,
        group=place.account.gid,
        extra_groups=[] if os.geteuid() == 0 else None,
        pass_fds=held,
        stderr=subprocess.DEVNULL,
    )
    try:
        until(lambda: ask(place.root, user="app", database="scanlane") is Answer.ALIVE)
        yield server
    finally:
        server.send_signal(signal.SIGQUIT)
        server.wait(10)
