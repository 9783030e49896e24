"""Which folder becomes the place of a data directory's database; makes it, and changes nothing above it.

Usually it is DATA_DIR/postgres. Root is the exception: PostgreSQL then runs as an unprivileged user, who may not be
able to walk into DATA_DIR at all (a private home, the 0700 folder of mktemp). Opening the parents would show their
content to everybody, so the place is then made in a folder of the system and DATA_DIR/postgres.place names it.
A place whose DATA_DIR lay in /tmp and is gone is cleared away when the next one is made.
"""

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from scanlane.session.embedded.account import Account, account_to_run_as, can_pass
from scanlane.session.embedded.errors import PlaceRefused
from scanlane.session.embedded.folders import make_folders
from scanlane.session.embedded.locks import FileLock
from scanlane.session.embedded.place import Place

SYSTEM_DIR = Path("/var/lib/scanlane-postgres")
TEMPORARY = (Path("/tmp"), Path("/var/tmp"))  # noqa: S108 - compared with, nothing is made there


def find_place(data_dir: Path, *, system_dir: Path = SYSTEM_DIR, account_name: str | None = None) -> Place:
    """The place of this data directory; made when it is new. Raises PlaceRefused or CannotRunAsThisUser."""
    with refusing(data_dir):
        return _find(data_dir.absolute(), system_dir, account_name)


@contextmanager
def refusing(data_dir: Path) -> Iterator[None]:
    """Turn what the operating system forbids in this directory into PlaceRefused."""
    try:
        yield
    except OSError as error:
        where = error.filename or data_dir
        raise PlaceRefused(
            f"{where} cannot be used for the embedded database ({error.strerror}); "
            "set SCANLANE_DATA_DIR to a folder that you may write, and run as a normal user rather than as root"
        ) from error


def _find(data_dir: Path, system_dir: Path, account_name: str | None) -> Place:
    is_root = os.geteuid() == 0
    make_folders(data_dir, mode=0o711 if is_root else 0o700)
    inside = data_dir / "postgres"
    record = data_dir / "postgres.place"
    root = _recorded(record) if is_root and record.exists() else inside
    owner = root.stat().st_uid if root.exists() else None
    account = account_to_run_as(owner_of_the_data=owner, name=account_name)
    if root == inside and not can_pass(account, data_dir):
        root = _place_elsewhere(inside, record, system_dir, account)
    _make_own(root, account)
    return Place(root, account)


def _place_elsewhere(inside: Path, record: Path, system_dir: Path, account: Account) -> Path:
    """A new folder of the system, recorded; of several that are made at once, the first recorded one counts."""
    if inside.exists() and any(inside.iterdir()):
        raise PlaceRefused(
            f"{inside} holds a database, and user id {account.uid}, as whom PostgreSQL runs for root, cannot reach it; "
            "move it to a folder that others may pass, and set SCANLANE_DATA_DIR to that"
        )
    clusters = system_dir / "clusters"
    make_folders(clusters, mode=0o711)
    if not can_pass(account, clusters):
        raise PlaceRefused(
            f"user id {account.uid}, as whom PostgreSQL runs for root, can reach neither {inside.parent} "
            f"nor {clusters}; set SCANLANE_DATA_DIR to a folder that others may pass"
        )
    _clear_abandoned(clusters)
    root = clusters / os.urandom(8).hex()
    root.mkdir(mode=0o700)
    _belongs_to(root).write_text(f"{record}\n", encoding="utf-8")
    draft = record.with_name(f"{record.name}.{root.name}")
    draft.write_text(f"{root}\n", encoding="utf-8")
    try:
        os.link(draft, record)
    except FileExistsError:
        _belongs_to(root).unlink()
        root.rmdir()
        return _recorded(record)
    finally:
        draft.unlink()
    return root


def _recorded(record: Path) -> Path:
    """Only what root wrote is believed: the record decides as whom and where a server runs."""
    found = record.lstat()
    if found.st_uid != 0 or not stat.S_ISREG(found.st_mode):
        raise PlaceRefused(f"{record} was not written by root; remove it, or set SCANLANE_DATA_DIR to another folder")
    return Path(record.read_text(encoding="utf-8").strip())


def _make_own(root: Path, account: Account) -> None:
    """Make the place, or check that it is the account's alone. Only a folder that is still empty changes hands."""
    with suppress(FileExistsError):
        root.mkdir(mode=0o700)
    found = root.lstat()
    if found.st_uid == 0 != account.uid and os.geteuid() == 0 and not any(root.iterdir()):
        os.chown(root, account.uid, account.gid)
        found = root.lstat()
    if root.is_symlink() or found.st_uid != account.uid or found.st_mode & 0o077:
        raise PlaceRefused(
            f"{root} has to be a folder of user id {account.uid} that is closed to all others (mode 0700); "
            "correct that, or set SCANLANE_DATA_DIR to another folder"
        )


def _belongs_to(root: Path) -> Path:
    """Beside the place, not in it: the account that owns the place must not decide what is cleared away."""
    return root.with_suffix(".belongs_to")


def _clear_abandoned(clusters: Path) -> None:
    for note in clusters.glob("*.belongs_to"):
        with suppress(OSError):
            record = Path(note.read_text(encoding="utf-8").strip())
            root = note.with_suffix("")
            was_temporary = any(record.is_relative_to(base) for base in TEMPORARY)
            if was_temporary and not record.parent.exists() and not _in_use(root):
                shutil.rmtree(root)
                note.unlink()


def _in_use(root: Path) -> bool:
    place = Place(root, Account(0, 0))
    paths = [path for path in (place.clients_lock, place.supervisor_lock, place.server_lock) if path.exists()]
    return any(_is_held(path) for path in paths)


def _is_held(path: Path) -> bool:
    with FileLock(path) as lock:
        return not lock.try_exclusive()
