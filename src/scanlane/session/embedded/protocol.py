"""A real exchange with the server: the first step of the PostgreSQL protocol, over the standard library alone.

A pid or a socket file says nothing: a pid may belong to another process by now, a socket may be a leftover. A server
that asks for a password lives. (PostgreSQL documentation, "Message Flow" and "Message Formats".)
"""

import socket
import struct
from enum import StrEnum
from pathlib import Path

PORT = 5432
PROTOCOL_3_0 = 3 << 16
LONGEST_REPLY = 8192


class Answer(StrEnum):
    """What came back."""

    ALIVE = "alive"
    NOT_YET = "not yet"
    SILENCE = "silence"


def socket_path(folder: Path) -> Path:
    """The server's socket in its folder."""
    return folder / f".s.PGSQL.{PORT}"


def ask(folder: Path, *, user: str, database: str, seconds: float = 2) -> Answer:
    """Begin a session without finishing it, and answer how the server reacted."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
            peer.settimeout(seconds)
            peer.connect(str(socket_path(folder)))
            peer.sendall(_startup(user, database))
            return _understand(peer.recv(LONGEST_REPLY))
    except OSError:
        return Answer.SILENCE


def _startup(user: str, database: str) -> bytes:
    pairs = ("user", user, "database", database, "application_name", "liveness")
    body = b"".join(word.encode() + b"\0" for word in pairs) + b"\0"
    return struct.pack("!II", len(body) + 8, PROTOCOL_3_0) + body


def _understand(reply: bytes) -> Answer:
    """R: asks for authentication. E with SQLSTATE 57P03: starting, recovering or stopping. 53300: full, but alive."""
    match reply[:1]:
        case b"R":
            return Answer.ALIVE
        case b"E" if b"C53300\0" in reply:
            return Answer.ALIVE
        case b"E":
            return Answer.NOT_YET
        case _:
            return Answer.SILENCE
