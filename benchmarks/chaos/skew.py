"""A wrong clock for a worker process, by libfaketime where it is installed."""

from pathlib import Path

_FOLDERS = ("/usr/lib", "/usr/local/lib")
_LIBRARY = "libfaketimeMT.so.1"


def find_faketime() -> Path | None:
    """The library, or None where it is not installed."""
    patterns = (f"faketime/{_LIBRARY}", f"*/faketime/{_LIBRARY}")
    found = (path for folder in _FOLDERS for pattern in patterns for path in Path(folder).glob(pattern))
    return next(found, None)


def faked_clock(seconds: float) -> dict[str, str]:
    """The environment in which a process sees the time of day so far off; empty when it cannot be had."""
    library = find_faketime()
    if library is None or not seconds:
        return {}
    # The monotonic clock stays right: asyncio waits by it.
    return {
        "LD_PRELOAD": str(library),
        "FAKETIME": f"{seconds:+.0f}s",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_DONT_RESET": "1",
    }
