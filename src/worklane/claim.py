"""A claim: one row, held by one worker, until it is settled, handed back or lost."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from worklane.json_value import JsonValue

WorkerId = UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One row in one worker's hands. Every write about the row names `token`, which grows with every claim."""

    row_id: UUID
    kind: str
    token: int
    attempt: int
    max_attempts: int = 1
    crashes: int = 0
    tenant: str = ""
    subject: str = ""
    payload: Mapping[str, JsonValue] = field(default_factory=dict)

    @property
    def failures(self) -> int:
        """How often the work would have failed, were this attempt to fail. Crashes of the process do not count."""
        return self.attempt - self.crashes
