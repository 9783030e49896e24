"""Locks between processes that the kernel releases by itself when their holder is gone, however it went (flock)."""

import fcntl
import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Self
from weakref import WeakSet

from scanlane.session.embedded.errors import PlaceRefused

_open_here: "WeakSet[FileLock]" = WeakSet()


class FileLock:
    """A lock on a file. It is not inherited: neither by programs that are started, nor by plain forks."""

    def __init__(self, path: Path, *, owner: int | None = None) -> None:
        self.path = path
        self._descriptor: int | None = _open(path, owner)
        _open_here.add(self)

    @property
    def is_open(self) -> bool:
        """False once closed, and in a child that was forked while it was open."""
        return self._descriptor is not None

    @property
    def descriptor(self) -> int:
        """For handing the lock to a program on purpose: the program then holds it too."""
        if self._descriptor is None:
            raise ValueError(f"the lock {self.path} is closed")
        return self._descriptor

    def lend(self) -> int:
        """A second descriptor of the same lock, which forked children keep: for those that shall hold it too."""
        return os.dup(self.descriptor)

    def try_shared(self) -> bool:
        """Take it together with others. False: somebody has it alone."""
        return self._try(fcntl.LOCK_SH)

    def try_exclusive(self) -> bool:
        """Take it alone. False: somebody has it."""
        return self._try(fcntl.LOCK_EX)

    def release(self) -> None:
        """Give it up for everybody who shares this open file."""
        fcntl.flock(self.descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        """Let go of the file; a child to which the descriptor was handed goes on holding the lock."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _try(self, kind: int) -> bool:
        try:
            fcntl.flock(self.descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def _open(path: Path, owner: int | None) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
        os.close(descriptor)
        raise PlaceRefused(f"{path} is not a plain file of its own; remove it")
    if owner is not None and found.st_uid == os.geteuid() != owner:
        os.fchown(descriptor, owner, -1)
    return descriptor


def _forget_in_a_forked_child() -> None:
    """A forked child would keep the parent's locks alive after the parent's death."""
    for lock in list(_open_here):
        with suppress(OSError):
            lock.close()


os.register_at_fork(after_in_child=_forget_in_a_forked_child)
