"""How long others must have been silent before a worker may declare them dead: it depends on how it fared itself.

Right after an outage of the database everybody looks dead who has not beaten again yet. Pure: no clock, no database.
"""

from dataclasses import dataclass

# Whoever was so many beats behind while others beat had missed one for another reason than the outage.
BEATS_BEHIND = 2


@dataclass(slots=True)
class Contact:
    """The beats of one worker, due `every` so many seconds. All times are seconds of one clock that only goes forward.

    `good_at`: the last good beat; `steady_since`: the first of those since the last failure; `parted_at`: the last one
    before it, of a worker that had been steady.
    """

    every: float
    dead_after: float
    good_at: float | None = None
    steady_since: float | None = None
    parted_at: float | None = None

    def beat(self, began: float) -> None:
        """A beat was good."""
        self.good_at = began
        if self.steady_since is None:
            self.steady_since = began

    def fail(self, now: float) -> None:
        """A beat was not."""
        if self.is_steady(now):
            self.parted_at = self.good_at
        self.steady_since = None

    def is_steady(self, now: float) -> bool:
        """Whether beats have been good for as long as all others had time to beat again, too."""
        return self.steady_since is not None and now - self.steady_since >= self.every

    def silence_of_the_dead(self, now: float) -> float | None:
        """For how many seconds the dead have been silent; None while nobody can be told from the living.

        Soon after an outage those are known to be dead who had missed beats before it.
        """
        if self.is_steady(now):
            return self.dead_after
        if self.steady_since is None or self.parted_at is None:
            return None
        return max(self.dead_after, now - self.parted_at + BEATS_BEHIND * self.every)
