"""Under which account PostgreSQL runs: the caller's own, but never root's, for the server refuses that."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from scanlane.session.embedded.errors import CannotRunAsThisUser

USUAL_NAMES = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    """A user of the operating system, without any of its supplementary groups."""

    uid: int
    gid: int

    @property
    def is_mine(self) -> bool:
        """Whether this process already runs under it."""
        return self.uid == os.geteuid()


def account_to_run_as(*, owner_of_the_data: int | None, name: str | None = None) -> Account:
    """The caller's account; for root the owner of existing data, the named user, or an unprivileged one."""
    me = os.geteuid()
    if me != 0:
        return _known(me)
    if owner_of_the_data:
        return _known(owner_of_the_data)
    for candidate in [name] if name else USUAL_NAMES:
        try:
            entry = pwd.getpwnam(candidate)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(entry.pw_uid, entry.pw_gid)
    wanted = name or " or ".join(USUAL_NAMES)
    raise CannotRunAsThisUser(f"PostgreSQL does not run as root, and there is no user {wanted}; run as a normal user")


def become(account: Account) -> None:
    """Give up root for good: groups, then group, then user. Raises CannotRunAsThisUser when that is forbidden."""
    if account.is_mine:
        return
    try:
        os.setgroups([])
        os.setgid(account.gid)
        os.setuid(account.uid)
    except PermissionError as error:
        raise CannotRunAsThisUser(
            "root may not change to another user here (capabilities were dropped); run as a normal user"
        ) from error


def can_pass(account: Account, folder: Path) -> bool:
    """Whether the account may walk into this folder, judged by the modes of it and everything above it."""
    ways = [folder.absolute(), folder.resolve()]
    return all(_lets_pass(path.stat(), account) for way in ways for path in (way, *way.parents))


def _lets_pass(found: os.stat_result, account: Account) -> bool:
    if found.st_uid == account.uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == account.gid:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)


def _known(uid: int) -> Account:
    """initdb looks its user up by number, so a number without a name cannot make a cluster."""
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise CannotRunAsThisUser(
            f"user id {uid} has no entry in the user database, which PostgreSQL needs; add one, "
            "run as another user, or set SCANLANE_DATABASE_URL"
        ) from None
    return Account(entry.pw_uid, entry.pw_gid)
