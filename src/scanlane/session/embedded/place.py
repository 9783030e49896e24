"""Where everything of one embedded database lies.

DATA_DIR/postgres/
    cluster/            appears in one rename, complete
        pgdata/         the data files
        app.password    of the application's role
        superuser.password
    run/                the socket, when its path is short enough
    log/                server logs of seven days, and what the supervisor said
    state.json          what the supervisor did last
    clients.lock        shared by everybody who uses the server
    supervisor.lock     held by the supervisor
    server.lock         held by the supervisor and by every process of the server
"""

import os
from dataclasses import dataclass
from pathlib import Path

from scanlane.session.embedded.account import Account

APP_ROLE = "app"
SUPERUSER = "postgres"
DATABASE = "scanlane"


@dataclass(frozen=True, slots=True)
class Place:
    """The folder of one embedded database, and the account that owns it."""

    root: Path
    account: Account

    @property
    def cluster(self) -> Path:
        """Data and passwords; absent until they are complete."""
        return self.root / "cluster"

    @property
    def pgdata(self) -> Path:
        """What PostgreSQL calls the data directory."""
        return self.cluster / "pgdata"

    @property
    def log(self) -> Path:
        """The folder of the logs."""
        return self.root / "log"

    @property
    def supervisor_log(self) -> Path:
        """What the supervisor and the starting server said."""
        return self.log / "supervisor.log"

    @property
    def run(self) -> Path:
        """Where the socket goes when the path allows."""
        return self.root / "run"

    @property
    def state(self) -> Path:
        """The supervisor's notes."""
        return self.root / "state.json"

    @property
    def clients_lock(self) -> Path:
        """Held shared by every client."""
        return self.root / "clients.lock"

    @property
    def supervisor_lock(self) -> Path:
        """Held alone by the supervisor."""
        return self.root / "supervisor.lock"

    @property
    def server_lock(self) -> Path:
        """Held by the server's processes, so that a second server cannot start while one of them lives."""
        return self.root / "server.lock"

    def password(self, role: str) -> str:
        """The password of the role."""
        name = "app.password" if role == APP_ROLE else "superuser.password"
        descriptor = os.open(self.cluster / name, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        with open(descriptor, encoding="utf-8") as file:
            return file.read().strip()
