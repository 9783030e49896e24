"""How a client reaches the embedded server."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionInfo:
    """The socket's folder, the port that is part of the socket's name, and who connects to what."""

    host: Path
    port: int
    user: str
    password: str = field(repr=False)
    database: str

    @property
    def url(self) -> str:
        """For SQLAlchemy over asyncpg."""
        return f"postgresql+asyncpg://{self._rest()}"

    @property
    def dsn(self) -> str:
        """For asyncpg itself, and for libpq."""
        return f"postgresql://{self._rest()}"

    def environment(self) -> dict[str, str]:
        """For psql, pg_dump and whatever else reads libpq's variables."""
        return {
            "PGHOST": str(self.host),
            "PGPORT": str(self.port),
            "PGUSER": self.user,
            "PGPASSWORD": self.password,
            "PGDATABASE": self.database,
        }

    def to_database(self, name: str) -> "ConnectionInfo":
        """The same server and user, another database."""
        return replace(self, database=name)

    def _rest(self) -> str:
        login = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}"
        return f"{login}@/{quote(self.database, safe='')}?host={quote(str(self.host), safe='/')}&port={self.port}"
