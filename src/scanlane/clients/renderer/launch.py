"""The start of a browser that has no way to the network: a dead proxy for everything, no names, no datagrams.

Requests are answered through our own guarded client (see `requests`); the walls here hold even where that is not asked:
prefetches, beacons, sockets, calls. Sources: Chromium's net/docs/proxy.md and content_switches.cc.
"""

import os
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from scanlane.clients.renderer.errors import RendererMissing

if TYPE_CHECKING:
    from playwright.async_api import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
MEGABYTES_OF_A_SCRIPT = 256

_ARGUMENTS = (
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-quic",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-remote-fonts",
    "--blink-settings=imagesEnabled=false",
    f"--js-flags=--max-old-space-size={MEGABYTES_OF_A_SCRIPT}",
)


def find_chromium(given: Path | None = None) -> str:
    """The path of the browser; `given` wins. Raises RendererMissing when it or Playwright is not there."""
    if find_spec("playwright") is None:
        raise RendererMissing
    if given is not None:
        if os.access(given, os.X_OK) and given.is_file():
            return str(given)
        raise RendererMissing(f"There is no browser at {given} (SCANLANE_CHROMIUM).")
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise RendererMissing
    return found


@asynccontextmanager
async def launched(chromium: str) -> AsyncIterator["Browser"]:
    """A browser behind its walls while the block runs. Raises RendererMissing when it does not start."""
    from playwright.async_api import Error, async_playwright

    # Bound but never listening: whoever connects is refused, and nobody else can take the port.
    with socket.socket() as dead_end, tempfile.TemporaryDirectory(prefix="scanlane-browser-") as home:
        dead_end.bind(("127.0.0.1", 0))
        async with async_playwright() as playwright:
            try:
                browser = await playwright.chromium.launch(
                    executable_path=chromium,
                    args=list(_ARGUMENTS),
                    proxy={"server": f"http://127.0.0.1:{dead_end.getsockname()[1]}", "bypass": "<-loopback>"},
                    # The sandbox refuses to run as root, as containers and CI often do.
                    chromium_sandbox=os.geteuid() != 0,
                    env={"HOME": home, "PATH": os.defpath, "LANG": "C.UTF-8"},
                    timeout=30_000,
                )
            except Error as error:
                raise RendererMissing(f"Chromium does not start: {error.message.splitlines()[0][:200]}") from error
            try:
                yield browser
            finally:
                await browser.close()
