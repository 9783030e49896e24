"""What the hot path needs of asyncpg: something that runs a statement and answers its rows."""

from typing import Any, Protocol

import asyncpg


class Records(Protocol):
    """A pool, or a connection."""

    async def fetch(self, query: str, *args: Any, timeout: float | None = None) -> list[asyncpg.Record]:
        """Run a statement and answer its rows."""
