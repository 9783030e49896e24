"""What the supervisor did last, for clients that wait and for `scanlane doctor`."""

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

# Room for the longest reason even if JSON needs twelve bytes for each of its characters.
SIZE = 8192
LONGEST_REASON = 500


class Status(StrEnum):
    """How the server is, as far as its supervisor knew."""

    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FAILED = "failed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """One entry: it replaces the one before."""

    status: Status
    attempt: str
    version: str
    socket_dir: str
    reason: str = ""
    error: str = ""


def write_notes(path: Path, notes: Notes) -> None:
    """Overwrite the notes in place: on a full disk the blocks that the file already has are all there is."""
    cut = {**asdict(notes), "reason": notes.reason[:LONGEST_REASON]}
    text = json.dumps(cut).encode().ljust(SIZE)
    with suppress(OSError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            os.pwrite(descriptor, text, 0)
        finally:
            os.close(descriptor)


def read_notes(path: Path) -> Notes | None:
    """The latest notes; None when there are none that can be read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        with open(descriptor, "rb") as file:
            found = json.loads(file.read(SIZE))
        return Notes(**{**found, "status": Status(found["status"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None
