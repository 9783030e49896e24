"""Pages of one kind: which URLs a site makes from the same template, and what a template is worth. Pure."""

import re
from collections import deque
from dataclasses import dataclass

# So many pages without anything new, in terms of the pages that one new thing has cost so far.
PATIENCE_IN_YIELDS = 3
# One lucky page does not make its whole template promising.
YIELDS_OF_A_GOOD_TEMPLATE = 2
# With more parameters than this, their combinations are endless: searches with facets, filters upon filters.
MOST_NAMED_PARAMETERS = 2

# Of so many kinds of pages that were tried last, this share has to be dead before links are distrusted.
FEWEST_TRIALS = 12
MOST_TRIALS = 20
DEAD_SHARE = 0.75

_NUMBER = re.compile(r"\d+")


@dataclass(slots=True)
class Yield:
    """What the pages of one template gave: how many were handed out, were there or not, and held something new."""

    taken: int = 0
    alive: int = 0
    dead: int = 0
    credits: int = 0
    taken_at_last_credit: int = 0

    def credit(self) -> None:
        """Note that one of the pages held something new."""
        self.credits += 1
        self.taken_at_last_credit = self.taken

    def answer(self, *, is_alive: bool) -> bool:
        """Note whether one of the pages was there; answer whether it was the first to be tried."""
        is_first = not (self.alive or self.dead)
        self.alive += is_alive
        self.dead += not is_alive
        return is_first

    def is_used_up(self, share: int) -> bool:
        """Whether more pages than the share gave nothing since the last that did. Rare yields lengthen the share."""
        spacing = self.taken / self.credits if self.credits else 0
        return self.taken - self.taken_at_last_credit >= max(share, PATIENCE_IN_YIELDS * spacing)

    @property
    def is_welcome(self) -> bool:
        """Whether more than one of its pages held something new."""
        return self.credits >= YIELDS_OF_A_GOOD_TEMPLATE


class Trials:
    """The first pages of new kinds, those that were tried last: many sites link to pages that are long gone."""

    def __init__(self) -> None:
        self._were_dead: deque[bool] = deque(maxlen=MOST_TRIALS)

    def note(self, *, is_alive: bool) -> None:
        """Count one more."""
        self._were_dead.append(not is_alive)

    @property
    def fail(self) -> bool:
        """Whether nearly all of them led nowhere."""
        return len(self._were_dead) >= FEWEST_TRIALS and sum(self._were_dead) >= DEAD_SHARE * len(self._were_dead)


def template_of(url: str) -> str:
    """What pages of the same kind share: numbers are equal, the last path segment and parameter values do not count."""
    address, _, query = url.partition("?")
    folder, _, _ = address.rpartition("/")
    names = sorted({part.partition("=")[0] for part in query.split("&")}) if query else []
    if folder.count("/") == 2 and not names:
        # Small sites keep all pages in one folder: there, each page is a kind of its own.
        return address
    if len(names) > MOST_NAMED_PARAMETERS:
        names = ["*"]
    return f"{_NUMBER.sub('#', folder)}?{'&'.join(names)}"
