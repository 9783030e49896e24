"""A PostgreSQL server that comes with the application: started on demand, shared by its clients, stopped after them."""

from scanlane.session.embedded.binaries import Binaries, Version, find_binaries
from scanlane.session.embedded.connection import ConnectionInfo
from scanlane.session.embedded.errors import EmbeddedPostgresError
from scanlane.session.embedded.server import EmbeddedPostgres, ServerState

__all__ = [
    "Binaries",
    "ConnectionInfo",
    "EmbeddedPostgres",
    "EmbeddedPostgresError",
    "ServerState",
    "Version",
    "find_binaries",
]
