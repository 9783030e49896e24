"""`scanlane doctor` and `scanlane db`, as an operator runs them."""

from pathlib import Path

import pytest

from tests.conftest import Database
from tests.scanlane.processes import environment, scanlane


@pytest.fixture
def env(database: Database, tmp_path: Path) -> dict[str, str]:
    """The environment of an operator with a database of her own."""
    return environment(tmp_path, SCANLANE_DATABASE_URL=database.url)


class TestDoctor:
    async def test_a_healthy_installation_has_nothing_wrong(self, env: dict[str, str]) -> None:
        status, out, _ = await scanlane("doctor", env=env)

        assert status == 0
        assert "PostgreSQL" in out
        assert "0 alive, 0 jobs waiting" in out
        assert "wrong" not in out

    async def test_a_database_that_is_away_is_named_and_status_1(self, env: dict[str, str]) -> None:
        env["SCANLANE_DATABASE_URL"] = "postgresql://u:hidden@127.0.0.1:1/x"

        status, out, _ = await scanlane("doctor", env=env)

        assert status == 1
        assert "wrong database" in out
        assert "127.0.0.1:1" in out
        assert "hidden" not in out

    async def test_a_token_key_that_others_can_read_is_wrong(self, env: dict[str, str], tmp_path: Path) -> None:
        await scanlane("token", "create", env=env)
        (tmp_path / "token-secret.key").chmod(0o644)

        status, out, _ = await scanlane("doctor", env=env)

        assert status == 1
        assert "chmod 600" in out


class TestDb:
    async def test_the_schema_is_current_and_an_upgrade_has_nothing_to_do(self, env: dict[str, str]) -> None:
        shown, upgraded = await scanlane("db", "status", env=env), await scanlane("db", "upgrade", env=env)

        assert (shown[0], upgraded[0]) == (0, 0)
        assert "PostgreSQL" in shown[1]
        assert "nothing to do" in upgraded[1]
