"""The house itself: the files that the specification names, the limits, what the project says of itself."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "scanlane"

NAMED = (
    "routers/email_scanner.py",
    "tasks/email_scraper.py",
    "models/job.py",
    "models/place.py",
    "models/base.py",
    "session/async_session.py",
    "auth/jwt_auth.py",
    "services/sitemap_scheduler.py",
    "services/places/places_deep_service.py",
    "scheduler_instance.py",
)


class TestNames:
    @pytest.mark.parametrize("name", NAMED)
    def test_the_files_that_the_specification_names_exist_and_are_explained(self, name: str) -> None:
        explained = (ROOT / "docs" / "names.md").read_text()

        assert (SOURCE / name).is_file()
        assert f"`{name}`" in explained

    def test_the_specification_calls_its_functions_by_these_names(self) -> None:
        scheduler = (SOURCE / "services" / "sitemap_scheduler.py").read_text()
        deep_scan = (SOURCE / "services" / "places" / "places_deep_service.py").read_text()
        scraper = (SOURCE / "tasks" / "email_scraper.py").read_text()

        assert "async def process_pending_jobs(" in scheduler
        assert "async def process_single_deep_scan(place_id" in deep_scan
        assert "async def scan_website_for_emails(job_id" in scraper


class TestLimits:
    def test_no_file_or_function_is_longer_than_the_house_allows(self) -> None:
        checked = subprocess.run(
            [sys.executable, "scripts/check_sizes.py"], cwd=ROOT, capture_output=True, text=True, check=False
        )

        assert checked.returncode == 0, checked.stdout

    def test_a_function_that_is_too_long_is_found(self, tmp_path: Path) -> None:
        (tmp_path / "src").mkdir()
        long_function = "def f():\n" + "    x = 1\n" * 60
        (tmp_path / "src" / "long.py").write_text(long_function)

        checked = subprocess.run(
            [sys.executable, ROOT / "scripts" / "check_sizes.py"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

        assert checked.returncode == 1
        assert "61 lines" in checked.stdout


class TestRules:
    def test_only_the_poller_knows_apscheduler(self) -> None:
        files = [
            path
            for path in (ROOT / "src").rglob("*.py")
            if re.search(r"^(from|import) apscheduler", path.read_text(), re.M)
        ]

        assert [path.name for path in files] == ["poller.py"]

    def test_nothing_below_main_reads_the_environment(self) -> None:
        allowed = {"settings.py"}
        readers = {
            str(path.relative_to(ROOT))
            for path in (ROOT / "src").rglob("*.py")
            if re.search(r"os\.environ|os\.getenv|getenv\(", path.read_text()) and path.name not in allowed
        }

        handed_on = {
            "src/scanlane/commands/database.py",
            "src/scanlane/session/embedded/launch.py",
        }  # to a child process

        assert readers <= handed_on, readers

    def test_sql_text_is_never_put_together_from_strings(self) -> None:
        pattern = re.compile(r'f"[^"]*\b(select|insert into|update|delete from)\b [^"]*\{', re.I)
        guilty = [str(path) for path in (ROOT / "src").rglob("*.py") if pattern.search(path.read_text())]

        assert not guilty

    def test_lock_files_name_no_host_and_pin_everything_with_hashes(self) -> None:
        for lock in (ROOT / "requirements").glob("*.lock"):
            text = lock.read_text()
            pins = re.findall(r"^[a-z0-9._-]+(?:\[[a-z,]+\])?==\S+.*$", text, re.M)

            assert "://" not in text
            assert pins
            assert all(pin.rstrip().endswith("\\") for pin in pins)
