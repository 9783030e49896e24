"""What whoever asks for a scan may say about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from scanlane.services.crawl_values import CrawlOptions
from worklane.outcome import JsonValue

# A slow site ends with what was found, before the attempt runs out of time and loses it.
SHARE_OF_THE_TIME = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanOptions:
    """What a job's payload may say about its scan. `allow_networks` comes from an operator only, never from the API."""

    max_pages: int = 500
    thorough: bool = False
    delay: timedelta | None = None
    allow_networks: tuple[str, ...] = ()
    render: bool | None = None
    verify: bool | None = None

    @classmethod
    def of(cls, payload: Mapping[str, JsonValue], *, max_pages: int) -> "ScanOptions":
        """Read a job's payload; what it does not say has the usual value."""
        delay = payload.get("delay")
        networks = payload.get("allow_networks") or ()
        wanted = payload.get("max_pages")
        render, verify = payload.get("render"), payload.get("verify")
        return cls(
            verify=verify if isinstance(verify, bool) else None,
            render=render if isinstance(render, bool) else None,
            max_pages=wanted if isinstance(wanted, int) else max_pages,
            thorough=payload.get("thorough") is True,
            delay=timedelta(seconds=delay) if isinstance(delay, int | float) else None,
            allow_networks=tuple(str(one) for one in networks) if isinstance(networks, list | tuple) else (),
        )

    def of_crawl(self, *, agent: str, timeout: timedelta | None) -> CrawlOptions:
        """The same for the crawl; `timeout` is that of the whole attempt."""
        return CrawlOptions(
            max_pages=self.max_pages,
            thorough=self.thorough,
            delay=self.delay,
            deadline=timeout and timeout * SHARE_OF_THE_TIME,
            agent=agent,
        )
