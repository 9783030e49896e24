"""`scanlane demo`: every stage of the pipeline over the sample town, by one command."""

import json
from pathlib import Path

import pytest

from tests.conftest import Database
from tests.scanlane.processes import environment, scanlane


@pytest.fixture
def env(database: Database, tmp_path: Path) -> dict[str, str]:
    """The environment of a person with a database of her own."""
    return environment(tmp_path, SCANLANE_DATABASE_URL=database.url)


class TestDemo:
    async def test_every_place_goes_all_the_way_or_fails_with_a_reason_and_nothing_is_stuck(
        self, env: dict[str, str]
    ) -> None:
        status, out, err = await scanlane("demo", "--json", env=env)

        funnel = json.loads(out)
        stages = {stage["stage"]: (stage["done"], stage["failed"]) for stage in funnel["stages"]}
        assert (status, funnel["stuck"]) == (0, 0), err
        assert [funnel[kind] for kind in ("places", "businesses", "domains", "sitemaps")] == [14, 14, 9, 10]
        assert stages == {
            "place_search": (1, 0),
            "deep_scan": (14, 0),
            "domain_extraction": (12, 0),
            "domain_processing": (8, 1),
            "sitemap_discovery": (8, 0),
            "sitemap_import": (9, 1),
            "contact_scan": (8, 0),
            "email_scan": (8, 0),
        }
        assert funnel["pages"] >= 24
        assert funnel["contacts"] >= 30
        errors = {one["stage"]: (one["name"], one["error"]) for one in funnel["errors"]}
        name, reason = errors["sitemap_import"]
        assert ("pier-theatre" in name, "HTML" in reason) == (True, True)
        assert "410" in errors["domain_processing"][1]

    async def test_it_can_be_repeated_and_says_the_same(self, env: dict[str, str]) -> None:
        counted = []
        for _ in range(2):
            _, out, _ = await scanlane("demo", "--json", env=env)
            counted.append([json.loads(out)[kind] for kind in ("places", "domains", "sitemaps", "pages")])

        assert counted[0] == counted[1]

    async def test_a_person_reads_the_funnel(self, env: dict[str, str]) -> None:
        status, out, _ = await scanlane("demo", env=env)

        assert status == 0
        for said in ("14 places -> 14 businesses -> 9 domains", "nothing is stuck", "sitemap_import"):
            assert said in out
