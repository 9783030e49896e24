"""The process that reads one PDF of a stranger: bytes come in on standard input, text goes out on standard output.

It gives up what it does not need before the first byte is read: processor time beyond a few seconds, memory beyond a
few hundred megabytes, files to write, processes to start. Run as `python -m scanlane.clients.pdf_child`.
"""

import resource
import sys
from contextlib import suppress

from scanlane.domain import pdf_text

CPU_SECONDS = 6
MEMORY_BYTES = 512 * 1024 * 1024
_LIMITS = (
    (resource.RLIMIT_CPU, CPU_SECONDS),
    (resource.RLIMIT_AS, MEMORY_BYTES),
    (resource.RLIMIT_CORE, 0),
    (resource.RLIMIT_FSIZE, 0),
    (resource.RLIMIT_NPROC, 0),
)


def give_up_what_is_not_needed() -> None:
    """Set the limits of this process; no code in it can raise them again unless it is root's."""
    for what, most in _LIMITS:
        # Not every system can limit everything; the parent's deadline holds everywhere.
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


def main() -> None:
    """Read, and answer with the text in UTF-8."""
    give_up_what_is_not_needed()
    body = sys.stdin.buffer.read(pdf_text.LARGEST + 1)
    sys.stdout.buffer.write(pdf_text.text_of(body).encode("utf-8", "replace"))


if __name__ == "__main__":
    main()
