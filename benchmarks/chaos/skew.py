"""A wrong clock for a worker process, by libfaketime."""

from pathlib import Path


def faked_clock(library: Path | None, seconds: float) -> dict[str, str]:
    """The environment in which a process sees the time of day so far off; empty without the library."""
    if library is None or not seconds:
        return {}
    # The monotonic clock stays right: asyncio waits by it.
    return {"LD_PRELOAD": str(library), "FAKETIME": f"{seconds:+.0f}s", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
