"""Settlements that have nothing else to write, gathered: who comes while one statement runs goes into the next."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from worklane.claim import Claim
from worklane.errors import ClaimLost
from worklane.lifecycle import Settlement
from worklane.postgres.records import Records
from worklane.postgres.statements import Compiled
from worklane.queue import Held

MOST_AT_ONCE = 500
NO_WAIT = timedelta(0)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """One settlement, and who wants to hear how it went."""

    claim: Claim
    settlement: Settlement
    heard: "asyncio.Future[bool]"


class Settler:
    """Settles claims in batches. Nobody waits for company: the first starts a statement, others gather behind it."""

    def __init__(self, records: Records, settle_many: Compiled) -> None:
        self._records = records
        self._settle_many = settle_many
        self._waiting: list[_Waiting] = []
        self._flushing: asyncio.Task[None] | None = None

    async def settle(self, claim: Claim, settlement: Settlement) -> None:
        """Return once the settlement has committed. Raises ClaimLost when the claim did not stand."""
        waiting = _Waiting(claim, settlement, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if self._flushing is None:
            self._flushing = asyncio.create_task(self._flush())
        if not await waiting.heard:
            raise ClaimLost

    async def _flush(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
                await self._settle(batch)
        finally:
            self._flushing = None

    async def _settle(self, batch: Sequence[_Waiting]) -> None:
        try:
            settled = await self._run(batch)
        except Exception as error:
            await self._blame(batch, error)
        except BaseException:
            _tell_all(batch, ConnectionAbortedError("the settlement was interrupted"))
            raise
        else:
            for waiting in batch:
                if not waiting.heard.done():
                    waiting.heard.set_result(Held(row_id=waiting.claim.row_id, token=waiting.claim.token) in settled)

    async def _blame(self, batch: Sequence[_Waiting], error: Exception) -> None:
        # One value that the database refuses must not fail its neighbours: each is tried alone.
        if len(batch) == 1:
            _tell_all(batch, error)
            return
        for waiting in batch:
            await self._settle([waiting])

    async def _run(self, batch: Sequence[_Waiting]) -> set[Held]:
        wanted = [waiting.settlement for waiting in batch]
        arguments = self._settle_many.arguments(
            row_ids=[waiting.claim.row_id for waiting in batch],
            tokens=[waiting.claim.token for waiting in batch],
            statuses=[one.status.value for one in wanted],
            results=[None if one.result is None else json.dumps(one.result) for one in wanted],
            errors=[one.error for one in wanted],
            run_afters=[one.run_after or NO_WAIT for one in wanted],
        )
        rows = await self._records.fetch(self._settle_many.sql, *arguments)
        return {Held(row_id=row["id"], token=row["claim_token"]) for row in rows}


def _tell_all(batch: Sequence[_Waiting], error: Exception) -> None:
    for waiting in batch:
        if not waiting.heard.done():
            waiting.heard.set_exception(error)
