"""`scanlane places`, as a person runs it."""

import asyncio
import json
import shlex
import signal
from pathlib import Path

import pytest

from tests.conftest import Database
from tests.scanlane.processes import documents, environment, one_row, running, scanlane, until

PLACES = [
    {"id": str(number), "name": f"Bakery {number}", "city": "Oldenburg", "category": "bakery"} for number in range(3)
]
NOBODYS = "00000000-0000-0000-0000-000000000001"


@pytest.fixture
def env(database: Database, tmp_path: Path) -> dict[str, str]:
    """The environment of a person with a database of her own, and a file of places."""
    path = tmp_path / "places.json"
    path.write_text(json.dumps(PLACES))
    return environment(tmp_path, SCANLANE_DATABASE_URL=database.url, SCANLANE_PLACES_FILE=str(path))


async def found(env: dict[str, str], *arguments: str) -> list[str]:
    """The ids of places that a search has found."""
    status, out, err = await scanlane("places", "search", "bakery", "--wait", "--json", *arguments, env=env)
    assert status == 0, err
    return [one["id"] for one in json.loads(out)["places"]]


async def statuses(database: Database) -> list[str | None]:
    """The deep scans of all places, in no order."""
    row = await one_row(database.dsn, "select array_agg(deep_scan_status order by ref) as them from places_staging")
    return list(row["them"] or [])


class TestSearch:
    async def test_without_waiting_the_search_is_queued(self, env: dict[str, str], database: Database) -> None:
        status, out, _ = await scanlane(
            "places", "search", "bakery", "--area", "Oldenburg", "--most", "7", "--deep-scan", "--json", env=env
        )

        (search,) = documents(out)
        row = await one_row(
            database.dsn, "select tenant, query, area, provider, most, deep_scan, status from place_searches"
        )
        assert (status, search["status"]) == (0, "Queued")
        assert tuple(row) == ("local", "bakery", "Oldenburg", "file", 7, True, "Queued")

    async def test_waiting_does_it_and_shows_what_was_found(self, env: dict[str, str]) -> None:
        status, out, err = await scanlane("places", "search", "bakery", "--wait", env=env)

        assert status == 0, err
        assert [f"Bakery {number}" in out for number in range(3)] == [True] * 3
        assert "3 places found by file" in err

    async def test_waiting_for_deep_scans_leaves_none_open(self, env: dict[str, str], database: Database) -> None:
        assert len(await found(env, "--deep-scan")) == 3

        assert await statuses(database) == ["Completed"] * 3
        assert (await one_row(database.dsn, "select count(*) as n from local_businesses"))["n"] == 3

    async def test_a_search_that_fails_is_one_line_and_status_1(self, env: dict[str, str], tmp_path: Path) -> None:
        env["SCANLANE_PLACES_FILE"] = str(tmp_path / "missing.json")

        status, out, err = await scanlane("places", "search", "bakery", "--wait", env=env)

        assert (status, out) == (1, "")
        assert "missing.json" in err
        assert len(err.strip().splitlines()) == 1

    async def test_the_example_of_the_help_finds_something_and_says_that_it_is_a_sample(
        self, env: dict[str, str]
    ) -> None:
        del env["SCANLANE_PLACES_FILE"]

        _, listed, _ = await scanlane("places", "list", env=env)
        status, out, err = await scanlane(*shlex.split(listed)[-5:], "--wait", env=env)

        assert status == 0
        assert "Harbour Bakery" in out
        assert "sample" in err

    async def test_a_paused_queue_is_not_waited_for(self, env: dict[str, str]) -> None:
        await scanlane("queues", "pause", "place_search", "--reason", "quota", env=env)

        status, out, err = await scanlane("places", "search", "bakery", "--wait", "--json", env=env)

        assert (status, out) == (1, "")
        assert "quota" in err
        assert "scanlane queues resume place_search" in err

    async def test_ctrl_c_leaves_the_search_queued(self, env: dict[str, str], database: Database) -> None:
        slow = {**env, "SCANLANE_PLACES_PROVIDER": "osm", "SCANLANE_PLACES_BASE_URL": "http://127.0.0.1:9/"}
        async with running("places", "search", "bakery", "--area", "0,0,10", "--wait", env=slow) as process:
            await until(lambda: _was_tried(database), within=30)
            process.send_signal(signal.SIGINT)
            status = await asyncio.wait_for(process.wait(), 20)

        row = await one_row(database.dsn, "select status from place_searches")
        assert (status, row["status"]) == (130, "Queued")


class TestList:
    async def test_json_is_a_document_a_line(self, env: dict[str, str]) -> None:
        ids = await found(env)

        _, out, _ = await scanlane("places", "list", "--json", env=env)
        _, some, _ = await scanlane("places", "list", "--json", "-q", "BAKERY 1", "--status", "none", env=env)
        _, few, _ = await scanlane("places", "list", "--json", "--limit", "2", env=env)
        _, none, _ = await scanlane("places", "list", "--tenant", "hill", env=env)

        assert [one["id"] for one in documents(out)] == ids
        assert [one["name"] for one in documents(some)] == ["Bakery 1"]
        assert len(documents(few)) == 2
        assert none.startswith("No such places of hill")


class TestDeepScan:
    async def test_by_id_by_status_or_all(self, env: dict[str, str], database: Database) -> None:
        first, second, _ = await found(env)

        _, by_id, _ = await scanlane("places", "deep-scan", first, second, "--json", env=env)
        _, by_status, _ = await scanlane("places", "deep-scan", "--status", "Error", "--json", env=env)
        _, rest, _ = await scanlane("places", "deep-scan", "--all", env=env)
        _, foreign, _ = await scanlane("places", "deep-scan", first, "--tenant", "hill", "--json", env=env)

        assert [documents(out)[0]["queued"] for out in (by_id, by_status, foreign)] == [2, 0, 0]
        assert rest.startswith("Queued 1 places")
        assert await statuses(database) == ["Queued"] * 3


class TestBadInput:
    @pytest.mark.parametrize(
        ("arguments", "named"),
        [
            (["search", ""], "query"),
            (["search", "bak\x1bery"], "query"),
            (["search", "bakery", "--area", "95,0,10"], "area"),
            (["search", "bakery", "--provider", "elsewhere"], "--provider"),
            (["search", "bakery", "--provider", "google"], "needs a key"),
            (["search", "bakery", "--most", "501"], "--most"),
            (["list", "--status", "error"], "--status"),
            (["list", "--search", "7"], "--search"),
            (["list", "-q", "a\x1b"], "--text"),
            (["list", "--limit", "0"], "--limit"),
            (["deep-scan"], "which places"),
            (["deep-scan", NOBODYS, "--all"], "which places"),
            (["deep-scan", "not-an-id"], "not-an-id"),
        ],
    )
    async def test_it_is_one_line_and_status_2(self, env: dict[str, str], arguments: list[str], named: str) -> None:
        status, out, err = await scanlane("places", *arguments, env=env)

        assert (status, out) == (2, "")
        assert named in err
        assert len(err.strip().splitlines()) == 1


async def _was_tried(database: Database) -> bool:
    row = await one_row(database.dsn, "select count(*) filter (where error is not null) as n from place_searches")
    return int(row["n"]) > 0
