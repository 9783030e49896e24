"""Ids of rows that are made before their rows are: version 7 of RFC 9562, growing within one process."""

import os
import time
from uuid import UUID

from asyncpg.pgproto import pgproto

# 48 bits of milliseconds and 12 bits of their fraction, which the version's four bits stand between.
TICKS_PER_MILLISECOND = 4096
_RANDOM_BITS = (1 << 62) - 1

_last = 0


def new_id() -> UUID:
    """An id that is greater than every other that this process has made."""
    [made] = new_ids(1)
    return made


def new_ids(count: int) -> list[UUID]:
    """So many ids, each greater than the one before."""
    global _last
    first = max(time.time_ns() * TICKS_PER_MILLISECOND // 1_000_000, _last + 1)
    _last = first + count - 1
    entropy = os.urandom(8 * count)
    return [_made(first + number, entropy[8 * number : 8 * number + 8]) for number in range(count)]


def _made(ticks: int, entropy: bytes) -> UUID:
    head = (ticks >> 12 << 16) | 0x7000 | (ticks & 0xFFF)
    tail = 0x8000_0000_0000_0000 | (int.from_bytes(entropy) & _RANDOM_BITS)
    made: UUID = pgproto.UUID((head << 64 | tail).to_bytes(16))
    return made
