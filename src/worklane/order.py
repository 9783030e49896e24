"""In which order, and how many at a time, waiting rows are started: fair shares, limits, rates. Pure values.

    Order(
        fair=FairShare(weights={"gold": 3.0}),
        limits={"email_scan": Limit(running=1, rate=Rate(times=10, per=timedelta(minutes=1)))},
    )

An order belongs to the queue: every process that claims from it must be given the same one.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """At most `times` starts in each `per` in the long run, and `burst` (`times`, unless given) at once after a rest.

    In no window of the length `per` (its end excluded) do more than `times + burst - 1` starts fall; `burst=1` spaces
    them evenly, and then `times` is never exceeded. Raises ValueError.
    """

    times: int
    per: timedelta
    burst: int | None = None

    def __post_init__(self) -> None:
        if self.times < 1:
            raise ValueError(f"a rate's times must be at least 1, not {self.times}")
        if self.per < MICROSECOND * self.times:
            raise ValueError(f"a rate's per must be at least a microsecond for each of its times, not {self.per}")
        if self.burst is not None and self.burst < 1:
            raise ValueError(f"a rate's burst must be at least 1, not {self.burst}")

    @property
    def spacing(self) -> timedelta:
        """The time that one start uses up: `per / times`, rounded up to a microsecond so that no rounding adds one."""
        return -(-self.per // self.times)

    @property
    def at_once(self) -> int:
        """How many may start at one moment after a rest."""
        return self.times if self.burst is None else self.burst

    def most_within(self, window: timedelta) -> int:
        """The most starts in any stretch [t, t + window): the bound of the generic cell rate algorithm."""
        return -(-window // self.spacing) + self.at_once - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What each key of a job type may do: how many of its rows run at one time, how often one starts, or both.

    Raises ValueError.
    """

    running: int | None = None
    rate: Rate | None = None

    def __post_init__(self) -> None:
        if self.running is None and self.rate is None:
            raise ValueError("a limit needs running, a rate, or both")
        if self.running is not None and self.running < 1:
            raise ValueError(f"a limit's running must be at least 1, not {self.running}")


@dataclass(frozen=True, slots=True, kw_only=True)
class FairShare:
    """How much of the workers each tenant gets while several wait; whoever waits alone gets everything.

    Weights are relative: 3.0 gets three times what 1.0 gets. Raises ValueError.
    """

    weights: Mapping[str, float] = field(default_factory=dict)
    default: float = 1.0

    def __post_init__(self) -> None:
        named = {"by default": self.default, **{f"of {tenant!r}": weight for tenant, weight in self.weights.items()}}
        for whose, weight in named.items():
            if not (math.isfinite(weight) and weight > 0):
                raise ValueError(f"the weight {whose} must be a positive number, not {weight}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Fair shares between tenants (or none), and for each limited job type the limit of each of its keys.

    A row's key is its `limit_key`; a row without one is not limited. Keys of different types are different keys.
    """

    fair: FairShare | None = None
    limits: Mapping[str, Limit] = field(default_factory=dict)

    @property
    def has_rates(self) -> bool:
        """Whether any type has a rate, and so needs the table of rates."""
        return any(limit.rate for limit in self.limits.values())
