"""A claim: one row, held by one worker, until it is settled, handed back or lost."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple, cast
from uuid import UUID

from worklane.backoff import Backoff
from worklane.json_value import JsonValue

WorkerId = UUID


class Held(NamedTuple):
    """What tells one claim from every other: the row, and the token that grows with each claim of it."""

    row_id: UUID
    token: int


class Claim(NamedTuple):
    """One row in one worker's hands. Every write about the row names `token`.

    A named tuple, because a busy worker makes a hundred thousand of them in a second. `given` is the payload as the
    queue keeps it, JSON text or a mapping; `subject` is empty where the row is about nothing in particular. `longest`
    (how long the attempt may take) and `backoff` (how long to wait after a failure) stand where the queue decides them.
    `due_at` is since when the row might have been taken, where the queue knows.
    `batch` is the queue's own: which rows it took together.
    """

    row_id: UUID
    kind: str
    token: int
    attempt: int
    max_attempts: int = 1
    crashes: int = 0
    tenant: str = ""
    subject: str = ""
    given: Mapping[str, JsonValue] | str = "{}"
    longest: timedelta | None = None
    backoff: Backoff | None = None
    due_at: datetime | None = None
    batch: int = 0

    @property
    def held(self) -> Held:
        """The claim without what it is about."""
        return Held(self.row_id, self.token)

    @property
    def payload(self) -> Mapping[str, JsonValue]:
        """What was given with the row. Read anew from its text at each call."""
        if isinstance(self.given, str):
            return cast(Mapping[str, JsonValue], json.loads(self.given))
        return self.given

    @property
    def failures(self) -> int:
        """How often the work would have failed, were this attempt to fail. Crashes of the process do not count."""
        return self.attempt - self.crashes
