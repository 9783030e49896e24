"""When a crawl has seen enough: its returns, measured in pages that hold an address which is new. Pure."""

from dataclasses import dataclass

# So many pages without a new address are borne, once no promising page waits ...
FEWEST_BARREN = 40
# ... and more where new addresses have always been far apart: this many times the longest way to one, within reason.
WAYS_BORNE = 3
MOST_BARREN = 150
# Links that lead nowhere say little about the pages that are there: so many of them count as one page.
DEAD_LINKS_A_PAGE = 4


@dataclass(slots=True)
class Returns:
    """What the pages of a crawl have given so far.

    Counted are answers, good or bad. Those of promising pages shorten nobody's patience: they are visited in any case.
    """

    barren: float = 0
    _answers: float = 0
    _longest_way: float = 0
    _has_yielded: bool = False

    def note(self, *, is_new: bool, is_promising: bool, is_alive: bool = True) -> None:
        """Count one answer: whether it held a new address, had been promising, and was a page at all."""
        weight = 1 if is_alive else 1 / DEAD_LINKS_A_PAGE
        self._answers += weight
        if is_new:
            # The way to the very first address says where the site keeps its contacts, not how far apart they are.
            self._longest_way = max(self._longest_way, self._answers if self._has_yielded else 0)
            self.barren = self._answers = 0
            self._has_yielded = True
        elif not is_promising:
            self.barren += weight

    @property
    def patience(self) -> float:
        """How many pages without a new address are borne."""
        return min(max(FEWEST_BARREN, WAYS_BORNE * self._longest_way), MOST_BARREN)

    @property
    def left(self) -> float:
        """How many more pages without a new address are borne."""
        return max(self.patience - self.barren, 0)
