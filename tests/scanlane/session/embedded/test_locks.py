"""Locks that end with their holder, and are not inherited by accident."""

import os
from pathlib import Path

import pytest

from scanlane.session.embedded.errors import PlaceRefused
from scanlane.session.embedded.locks import FileLock
from tests.scanlane.session.embedded.household import Household, is_alive, until


class TestSharing:
    def test_many_may_share_it_and_none_may_have_it_alone_meanwhile(self, tmp_path: Path):
        with (
            FileLock(tmp_path / "lock") as one,
            FileLock(tmp_path / "lock") as two,
            FileLock(tmp_path / "lock") as all_,
        ):
            assert one.try_shared()
            assert two.try_shared()

            assert not all_.try_exclusive()
            one.close()
            two.release()
            assert all_.try_exclusive()

    def test_a_lent_descriptor_keeps_it(self, tmp_path: Path):
        with FileLock(tmp_path / "lock") as mine, FileLock(tmp_path / "lock") as other:
            mine.try_exclusive()
            lent = mine.lend()

            mine.close()

            assert not other.try_shared()
            os.close(lent)
            assert other.try_shared()

    def test_a_link_is_not_followed(self, tmp_path: Path):
        (tmp_path / "secret").write_text("secret")
        (tmp_path / "lock").hardlink_to(tmp_path / "secret")
        (tmp_path / "soft").symlink_to(tmp_path / "secret")

        with pytest.raises(PlaceRefused):
            FileLock(tmp_path / "lock")
        with pytest.raises(OSError, match="symbolic"):
            FileLock(tmp_path / "soft")


class TestInheritance:
    @pytest.mark.parametrize("way", ["fork", "exec"])
    def test_a_child_of_a_killed_client_does_not_keep_the_server(self, household: Household, way: str):
        data_dir = household.data_dir()
        with household.client(data_dir) as client:
            client.hear()
            client.tell(way)
            child = int(str(client.hear()["child"]))

            client.kill()

            until(lambda: household.is_quiet(data_dir))
        assert is_alive(child)
        Household.end(child)
