"""A few attacks of `benchmarks.hostile_sites`, one process for all: each ends with its error, in little memory."""

import asyncio
import json
import sys

import pytest
from benchmarks.hostile_sites.__main__ import MOST_MB, serving
from benchmarks.hostile_sites.serve import host

ENDINGS = {
    "bomb: gzip": "BodyTooLarge",
    "bomb: gzip in gzip": "NotAPage",
    "body: without end": "BodyTooLarge",
    "headers: 200 MB": "PageUnreachable",
    "status: 1xx flood": "DeadlinePassed",
    "redirect: always further": "TooManyRedirects",
    "charset: punycode": "200, 1990004 bytes",
    "html: open tags": "200, 1990000 bytes",
}


@pytest.fixture(scope="module")
def rows() -> dict[str, dict[str, object]]:
    """What one process says of all of them, one after the other."""
    with serving() as port:
        return asyncio.run(_visit([f"http://{host(name)}:{port}/" for name in ENDINGS]))


async def _visit(urls: list[str]) -> dict[str, dict[str, object]]:
    command = [sys.executable, "-m", "benchmarks.hostile_sites.visit", "2", *urls]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    out, _ = await asyncio.wait_for(process.communicate(), 100)
    return dict(zip(ENDINGS, map(json.loads, out.splitlines()), strict=True))


@pytest.mark.parametrize("name", ENDINGS)
def test_every_attack_ends_with_its_error(rows: dict[str, dict[str, object]], name: str) -> None:
    assert rows[name]["fetch"] == ENDINGS[name]


def test_all_of_them_together_take_less_memory_than_one_may(rows: dict[str, dict[str, object]]) -> None:
    assert max(int(str(row["peak_mb"])) for row in rows.values()) <= MOST_MB


def test_the_scan_of_an_attacking_site_ends_too(rows: dict[str, dict[str, object]]) -> None:
    attacks = [name for name, ending in ENDINGS.items() if not ending.startswith("200")]

    assert all(str(rows[name]["scan"]).startswith("SiteUnreachable: ") for name in attacks)
