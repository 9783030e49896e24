"""Every way to name the same connection."""

from pathlib import Path

import pytest
from sqlalchemy import make_url

from scanlane.session.embedded import ConnectionInfo


@pytest.fixture
def info() -> ConnectionInfo:
    """A connection whose parts need quoting."""
    return ConnectionInfo(host=Path("/a b/c%d/run"), port=5432, user="app", password="p@ss/w?rd", database="scanlane")


class TestTheUrl:
    def test_it_reads_back_as_the_same_parts(self, info: ConnectionInfo):
        url = make_url(info.url)

        assert (url.drivername, url.username, url.password, url.database) == (
            "postgresql+asyncpg",
            "app",
            "p@ss/w?rd",
            "scanlane",
        )
        assert dict(url.query) == {"host": "/a b/c%d/run", "port": "5432"}

    def test_the_dsn_differs_only_in_the_driver(self, info: ConnectionInfo):
        assert info.dsn == info.url.replace("postgresql+asyncpg", "postgresql")

    def test_the_password_is_not_shown(self, info: ConnectionInfo):
        assert "p@ss" not in repr(info)


class TestTheEnvironment:
    def test_it_is_what_psql_reads(self, info: ConnectionInfo):
        assert info.to_database("other").environment() == {
            "PGHOST": "/a b/c%d/run",
            "PGPORT": "5432",
            "PGUSER": "app",
            "PGPASSWORD": "p@ss/w?rd",
            "PGDATABASE": "other",
        }
