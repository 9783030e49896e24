"""What tests need to know about browsers: whether there is one, and which processes are one."""

import os
import select
from pathlib import Path

import pytest

from scanlane.clients.renderer.errors import RendererMissing
from scanlane.clients.renderer.launch import find_chromium


def chromium_or_skip() -> str:
    """The path of Chromium; skips the test where it or Playwright is missing, unless nothing may be skipped."""
    try:
        return find_chromium()
    except RendererMissing as error:
        if os.environ.get("SCANLANE_TESTS_MUST_RUN"):
            pytest.fail(f"{error.message} scripts/install-test-tools installs Chromium.")
        pytest.skip(error.message)


def browsers(ancestor: int) -> set[int]:
    """The ids of the Chromium processes that descend from a process."""
    parents = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    return {pid for pid in parents if _descends(pid, ancestor, parents) and _is_chromium(pid)}


def _descends(pid: int, ancestor: int, parents: dict[int, int]) -> bool:
    while pid in parents:
        pid = parents[pid]
        if pid == ancestor:
            return True
    return False


def _is_chromium(pid: int) -> bool:
    try:
        return b"chrom" in Path(f"/proc/{pid}/cmdline").read_bytes().partition(b"\0")[0]
    except OSError:
        return False


def have_ended(pids: set[int], *, seconds: float = 20) -> bool:
    """Wait for the end of processes, each at most so long; answer whether all have ended."""
    for pid in pids:
        try:
            watched = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        try:
            if not select.select([watched], [], [], seconds)[0]:
                return False
        finally:
            os.close(watched)
    return True
