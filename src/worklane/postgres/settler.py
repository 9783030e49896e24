"""Settlements that have nothing else to write, in one statement with others that come at the same time."""

import json
from collections.abc import Sequence
from datetime import timedelta

from worklane.claim import Claim, Held
from worklane.errors import ClaimLost
from worklane.lifecycle import Settlement
from worklane.postgres.compiled import Compiled
from worklane.postgres.gathering import Gathering
from worklane.postgres.records import Records
from worklane.queue import Finished

MOST_AT_ONCE = 500
NO_WAIT = timedelta(0)


class Settler:
    """Settles claims in batches; each is guarded by its own token."""

    def __init__(self, records: Records, settle_many: Compiled) -> None:
        self._records = records
        self._settle_many = settle_many
        self._gathering = Gathering(self._settle, most_at_once=MOST_AT_ONCE)

    async def settle(self, claim: Claim, settlement: Settlement) -> None:
        """Return once the settlement has committed. Raises ClaimLost when the claim did not stand."""
        if not await self._gathering.join(Finished(claim, settlement)):
            raise ClaimLost

    async def settle_all(self, finished: Sequence[Finished], *, within: Records | None = None) -> frozenset[Held]:
        """Settle all of these in one statement, `within` a transaction if given; answer those whose claim was lost."""
        stood = await self._settled(finished, within or self._records)
        return frozenset(one.claim.held for one, stands in zip(finished, stood, strict=True) if not stands)

    async def _settle(self, batch: Sequence[Finished]) -> Sequence[bool]:
        return await self._settled(batch, self._records)

    async def _settled(self, batch: Sequence[Finished], records: Records) -> Sequence[bool]:
        arguments = self._settle_many.arguments(**settlement_arrays(batch))
        rows = await records.fetch(self._settle_many.sql, *arguments)
        settled = {(row["id"], row["claim_token"]) for row in rows}
        return [(one.claim.row_id, one.claim.token) in settled for one in batch]


def settlement_arrays(batch: Sequence[Finished]) -> dict[str, list[object]]:
    """Settlements as the arrays that settling statements take."""
    wanted = [one.settlement for one in batch]
    return {
        "row_ids": [one.claim.row_id for one in batch],
        "tokens": [one.claim.token for one in batch],
        "statuses": [one.status.value for one in wanted],
        "results": [None if one.result is None else json.dumps(one.result) for one in wanted],
        "errors": [one.error for one in wanted],
        "run_afters": [one.run_after or NO_WAIT for one in wanted],
        "refunds": [one.refund for one in wanted],
    }


def completion_arrays(batch: Sequence[Finished]) -> dict[str, list[object]]:
    """The same for rows that are all complete, without a result."""
    return {"row_ids": [one.claim.row_id for one in batch], "tokens": [one.claim.token for one in batch]}
