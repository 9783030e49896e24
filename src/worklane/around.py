"""What may be put around the work of one claim: entered before `load`, left after `save`."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from worklane.claim import Claim
from worklane.lifecycle import Settlement


class Ran(Protocol):
    """Hears how the work went. A claim that was lost or stopped hears neither."""

    def raised(self, error: BaseException) -> None:
        """The work raised an exception that nobody expected; a settlement follows."""

    def settled(self, settlement: Settlement) -> None:
        """The row reached its next status."""


Around = Callable[[Claim], AbstractContextManager[Ran]]


class _Deaf:
    def raised(self, error: BaseException) -> None: ...

    def settled(self, settlement: Settlement) -> None: ...


def nothing(claim: Claim) -> AbstractContextManager[Ran]:
    """Around nothing is done."""
    del claim
    return nullcontext(_Deaf())
