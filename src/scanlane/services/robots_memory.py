"""What robots.txt of each host said a short while ago, so that a hundred files of a site cost one look at its rules."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from scanlane.clients.website import Fetched
from scanlane.domain.robots import LARGEST_ROBOTS
from scanlane.domain.urls import path_of
from scanlane.services.crawl_values import Fetch

REMEMBERED_FOR = timedelta(minutes=15)
MOST_BYTES = 8 * 1024 * 1024
# What an answer costs beside its body.
_OVERHEAD = 2048


class RobotsMemory:
    """Answers to requests for robots.txt; failures of the server are not remembered (RFC 9309, 2.4)."""

    def __init__(self, *, span: timedelta = REMEMBERED_FOR, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._span = span.total_seconds()
        self._monotonic = monotonic
        self._answers: OrderedDict[str, tuple[float, Fetched]] = OrderedDict()
        self._size = 0

    def before(self, fetch: Fetch, *, afresh: bool = False) -> Fetch:
        """The same fetch, but robots.txt is taken from memory where it is there. `afresh`: it only learns."""

        async def remembering(url: str) -> Fetched:
            if path_of(url) != "/robots.txt":
                return await fetch(url)
            known = None if afresh else self._known(url)
            return known or self._learn(url, await fetch(url))

        return remembering

    def _known(self, url: str) -> Fetched | None:
        since, answer = self._answers.get(url, (0.0, None))
        return answer if answer is not None and self._monotonic() - since < self._span else None

    def _learn(self, url: str, answer: Fetched) -> Fetched:
        answer = replace(answer, body=answer.body[:LARGEST_ROBOTS])
        if answer.status < 500:
            self._forget(url)
            self._answers[url] = (self._monotonic(), answer)
            self._size += len(answer.body) + _OVERHEAD
            while self._size > MOST_BYTES:
                self._forget(next(iter(self._answers)))
        return answer

    def _forget(self, url: str) -> None:
        known = self._answers.pop(url, None)
        if known is not None:
            self._size -= len(known[1].body) + _OVERHEAD
