"""The shape of a piece of work: load, perform, save. `perform` never sees a session."""

from datetime import timedelta
from typing import Protocol, TypeVar

from worklane.backoff import Backoff
from worklane.claim import Claim
from worklane.outcome import Outcome

Session = TypeVar("Session", contravariant=True)
Given = TypeVar("Given")
Portion = TypeVar("Portion")
KeptPortion = TypeVar("KeptPortion", contravariant=True)


class Report(Protocol[KeptPortion]):
    """What running work may say before it is finished. Both calls raise ClaimLost once the claim is gone."""

    async def keep(self, portion: KeptPortion, *, progress: float | None = None) -> None:
        """Save a portion of the results now, in a guarded transaction of its own."""

    async def progress(self, fraction: float) -> None:
        """Record how far the work is, 0..1."""


class Work(Protocol[Session, Given, Portion]):
    """One kind of work. `save` and `keep` may run twice for the same values: write idempotent upserts."""

    @property
    def kind(self) -> str:
        """The kind of rows that this is the work of."""

    @property
    def timeout(self) -> timedelta | None:
        """How long one attempt may perform; None: as long as it takes."""

    @property
    def backoff(self) -> Backoff:
        """How long to wait after a failure."""

    async def load(self, session: Session, claim: Claim) -> Given:
        """Read what the work needs, in a short transaction; return plain values."""

    async def perform(self, given: Given, report: Report[Portion]) -> Outcome:
        """Do the work; no database in reach."""

    async def keep(self, session: Session, claim: Claim, portion: Portion) -> None:
        """Write a portion of the results, inside a guarded transaction."""

    async def save(self, session: Session, claim: Claim, outcome: Outcome) -> None:
        """Write the results, in the same transaction that settles the row."""
