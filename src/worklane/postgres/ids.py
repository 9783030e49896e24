"""Ids of rows that are made before their rows are: version 7 of RFC 9562, growing within one process."""

import secrets
import time
from uuid import UUID

from asyncpg.pgproto import pgproto

# 48 bits of milliseconds and 12 bits of their fraction, which the version's four bits stand between.
TICKS_PER_MILLISECOND = 4096

_last = 0


def new_id() -> UUID:
    """An id that is greater than every other that this process has made."""
    global _last
    ticks = max(time.time_ns() * TICKS_PER_MILLISECOND // 1_000_000, _last + 1)
    _last = ticks
    head = (ticks >> 12 << 16) | 0x7000 | (ticks & 0xFFF)
    tail = 0x8000_0000_0000_0000 | secrets.randbits(62)
    made: UUID = pgproto.UUID((head << 64 | tail).to_bytes(16, "big"))
    return made
