"""How long to wait before the next attempt. Pure."""

import random
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Backoff:
    """Exponential backoff with jitter: base * factor ** (failures - 1), at most `cap`, plus or minus `jitter` of it."""

    base: timedelta = timedelta(seconds=5)
    factor: float = 3.0
    cap: timedelta = timedelta(hours=1)
    jitter: float = 0.2

    def delay(self, failures: int, *, chance: float | None = None) -> timedelta:
        """The wait after that many failures (>= 1). `chance` in 0..1 replaces the dice."""
        plain = min(self._uncapped(max(failures, 1) - 1), self.cap.total_seconds())
        dice = random.random() if chance is None else chance  # noqa: S311 - spreads load, guards nothing
        return timedelta(seconds=plain * (1 + self.jitter * (2 * dice - 1)))

    def _uncapped(self, exponent: int) -> float:
        try:
            return self.base.total_seconds() * self.factor**exponent
        except OverflowError:
            return self.cap.total_seconds()
