"""Bugs planted into the status lane, one at a time, to see whether the machine finds them."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, bindparam, func, null, select, true, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import BigInteger, Uuid

from worklane.postgres.compiled import compiled
from worklane.postgres.status_column import StatusColumn
from worklane.postgres.status_queue import StatusQueue
from worklane.postgres.status_statements import StatusStatements
from worklane.postgres.words import now


class StatusOnlyCheck(StatusStatements):
    def _held(self) -> ColumnElement[bool]:
        claim = self.claims.c
        return (claim.row_id == bindparam("given_row", type_=Uuid)) & claim.worker_id.is_not(null())


class HeldByNobody(StatusStatements):
    def _held(self) -> ColumnElement[bool]:
        claim = self.claims.c
        same_row = claim.row_id == bindparam("given_row", type_=Uuid)
        return same_row & (claim.token == bindparam("given_token", type_=BigInteger))

    def _is_working(self) -> ColumnElement[bool]:
        return true()


class HandBackBurnsAnAttempt(StatusStatements):
    def hand_back(self) -> Executable:
        claim = self.claims.c
        given = claim.token == func.any(bindparam("tokens", type_=ARRAY(BigInteger)))
        same = claim.row_id == func.any(bindparam("row_ids", type_=ARRAY(Uuid)))
        freed = update(self.claims).where(given, same, claim.worker_id.is_not(null()))
        held = freed.values(worker_id=null(), run_after=now()).returning(claim.row_id).cte("held")
        return self._moved(held, bindparam("waiting", self.column.waiting), null())


class RescueOfLiveClaims(StatusStatements):
    def free(self) -> Executable:
        claim = self.claims.c
        running = select(claim.row_id).where(claim.worker_id.is_not(null())).limit(bindparam("limit", type_=Integer))
        freed = update(self.claims).where(claim.row_id.in_(running))
        waiting = freed.values(worker_id=null(), crashes=claim.crashes + 1, run_after=now())
        held = waiting.returning(claim.row_id).cte("freed")
        return self._moved(held, bindparam("waiting", self.column.waiting), null())


@dataclass(frozen=True)
class PlantedPlaces:
    """A status queue with this bug."""

    statements: type[StatusStatements]

    def __call__(self, column: StatusColumn, **given: Any) -> StatusQueue:
        """A queue as any other, but for its statements."""
        return PlantedStatusQueue(self.statements, column, **given)


class PlantedStatusQueue(StatusQueue):
    """A status queue whose statements were exchanged."""

    def __init__(self, statements: type[StatusStatements], column: StatusColumn, **given: Any) -> None:
        super().__init__(column, **given)
        made = statements(column, given["claims"], given["workers"])
        self._hand_back, self._free = compiled(made.hand_back()), compiled(made.free())
        self._hold, self._finish, self._put_back = made.hold(), made.finish(), made.put_back()


PLACE_BUGS = {
    "status-only check": PlantedPlaces(StatusOnlyCheck),
    "a claim that nobody holds": PlantedPlaces(HeldByNobody),
    "hand-back burns an attempt": PlantedPlaces(HandBackBurnsAnAttempt),
    "rescue of live claims": PlantedPlaces(RescueOfLiveClaims),
}
