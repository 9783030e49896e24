"""Folders made with an exact mode, whatever the umask; folders that exist are left as they are."""

from pathlib import Path


def make_folders(folder: Path, *, mode: int) -> None:
    """Make what is missing of this path. Only what is made here gets the mode."""
    for path in reversed([folder, *folder.parents]):
        try:
            path.mkdir(mode=mode)
        except OSError:
            if not path.is_dir():
                raise
        else:
            path.chmod(mode)
