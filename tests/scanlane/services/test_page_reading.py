"""Reading pages in turn: the event loop is never away for two pages at once."""

import asyncio
import threading

import pytest

from scanlane.services.page_reading import LARGEST_READ_AT_ONCE, read_in_turn

SMALL, LARGE = b"x", b"x" * (LARGEST_READ_AT_ONCE + 1)


async def test_the_loop_gets_its_turn_between_any_two_pages() -> None:
    seen: list[str] = []
    ticking = asyncio.create_task(ticks(seen))

    await asyncio.gather(*(read_in_turn(lambda *_: seen.append("page"), SMALL, "", None) for _ in range(20)))
    ticking.cancel()

    assert seen.count("page") == 20
    assert not any(seen[at : at + 2] == ["page", "page"] for at in range(len(seen)))


async def test_a_large_page_is_read_beside_the_loop_and_a_small_one_in_it() -> None:
    here = threading.get_ident()

    def where(body: bytes, url: str, kind: str | None) -> int:
        return threading.get_ident()

    assert await read_in_turn(where, SMALL, "", None) == here
    assert await read_in_turn(where, LARGE, "", None) != here


async def test_a_page_that_cannot_be_read_leaves_the_turn_to_others() -> None:
    def fail(body: bytes, url: str, kind: str | None) -> int:
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - whatever reading raises
        await read_in_turn(fail, SMALL, "", None)

    assert await asyncio.wait_for(read_in_turn(lambda *_: 1, SMALL, "", None), 5) == 1


async def ticks(seen: list[str]) -> None:
    """What else the loop has to do."""
    while True:
        seen.append("tick")
        await asyncio.sleep(0)
