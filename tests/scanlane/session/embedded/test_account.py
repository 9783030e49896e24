"""Who may run the server, and what it needs of the machine."""

import os
import pwd
import subprocess
from pathlib import Path

import pytest

from scanlane.session.embedded import find_binaries
from tests.scanlane.session.embedded.household import CLIENT, REPOSITORY, Client, Household

pytestmark = pytest.mark.usefixtures("as_root")

NOT_IN_THE_USER_DATABASE = 54321


class TestOtherUsers:
    def test_two_users_of_one_machine_do_not_get_in_each_other_s_way(self, household: Household, system_python: Path):
        clients = [_client_of(household, system_python, name) for name in ("postgres", "nobody")]

        heard = [client.hear() for client in clients]

        assert all("url" in said for said in heard)
        assert heard[0]["url"] != heard[1]["url"]
        for client in clients:
            client.__exit__()

    def test_a_user_id_without_an_entry_in_the_user_database_is_told_so(
        self, household: Household, system_python: Path
    ):
        data_dir = household.base / "data"
        data_dir.mkdir()
        os.chown(data_dir, NOT_IN_THE_USER_DATABASE, NOT_IN_THE_USER_DATABASE)
        with household.client(data_dir, "--uid", str(NOT_IN_THE_USER_DATABASE), python=system_python) as client:
            said = client.hear()

        assert said["error"] == "CannotRunAsThisUser"
        assert f"user id {NOT_IN_THE_USER_DATABASE} has no entry" in str(said["message"])

    def test_another_user_s_data_directory_is_refused(self, household: Household, system_python: Path):
        data_dir = household.data_dir()
        with household.client(data_dir, "--uid", str(pwd.getpwnam("nobody").pw_uid), python=system_python) as client:
            said = client.hear()

        assert said["error"] == "PlaceRefused"
        assert "SCANLANE_DATA_DIR" in str(said["message"])


class TestAPoorMachine:
    def test_root_without_any_capability_is_told_to_run_as_a_normal_user(self, household: Household):
        without = ("setpriv", "--bounding-set=-all", "--inh-caps=-all", "--ambient-caps=-all")
        data_dir = household.data_dir(new=True)

        with household.client(data_dir, before=without) as client:
            said = client.hear()

        assert "run as a normal user" in str(said["message"])

    def test_root_without_any_capability_is_told_so_beside_existing_data_too(self, household: Household):
        without = ("setpriv", "--bounding-set=-all", "--inh-caps=-all", "--ambient-caps=-all")

        with household.client(household.data_dir(), before=without) as client:
            said = client.hear()

        assert "run as a normal user" in str(said["message"])

    def test_programs_such_as_useradd_are_not_needed(self, household: Household):
        with household.client(household.data_dir(new=True), PATH="/nonexistent") as client:
            said = client.hear()

        assert "url" in said

    def test_a_read_only_folder_of_programs_is_enough(self, household: Household):
        package = find_binaries().bin_dir.parents[1]
        if subprocess.run(["unshare", "-m", "true"], check=False).returncode:
            pytest.skip("needs mount namespaces")
        data_dir = household.data_dir(new=True)
        script = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && ! touch "$0/x" 2>/dev/null && exec "$@"'

        with household.client(data_dir, before=("unshare", "-m", "sh", "-c", script, str(package))) as client:
            said = client.hear()

        assert "url" in said


def _client_of(household: Household, python: Path, name: str) -> Client:
    entry = pwd.getpwnam(name)
    data_dir = household.base / name
    data_dir.mkdir()
    os.chown(data_dir, entry.pw_uid, entry.pw_gid)
    assert (REPOSITORY / CLIENT.replace(".", "/")).with_suffix(".py").exists()
    return household.client(data_dir, "--uid", str(entry.pw_uid), python=python)
