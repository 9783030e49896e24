"""How much of a crawl a crash may cost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from scanlane.services.crawl_values import PageVisit, SiteUnreachable, VisitStatus
from scanlane.tasks.portions import MOST_PAGES_A_PORTION, portions

MOMENT = 0.01


def visit(number: int) -> PageVisit:
    """A visit to a page."""
    url = f"https://bakery.test/{number}"
    return PageVisit(url=url, final_url=url, status=VisitStatus.OK)


class TestPortions:
    async def test_what_was_seen_is_handed_over_while_the_next_page_is_slow(self) -> None:
        answered = asyncio.Event()

        async def crawl() -> AsyncIterator[PageVisit]:
            yield visit(1)
            yield visit(2)
            await answered.wait()
            yield visit(3)

        async with asyncio.timeout(10), aclosing(portions(crawl(), longest=MOMENT)) as found:
            before = [await anext(found)]
            while len([one for portion in before for one in portion]) < 2:
                before.append(await anext(found))
            answered.set()
            after = [portion async for portion in found]

        assert [one for portion in before for one in portion] == [visit(1), visit(2)]
        assert after == [(visit(3),)]

    async def test_pages_that_come_fast_are_bounded_by_number(self) -> None:
        seen = 0

        async def crawl() -> AsyncIterator[PageVisit]:
            nonlocal seen
            for number in range(250):
                seen += 1
                yield visit(number)

        saved, unsaved = 0, []
        async for portion in portions(crawl()):
            unsaved.append(seen - saved)
            saved += len(portion)

        assert saved == 250
        assert max(unsaved) <= MOST_PAGES_A_PORTION

    async def test_what_came_before_an_error_is_handed_over(self) -> None:
        async def crawl() -> AsyncIterator[PageVisit]:
            yield visit(1)
            raise SiteUnreachable("silence", temporary=True)

        found = portions(crawl())
        first = await anext(found)

        assert first == (visit(1),)
        with pytest.raises(SiteUnreachable):
            await anext(found)

    async def test_whoever_stops_ends_the_crawl(self) -> None:
        ended = asyncio.Event()

        async def crawl() -> AsyncIterator[PageVisit]:
            try:
                yield visit(1)
                await asyncio.Event().wait()
            finally:
                ended.set()

        async with aclosing(portions(crawl(), longest=MOMENT)) as found:
            await anext(found)
            waiting = asyncio.create_task(anext(found))
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)

        assert ended.is_set()

    async def test_a_crawl_of_nothing_gives_none(self) -> None:
        async def crawl() -> AsyncIterator[PageVisit]:
            for number in ():
                yield visit(number)

        assert [portion async for portion in portions(crawl())] == []
