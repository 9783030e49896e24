"""Fair shares of a status queue: groups take turns, and what one leaves of its share the others have.

Which groups wait is looked up at times, through the index, and each group has a watermark of its own: whatever waits in
one group costs the others nothing.
"""

import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import asyncpg

from worklane.claim import WorkerId
from worklane.postgres.compiled import compiled
from worklane.postgres.records import Records
from worklane.postgres.status_statements import StatusStatements
from worklane.postgres.status_watermark import Key, LookingBack, as_arguments, key_of

MOST_GROUPS = 1000


class InTurns:
    """Takes rows of all groups that wait, the group that was served least recently first."""

    def __init__(
        self, made: StatusStatements, records: Records, *, look_back_every: timedelta, most_groups: int = MOST_GROUPS
    ) -> None:
        self._records = records
        self._most_groups = most_groups
        self._claim = compiled(made.claim_in_turns())
        self._first_page = compiled(made.heads(is_first_page=True))
        self._next_page = compiled(made.heads(is_first_page=False))
        self._columns = len(made.column.order)
        self._marks: dict[Any, Key] = {}
        self._last_group: Any = None
        self._looking_back = LookingBack(look_back_every)

    async def take(self, worker: WorkerId, limit: int, *, thorough: bool) -> Sequence[asyncpg.Record]:
        """Take up to `limit` rows. `thorough`: look for more groups before saying that there are fewer."""
        taken: list[asyncpg.Record] = []
        may_look = thorough
        if self._looking_back.is_due():
            await self._find_groups()
            may_look = False
        while len(taken) < limit:
            if not self._marks and may_look:
                await self._find_groups()
                may_look = False
            if not self._marks:
                break
            taken += await self._serve(worker, limit - len(taken))
        return taken

    def look_back(self) -> None:
        """Look for groups before the next claim."""
        self._looking_back.now()

    async def _find_groups(self) -> None:
        began = time.monotonic()
        page = await self._page()
        self._looking_back.done(since=began)
        first_rows = {row["group_key"]: key_of(row, self._columns) for row in page}
        known = [group for group in self._marks if group in first_rows]
        self._marks = {group: first_rows[group] for group in dict.fromkeys([*known, *first_rows])}

    async def _page(self) -> Sequence[asyncpg.Record]:
        after, self._last_group = self._last_group, None
        statement = self._first_page if after is None else self._next_page
        page = await self._records.fetch(statement.sql, *statement.arguments(after=after, limit=self._most_groups))
        if len(page) == self._most_groups:
            self._last_group = page[-1]["group_key"]
        elif not page and after is not None:
            return await self._page()
        return page

    async def _serve(self, worker: WorkerId, limit: int) -> Sequence[asyncpg.Record]:
        shares = dict(zip(self._marks, shared(limit, among=len(self._marks)), strict=False))
        marks = zip(*(self._marks[group] for group in shares), strict=True)
        arguments = self._claim.arguments(
            worker=worker,
            groups=list(shares),
            shares=list(shares.values()),
            **as_arguments(tuple(list(column) for column in marks)),
        )
        taken = await self._records.fetch(self._claim.sql, *arguments)
        self._note(shares, taken)
        return taken

    def _note(self, shares: dict[Any, int], taken: Sequence[asyncpg.Record]) -> None:
        served: dict[Any, list[asyncpg.Record]] = {group: [] for group in shares}
        for row in taken:
            served[row["group_key"]].append(row)
        for group, rows in served.items():
            self._marks.pop(group, None)
            if len(rows) == shares[group]:
                self._marks[group] = key_of(rows[-1], self._columns)


def shared(limit: int, *, among: int) -> list[int]:
    """So many for each of the first groups, none of them 0: `shared(5, among=3)` is [2, 2, 1]."""
    groups = min(limit, among)
    share, over = divmod(limit, groups)
    return [share + (number < over) for number in range(groups)]
