"""A piece of work to start from: nothing to load, nothing to keep, nothing to save, until a subclass says so."""

from datetime import timedelta
from typing import Any, ClassVar

from worklane.backoff import Backoff
from worklane.claim import Claim
from worklane.outcome import Outcome
from worklane.work import Report


class PlainWork:
    """Subclass it, set `kind`, write `perform`; override `load`, `keep` and `save` where the work needs the database.

    Without an own `load`, `perform` is given the claim itself: its payload, subject, tenant and attempt.
    `max_attempts` replaces the number that rows of this kind carry themselves.
    """

    kind: ClassVar[str]
    timeout: ClassVar[timedelta | None] = None
    backoff: ClassVar[Backoff] = Backoff()
    max_attempts: ClassVar[int | None] = None

    @property
    def loads(self) -> bool:
        """Whether this work has a `load` of its own; without, no transaction is opened for it."""
        return type(self).load is not PlainWork.load

    @property
    def saves(self) -> bool:
        """Whether this work has a `save` of its own; without, the row is settled together with others."""
        return type(self).save is not PlainWork.save

    async def load(self, session: Any, claim: Claim) -> Any:
        """Nothing to read: the claim itself."""
        del session
        return claim

    async def perform(self, given: Any, report: Report[Any]) -> Outcome:
        """Do the work; no database in reach."""
        raise NotImplementedError

    async def keep(self, session: Any, claim: Claim, portion: Any) -> None:
        """Nothing to keep."""

    async def save(self, session: Any, claim: Claim, outcome: Outcome) -> None:
        """Nothing to write beyond the row itself."""
