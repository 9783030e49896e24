"""What people and site owners ask for, from the command line, and `scanlane verify`."""

import json
from pathlib import Path

import pytest

from tests.conftest import Database
from tests.scanlane.clients.name_server import name_server
from tests.scanlane.processes import environment, scanlane


@pytest.fixture
def env(database: Database, tmp_path: Path) -> dict[str, str]:
    """The environment of a person with a database of her own."""
    return environment(tmp_path, SCANLANE_DATABASE_URL=database.url)


async def test_an_address_is_suppressed_from_a_file_and_a_scan_leaves_it_out(env: dict[str, str]) -> None:
    lines = b"# asked by letter\nINFO@harbour-bakery.example\n@nowhere.example\n"
    done = await scanlane("suppress", "--file", "-", "--json", env=env, stdin=lines)
    listed = await scanlane("suppressions", "--json", env=env)
    found = await scanlane("scan", "demo", "--json", env=env)
    lifted = await scanlane("unsuppress", "info@harbour-bakery.example", env=env)

    assert json.loads(done[1]) == {"added": 2, "purged": 0}
    assert {json.loads(line)["kind"] for line in listed[1].splitlines()} == {"email", "domain"}
    assert "nowhere" not in listed[1]
    assert "wholesale@harbour-bakery.example" in found[1]
    assert "info@harbour-bakery.example" not in found[1].lower()
    assert lifted[:2] == (0, "1 suppression lifted.\n")


async def test_an_opted_out_site_is_not_scanned(env: dict[str, str]) -> None:
    done = await scanlane("opt-out", "https://www.shop.example/", "--reason", "wrote", "--json", env=env)
    refused = await scanlane("scan", "shop.example", env=env)
    back = await scanlane("opt-in", "shop.example", env=env)

    assert json.loads(done[1]) == {"name": "shop.example", "is_new": True, "purged": 0}
    assert (refused[0], "its owner has objected" in refused[2], "Traceback" in refused[2]) == (1, True, False)
    assert back[:2] == (0, "shop.example may be visited again.\n")


async def test_verify_asks_each_domain_of_a_file_once(env: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "addresses.txt"
    file.write_text("info@shop.test\nsales@shop.test\nx@null.test\nnonsense\n")
    zone = {"shop.test": ("60 MX 5 mail.shop.test.",), "null.test": ("60 MX 0 .",)}

    async with name_server(zone) as server:
        told = {**env, "SCANLANE_VERIFY_NAMESERVERS": server.address}
        status, out, err = await scanlane("verify", str(file), "--json", env=told)
        asked = dict(server.asked)

    found = [json.loads(line) for line in out.splitlines()]
    assert (status, err) == (0, "")
    assert [one["status"] for one in found] == ["domain_valid", "domain_valid", "invalid", "invalid"]
    assert found[0]["mx"] == ["mail.shop.test"]
    assert asked == {("shop.test", "MX"): 1, ("null.test", "MX"): 1}


@pytest.mark.parametrize(
    "arguments",
    [
        ("suppress",),
        ("suppress", "nonsense"),
        ("opt-out", "127.0.0.1"),
        ("verify", "missing"),
        ("opt-in", "a.example"),
    ],
)
async def test_what_cannot_be_used_is_one_line(env: dict[str, str], arguments: tuple[str, ...]) -> None:
    status, out, err = await scanlane(*arguments, env=env)

    assert (status, out) == (2, "")
    assert err.startswith("error:")
    assert "Traceback" not in err
