"""The folder of the socket, when the path is long and when somebody was there before."""

import hashlib
import os
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from scanlane.session.embedded.sockets import LONGEST_SOCKET_PATH, make_socket_dir
from tests.scanlane.session.embedded.household import Household, query

LONG = "very-" * 25 + "long"


class TestALongPath:
    def test_the_socket_goes_to_a_private_folder_with_a_short_path(self, household: Household):
        server = household.server(household.data_dir(LONG))

        info = server.start()

        assert query(info.dsn, "select 1") == 1
        assert len(str(info.host / ".s.PGSQL.5432")) <= LONGEST_SOCKET_PATH
        assert info.host.stat().st_mode & 0o777 == 0o700
        shutil.rmtree(info.host, ignore_errors=True)

    def test_another_user_cannot_reach_it(self, household: Household, as_root: None, system_python: Path):
        info = household.server(household.data_dir(LONG)).start()
        attempt = f"import socket; socket.socket(socket.AF_UNIX).connect({str(info.host)!r} + '/.s.PGSQL.5432')"

        done = subprocess.run(
            [system_python, "-c", attempt], user="nobody", group="nogroup", capture_output=True, text=True, check=False
        )

        assert "PermissionError" in done.stderr
        shutil.rmtree(info.host, ignore_errors=True)

    @pytest.mark.parametrize("name", ["with,comma", "with:colon", "wïth-umlaut"])
    def test_a_path_that_drivers_would_misread_is_avoided_too(self, household: Household, name: str):
        info = household.server(household.data_dir(name)).start()

        assert query(info.dsn, "select 1") == 1
        assert info.host.parent in (Path("/tmp"), Path(f"/run/user/{info.host.stat().st_uid}"))
        shutil.rmtree(info.host, ignore_errors=True)


class TestASquattedFolder:
    def test_a_folder_that_is_open_or_somebody_else_s_is_not_used(self, household: Household):
        place = household.place(household.data_dir(LONG, new=True))
        key = hashlib.sha256(os.fsencode(place.root)).hexdigest()[:16]
        squatted = Path(f"/tmp/scanlane-{place.account.uid}-{key}")
        squatted.mkdir(mode=0o777)
        squatted.chmod(0o777)
        try:
            with pytest.raises(Exception, match="choose a shorter one"):
                make_socket_dir(place)
        finally:
            squatted.rmdir()

    def test_the_limit_is_one_the_operating_system_keeps(self, tmp_path: Path):
        path = "/tmp/" + "x" * (LONGEST_SOCKET_PATH - len("/tmp/"))
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(path)
        os.unlink(path)
