"""The terminal: what goes to stdout, what to stderr, and how a command ends when something is wrong."""

import asyncio
import gc
import logging
import os
import signal
import sys
from collections.abc import Coroutine, Iterator
from io import BufferedReader
from types import FrameType
from typing import NoReturn, TypeVar

import typer
from rich.console import Console

from scanlane.errors import AppError, BadInput, NotFound
from scanlane.settings import Settings, read_settings

T = TypeVar("T")

WIDTH_OF_FILES = 200


def _is_terminal() -> bool:
    return sys.stdout is not None and sys.stdout.isatty()  # there may be no stdout at all


out = Console(highlight=False, soft_wrap=True, width=None if _is_terminal() else WIDTH_OF_FILES)
err = Console(stderr=True, highlight=False, soft_wrap=True)

BAD_INPUT = 2
FAILED = 1
INTERRUPTED = 130
TERMINATED = 143
A_PIECE = 1 << 16


def fail(message: str, *, status: int = FAILED) -> NoReturn:
    """One line on stderr, and the exit status."""
    err.print(f"[red]error:[/red] {_escaped(message)}")
    raise typer.Exit(status)


def settings() -> Settings:
    """The environment's settings, or one clear line."""
    try:
        return read_settings()
    except AppError as error:
        fail(error.message, status=BAD_INPUT)


def run(command: Coroutine[object, object, T]) -> T:
    """Run a command to its end. What is wrong becomes one line: status 2 for bad input, 1 for everything else.

    Where nobody reads on, as behind `| head`, it ends quietly.
    """
    status = INTERRUPTED

    def terminate(_: int, frame: FrameType | None) -> None:
        nonlocal status
        status = TERMINATED
        interrupt = signal.getsignal(signal.SIGINT)
        if not callable(interrupt):
            raise KeyboardInterrupt
        interrupt(signal.SIGINT, frame)

    before = signal.signal(signal.SIGTERM, terminate)
    calm_the_collector()
    try:
        answer = asyncio.run(command)
        if sys.stdout is not None:
            sys.stdout.flush()
        return answer
    except AppError as error:
        fail(error.message, status=BAD_INPUT if isinstance(error, BadInput | NotFound) else FAILED)
    except KeyboardInterrupt:
        raise typer.Exit(status) from None
    except BrokenPipeError:
        hush_stdout()
        raise typer.Exit(FAILED) from None
    except OSError as error:
        fail(f"{type(error).__name__}: {error}")
    finally:
        signal.signal(signal.SIGTERM, before)


def calm_the_collector() -> None:
    """Leave alone what was imported, and look for circles of garbage less often.

    With 200 sites in flight a look at everything held the event loop up for a sixth of a second.
    """
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def hush_stdout() -> None:
    """Whoever read has seen enough. Python would complain once more when it flushes at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def read_interruptibly(file: BufferedReader, most: int | None = None) -> Iterator[bytes]:
    """What comes out of a pipe until its end, or until there are more than `most` bytes; Ctrl-C ends the wait at once.

    The loop's own handler would only note it for when the wait is over, and so would one long read.
    """
    total = 0
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        while (most is None or total <= most) and (piece := file.read1(A_PIECE)):
            total += len(piece)
            yield piece
    finally:
        signal.signal(signal.SIGINT, before)


def tell_if_anonymous(settings: Settings) -> None:
    """Say once that site owners cannot see who visits them, if that is so."""
    if settings.is_anonymous:
        err.print(
            "[yellow]note:[/yellow] the user agent names no page about this crawler; set SCANLANE_CONTACT_URL to one "
            "of yours, so that owners of websites can reach you (a page to start from is at /bot)"
        )


def log_to_stderr(level: str) -> None:
    """Log lines with time and level, for commands that run for long."""
    logging.basicConfig(
        stream=sys.stderr, level=level.upper(), format="%(asctime)s %(levelname)s %(name)s %(message)s", force=True
    )
    logging.getLogger("alembic").setLevel(logging.WARNING)
    hush_the_scheduler()


def hush_the_scheduler() -> None:
    """A poll that is not started while its last tick is busy is as it should be: nobody need read of it."""
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


def _escaped(message: str) -> str:
    return message.replace("[", r"\[")
