"""Containers: the client is process 1, and pids begin anew with each run."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.scanlane.session.embedded.household import Client, Household, process_status, query, until

CONTAINER = ("unshare", "--pid", "--fork", "--mount-proc", "--kill-child")


@pytest.fixture(autouse=True)
def container(as_root: None) -> None:
    """Process namespaces have to be allowed."""
    if subprocess.run([*CONTAINER, "true"], check=False, capture_output=True).returncode:
        pytest.skip("needs process namespaces")


class TestAContainer:
    def test_killed_and_started_again_with_the_same_pids_it_comes_up_each_time(self, household: Household):
        data_dir = household.data_dir()
        for _ in range(3):
            with household.client(data_dir, before=CONTAINER) as client:
                said = client.hear()
                in_the_way = household.postmaster(data_dir)

                _kill_process_1(client)

            assert said["pid"] == 1
            assert (household.place(data_dir).pgdata / "postmaster.pid").exists()
            assert in_the_way < 100
            until(lambda: household.is_quiet(data_dir))

        assert household.server(data_dir).start()

    def test_what_was_committed_survives_a_process_1_that_ends_on_sigterm(self, household: Household):
        data_dir = household.data_dir()
        with household.client(data_dir, "--tidy", before=CONTAINER) as client:
            client.hear()
            query(_dsn(household, data_dir), "create table t as select 7 as i", "select 1")

            os.kill(_process_1(client), signal.SIGTERM)

            client.process.wait(10)
        assert query(household.server(data_dir).start().dsn, "select i from t") == 7

    def test_a_server_killed_below_process_1_is_not_mistaken_for_a_living_one(self, household: Household):
        data_dir = household.data_dir()
        with household.client(data_dir, before=CONTAINER) as client:
            client.hear()
            postmaster = _outside(household.postmaster(data_dir), client)
            supervisor = int(process_status(postmaster)["PPid"])

            os.kill(supervisor, signal.SIGKILL)
            os.kill(postmaster, signal.SIGKILL)

            client.tell("ping")
            assert client.hear() == {"alive": False}
            client.tell("start")
            assert "url" in client.hear()
            client.tell("ping")
            assert client.hear() == {"alive": True}


def _dsn(household: Household, data_dir: Path) -> str:
    return household.server(data_dir).start().dsn


def _process_1(client: Client) -> int:
    """unshare's child, seen from outside."""
    pid = client.process.pid
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])


def _kill_process_1(client: Client) -> None:
    os.kill(_process_1(client), signal.SIGKILL)
    client.process.wait(10)


def _outside(inside: int, client: Client) -> int:
    """The pid of a process in the container, seen from outside."""
    namespace = os.readlink(f"/proc/{_process_1(client)}/ns/pid")
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            pids = next(line.split()[1:] for line in status.read_text().splitlines() if line.startswith("NSpid:"))
            if int(pids[-1]) == inside and os.readlink(status.parent / "ns" / "pid") == namespace:
                return int(status.parent.name)
        except (OSError, StopIteration):
            continue
    raise AssertionError(f"no process {inside} in the container")
