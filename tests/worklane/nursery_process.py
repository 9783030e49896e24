"""A program with a nursery, for tests that end its processes: `python -m tests.worklane.nursery_process WHAT NOTE`.

WHAT `ends` prints how each quarantine ended, as JSON; `waits` prints a line once a quarantine runs, and waits.
A quarantine that waits for its parent writes the file NOTE when that is gone.
"""

import asyncio
import contextlib
import json
import os
import signal
import sys
from pathlib import Path

from worklane.nursery import Nursery
from worklane.quarantine import until_the_parent_is_gone

FELL_BACK = 77


def program(word: str) -> None:
    """What a quarantine does here."""
    match word:
        case "exits":
            raise SystemExit(3)
        case "is killed":
            os.kill(os.getpid(), signal.SIGKILL)
        case "fails":
            raise ValueError("planted")
        case "waits":
            asyncio.run(_wait())
            Path(sys.argv[2]).touch()


async def _wait() -> None:
    print("waiting", flush=True)
    await until_the_parent_is_gone()


async def otherwise() -> int:
    """What runs in place of a quarantine where there is no nursery any more."""
    return FELL_BACK


async def ends(nursery: Nursery) -> dict[str, object]:
    """How each kind of quarantine ends."""
    words = ["returns", "exits", "is killed", "fails"] * 5
    codes = await asyncio.gather(*(nursery.quarantine(word, otherwise=otherwise)() for word in words))
    ended: dict[str, object] = {
        word: sorted({codes[at] for at in range(len(words)) if words[at] == word}) for word in words
    }
    _kill(nursery)
    return ended | {"has no nursery": [await nursery.quarantine("returns", otherwise=otherwise)()]}


def _kill(nursery: Nursery) -> None:
    os.kill(nursery.pid, signal.SIGKILL)
    os.waitpid(nursery.pid, 0)


async def main(nursery: Nursery) -> None:
    """Do as the command line says."""
    if sys.argv[1] == "ends":
        print(json.dumps(await ends(nursery)), flush=True)
        return
    running = asyncio.ensure_future(nursery.quarantine("waits", otherwise=otherwise)())
    # A line on standard input cancels the call; its end is then told.
    await asyncio.to_thread(sys.stdin.readline)
    running.cancel()
    await asyncio.wait([running])
    print("cancelled", flush=True)


if __name__ == "__main__":
    with contextlib.closing(Nursery(program)) as made:
        asyncio.run(main(made))
