"""Which folder holds the database, above all for root."""

import shutil
import tempfile
from pathlib import Path

import pytest

from scanlane.session.embedded.errors import PlaceRefused
from scanlane.session.embedded.homes import find_place
from tests.scanlane.session.embedded.household import Household, process_status, query, until


class TestTheUsualPlace:
    def test_it_is_in_the_data_directory_and_closed_to_others(self, household: Household):
        data_dir = household.base / "new" / "data"

        place = household.place(data_dir)

        assert place.root == data_dir / "postgres"
        assert place.root.stat().st_mode & 0o777 == 0o700

    def test_a_folder_that_others_can_enter_is_refused(self, household: Household):
        data_dir = household.data_dir()
        household.place(data_dir).root.chmod(0o755)

        with pytest.raises(PlaceRefused, match="mode 0700"):
            household.server(data_dir).start()

    def test_a_link_instead_of_the_folder_is_refused(self, household: Household):
        data_dir = household.base / "data"
        data_dir.mkdir()
        (household.base / "elsewhere").mkdir(mode=0o700)
        (data_dir / "postgres").symlink_to(household.base / "elsewhere")

        with pytest.raises(PlaceRefused):
            household.place(data_dir)


@pytest.mark.usefixtures("as_root")
class TestRootWithAPrivateDataDirectory:
    def test_the_database_works_and_no_parent_is_opened(self, household: Household):
        private = household.base / "private"
        private.mkdir(mode=0o700)
        data_dir = household.data_dir("private/data", new=True)
        before = _modes(data_dir)

        info = household.server(data_dir).start()

        assert query(info.dsn, "select 1") == 1
        assert _modes(data_dir) == before
        assert household.place(data_dir).root.parent == household.system_dir / "clusters"

    def test_the_same_data_directory_finds_the_same_place_again(self, household: Household):
        data_dir = household.data_dir(new=True)
        data_dir.chmod(0o700)

        first, second = household.place(data_dir), household.place(data_dir)

        assert first == second
        assert first.root != household.place(_private(household, "another")).root

    def test_a_database_that_cannot_be_reached_any_more_is_named(self, household: Household):
        data_dir = household.data_dir()
        data_dir.chmod(0o700)

        with pytest.raises(PlaceRefused, match="SCANLANE_DATA_DIR"):
            household.place(data_dir)

    def test_without_a_system_folder_that_others_may_pass_it_is_refused(self, household: Household):
        data_dir = _private(household, "data")
        (household.base / "shut").mkdir(mode=0o700)

        with pytest.raises(PlaceRefused, match="SCANLANE_DATA_DIR"):
            find_place(data_dir, system_dir=household.base / "shut" / "system")

        assert (household.base / "shut").stat().st_mode & 0o777 == 0o700

    def test_a_record_that_root_did_not_write_is_not_believed(self, household: Household):
        data_dir = _private(household, "data")
        record = data_dir / "postgres.place"
        record.write_text(f"{household.base}\n")
        shutil.chown(record, "nobody")

        with pytest.raises(PlaceRefused, match="was not written by root"):
            household.place(data_dir)

    def test_the_place_of_a_temporary_directory_that_is_gone_is_cleared_away(self, household: Household):
        with tempfile.TemporaryDirectory(dir="/tmp") as temporary:
            abandoned = household.place(Path(temporary)).root
        kept = household.place(_private(household, "kept")).root
        shutil.rmtree(household.base / "kept")

        household.place(_private(household, "next"))

        assert not abandoned.exists()
        assert kept.exists() == (not str(household.base).startswith("/tmp"))

    def test_a_place_in_use_is_not_cleared_away(self, household: Household):
        temporary = Path(tempfile.mkdtemp(dir="/tmp"))
        server = household.server(temporary)
        info = server.start()
        place = household.place(temporary)
        shutil.rmtree(temporary)

        household.place(_private(household, "next"))

        assert place.root.exists()
        assert query(info.dsn, "select 1") == 1
        server._leave()
        until(lambda: not info.host.joinpath(".s.PGSQL.5432").exists())


@pytest.mark.usefixtures("as_root")
class TestRootInAnyCase:
    def test_the_server_has_neither_root_nor_any_of_root_s_groups(self, household: Household):
        data_dir = household.data_dir()
        with household.client(data_dir, before=("setpriv", "--groups", "0,4,27")) as client:
            client.hear()

            shown = [process_status(pid) for pid in (household.postmaster(data_dir), household.supervisor(data_dir))]

        account = household.place(data_dir).account
        for status in shown:
            assert set(status["Uid"].split()) == {str(account.uid)}
            assert set(status["Gid"].split()) == {str(account.gid)}
            assert status["Groups"] == ""
            assert int(status["CapEff"], 16) == 0

    def test_a_named_account_is_taken(self, household: Household):
        place = find_place(household.data_dir(new=True), account_name="nobody")

        assert place.root.stat().st_uid == place.account.uid != 0


def _private(household: Household, name: str) -> Path:
    folder = household.base / name
    folder.mkdir(mode=0o700)
    return folder


def _modes(folder: Path) -> list[tuple[int, int]]:
    return [(path.stat().st_mode, path.stat().st_uid) for path in (folder, *folder.parents)]
