"""The folder of the server's socket: private, and of a path short enough for the operating system."""

import hashlib
import os
import re
import stat
from pathlib import Path

from scanlane.session.embedded.errors import PlaceRefused
from scanlane.session.embedded.place import Place
from scanlane.session.embedded.protocol import socket_path

# sun_path has 104 bytes on macOS and 108 on Linux, with the closing zero.
LONGEST_SOCKET_PATH = 103
# Drivers split a list of hosts at commas and take a port after a colon.
PLAIN = re.compile(r"[A-Za-z0-9/._ +=~-]+")


def make_socket_dir(place: Place) -> Path:
    """The folder inside the place when that works, or else one of our own in the system's folder for such things."""
    if fits(place.run):
        place.run.mkdir(mode=0o700, exist_ok=True)
        return place.run
    key = hashlib.sha256(os.fsencode(place.root)).hexdigest()[:16]
    for base in (Path(f"/run/user/{place.account.uid}"), Path("/tmp")):  # noqa: S108 - made private and checked
        folder = base / f"scanlane-{place.account.uid}-{key}"
        if _is_made_private(folder):
            return folder
    raise PlaceRefused(
        f"{place.root} is too long for a socket, and /tmp offers no private folder; choose a shorter one"
    )


def fits(folder: Path) -> bool:
    """Whether a socket in this folder can be reached by every driver."""
    path = str(socket_path(folder))
    return len(os.fsencode(path)) <= LONGEST_SOCKET_PATH and PLAIN.fullmatch(path) is not None


def _is_made_private(folder: Path) -> bool:
    """Make it, or accept it when it is a real folder that is ours and closed to everybody else."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return False
    ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()
    return ours and stat.S_IMODE(found.st_mode) == 0o700
