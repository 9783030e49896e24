"""A process that holds a browser until it is killed."""

import asyncio

from scanlane.clients.renderer.browser import Renderer
from scanlane.clients.website import Fetched
from scanlane.clients.website_errors import FetchFailed


async def nothing(_: str, __: str) -> Fetched:
    """No page gets anything."""
    raise FetchFailed


async def main() -> None:
    """Render one page, say so, and stay."""
    renderer = Renderer(user_agent="Scanlane/0.1")
    async with renderer.held():
        await renderer.render(Fetched(url="http://bakery.example/", status=200, body=b"<p>x</p>"), nothing)
        print("rendered", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
