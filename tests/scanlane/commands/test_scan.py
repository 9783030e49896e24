"""`scanlane scan` and `scanlane jobs`, as a person runs them."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from scanlane.demo.server import DemoSite, serve_demo
from tests.conftest import Database
from tests.scanlane.processes import documents, environment, one_row, pages_saved, running, scanlane, until


@pytest.fixture
def env(database: Database, tmp_path: Path) -> dict[str, str]:
    """The environment of a person with a database of her own."""
    return environment(tmp_path, SCANLANE_DATABASE_URL=database.url)


@pytest.fixture
async def demo() -> AsyncIterator[DemoSite]:
    """The sample website."""
    async with serve_demo() as site:
        yield site


class TestScan:
    async def test_the_demo_prints_a_table_with_type_score_and_page(self, env: dict[str, str]) -> None:
        status, out, err = await scanlane("scan", "demo", env=env)

        assert status == 0, err
        for word in ("info@harbour-bakery.example", "Type", "Score", "Found on", "http://127.0.0.1:"):
            assert word in out

    async def test_json_is_one_document_per_site_and_nothing_else(self, env: dict[str, str], demo: DemoSite) -> None:
        status, out, _ = await scanlane("scan", demo.url, "--json", "--allow-network", "127.0.0.0/8", env=env)

        (document,) = documents(out)
        assert status == 0
        assert document.keys() >= {
            "website",
            "job_id",
            "status",
            "pages_scanned",
            "emails",
            "phones",
            "socials",
            "error",
        }
        assert document["status"] == "complete"
        emails = document["emails"]
        assert isinstance(emails, list)
        assert emails[0].keys() >= {"value", "type", "score", "sources"}
        assert emails[0]["sources"][0].keys() >= {"url", "method", "context"}

    async def test_rendering_without_a_browser_is_refused_before_anything_starts(self, env: dict[str, str]) -> None:
        env["SCANLANE_CHROMIUM"] = "/nowhere/chromium"

        status, out, err = await scanlane("scan", "demo", "--render", env=env)

        assert (status, out) == (1, "")
        assert "Chromium" in err or "/nowhere/chromium" in err
        assert "Traceback" not in err

    async def test_one_quick_look_prints_the_same_document_and_needs_no_database(
        self, env: dict[str, str], demo: DemoSite, tmp_path: Path
    ) -> None:
        allowed = ("--json", "--allow-network", "127.0.0.0/8", "--max-pages", "5")
        nowhere = {**env, "SCANLANE_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"}

        status, out, err = await scanlane("scan", demo.url, "--no-save", *allowed, env=nowhere)
        _, saved, _ = await scanlane("scan", demo.url, *allowed, env=env)

        (look,), (scan,) = documents(out), documents(saved)
        assert status == 0, err
        assert look.keys() == scan.keys()
        assert (look["job_id"], look["status"], look["pages"]) == (None, "complete", 5)
        assert look["emails"]
        assert all(isinstance(document["cpu_s"], float) and document["requests"] >= 5 for document in (look, scan))
        assert not any(path.startswith("postgres") for path in os.listdir(tmp_path))

    async def test_a_quick_look_at_a_site_that_does_not_answer_says_so(self, env: dict[str, str]) -> None:
        status, out, _ = await scanlane(
            "scan", "http://127.0.0.1:9", "--no-save", "--json", "--allow-network", "127.0.0.0/8", env=env
        )

        (look,) = documents(out)
        assert (status, look["status"], look["emails"]) == (1, "failed", [])
        assert "127.0.0.1:9" in str(look["error"])

    async def test_a_network_may_be_allowed_by_the_environment(self, env: dict[str, str], demo: DemoSite) -> None:
        env["SCANLANE_ALLOW_NETWORKS"] = "127.0.0.0/8"

        status, out, _ = await scanlane("scan", demo.url, "--json", "--max-pages", "2", env=env)

        assert status == 0
        assert documents(out)[0]["pages_scanned"] == 2

    @pytest.mark.parametrize(
        ("arguments", "named"),
        [
            (["scan", "file:///etc/passwd"], "file"),
            (["scan", "not a site"], "not a site"),
            (["scan", "http://10.0.0.1/"], "10.0.0.1"),
            (["scan", "example.com", "--allow-network", "rubbish"], "rubbish"),
            (["jobs", "show", "not-a-uuid"], "not-a-uuid"),
            (["jobs", "show", "00000000-0000-0000-0000-000000000001"], "no such job"),
            (["jobs", "pages", "00000000-0000-0000-0000-000000000001"], "no such job"),
            (["token", "create", "--tenant", "Not A Slug"], "tenant"),
            (["token", "create", "--ttl", "99999999999999"], "--ttl"),
            (["scan", "example.com", "--max-pages", "0"], "--max-pages"),
            (["serve", "--host", "0.0.0.0"], "--allow-remote"),
            (["bogus"], "bogus"),
        ],
    )
    async def test_bad_input_is_one_line_and_status_2(
        self, env: dict[str, str], arguments: list[str], named: str
    ) -> None:
        status, out, err = await scanlane(*arguments, env=env)

        assert status == 2
        assert out == ""
        assert named in err
        assert len(err.strip().splitlines()) == 1
        assert "Traceback" not in err

    @pytest.mark.parametrize(
        ("url", "status"),
        [("notaurl", 2), ("mysql://x/y", 2), ("postgresql://u:hidden@127.0.0.1:1/x?sslmode=require", 1)],
    )
    @pytest.mark.parametrize("command", [["jobs", "list"], ["serve", "--port", "18231"], ["work"]])
    async def test_a_database_that_cannot_be_used_is_one_line(
        self, env: dict[str, str], command: list[str], url: str, status: int
    ) -> None:
        ended, out, err = await scanlane(*command, env={**env, "SCANLANE_DATABASE_URL": url})

        assert (ended, out) == (status, "")
        assert len(err.strip().splitlines()) == 1
        assert "hidden" not in err

    async def test_a_site_that_does_not_answer_is_one_line_and_status_1(self, env: dict[str, str]) -> None:
        status, out, err = await scanlane("scan", "http://127.0.0.1:9", "--allow-network", "127.0.0.0/8", env=env)

        assert status == 1
        assert out == ""
        assert "127.0.0.1:9" in err
        assert len(err.strip().splitlines()) == 1

    async def test_ctrl_c_hands_the_scan_back_and_resume_goes_on(
        self, env: dict[str, str], database: Database, demo: DemoSite
    ) -> None:
        command = ("scan", demo.url, "--allow-network", "127.0.0.0/8", "--delay", "1")
        async with running(*command, env=env) as process:
            await until(lambda: pages_saved(database, 2), within=30)
            process.send_signal(signal.SIGINT)
            assert await asyncio.wait_for(process.wait(), 20) == 130
        handed_back = await one_row(database.dsn, "select status, attempt, worker_id from jobs")
        before = dict(demo.requests)

        status, out, _ = await scanlane("jobs", "resume", "--json", env=env)

        again = {path for path, times in demo.requests.items() if times > before.get(path, 0) and before.get(path)}
        assert tuple(handed_back) == ("pending", 0, None)
        assert status == 0
        assert documents(out)[0]["status"] == "complete"
        assert again <= {"/robots.txt", "/sitemap.xml"}


class TestJobs:
    async def test_a_waiting_job_can_be_listed_and_cancelled(self, env: dict[str, str], demo: DemoSite) -> None:
        await scanlane("scan", demo.url, "--allow-network", "127.0.0.0/8", "--json", env=env)

        _, listed, _ = await scanlane("jobs", "list", "--json", env=env)
        (job,) = documents(listed)
        status, shown, _ = await scanlane("jobs", "show", str(job["id"]), env=env)
        _, pages, _ = await scanlane("jobs", "pages", str(job["id"]), "--json", env=env)
        _, guesses, _ = await scanlane("jobs", "pages", str(job["id"]), "--code", "guess", "--json", env=env)

        assert status == 0
        assert "info@harbour-bakery.example" in shown
        assert {page["state"] for page in documents(pages)} >= {"fetched", "skipped"}
        assert {page["code"] for page in documents(guesses)} <= {"guess"}
        assert documents(guesses) == [page for page in documents(pages) if page["code"] == "guess"]


class TestToken:
    async def test_the_token_is_the_only_line(self, env: dict[str, str]) -> None:
        status, out, _ = await scanlane("token", "create", "--tenant", "harbour", "--ttl", "60", env=env)

        assert status == 0
        assert out.count("\n") == 1
        assert out.count(".") == 2
