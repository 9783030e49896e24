"""Files that hold one thing a line."""

import sys
from io import BufferedReader
from pathlib import Path
from typing import cast

from scanlane.commands.terminal import read_interruptibly
from scanlane.errors import BadInput

STANDARD_INPUT = "-"
LARGEST_FILE = 64 * 1024 * 1024


def read_lines(file: str, *, most: int) -> list[str]:
    """The lines of a UTF-8 file (- is stdin) that hold something else than a # comment. Raises BadInput."""
    try:
        if file == STANDARD_INPUT:
            body = b"".join(read_interruptibly(cast(BufferedReader, sys.stdin.buffer), LARGEST_FILE))
        else:
            with Path(file).open("rb") as opened:
                body = opened.read(LARGEST_FILE + 1)
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(f"{file} is no UTF-8 text", field="file") from None
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}", field="file") from None
    lines = [line.strip() for line in text.splitlines()]
    found = [line for line in lines if line and not line.startswith("#")]
    if len(body) > LARGEST_FILE or len(found) > most:
        raise BadInput(f"{file} is too long: at most {most} lines", field="file")
    return found
