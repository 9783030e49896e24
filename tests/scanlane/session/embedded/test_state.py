"""The supervisor's notes."""

from pathlib import Path

import pytest

from scanlane.session.embedded.state import SIZE, Notes, Status, read_notes, write_notes


class TestNotes:
    def test_they_read_back(self, tmp_path: Path):
        notes = Notes(status=Status.FAILED, attempt="1", version="18.6", socket_dir="/a b", reason="ended", error="E")

        write_notes(tmp_path / "state.json", notes)

        assert read_notes(tmp_path / "state.json") == notes

    def test_the_file_never_grows_so_that_a_full_disk_does_not_matter(self, tmp_path: Path):
        for reason in ("", "long " * 1000, "short", "ü\n" * 1000, "\U0001f600" * 1000):
            notes = Notes(status=Status.FAILED, attempt="1", version="18.6", socket_dir="/a", reason=reason)
            write_notes(tmp_path / "state.json", notes)

            assert (tmp_path / "state.json").stat().st_size == SIZE
            assert read_notes(tmp_path / "state.json") is not None

    @pytest.mark.parametrize("content", ["", "{", "[]", '{"status": "unheard"}', '{"status": "running"}'])
    def test_what_cannot_be_read_counts_as_no_notes(self, tmp_path: Path, content: str):
        (tmp_path / "state.json").write_text(content)

        assert read_notes(tmp_path / "state.json") is None
