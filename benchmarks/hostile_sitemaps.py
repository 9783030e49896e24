"""What hostile sitemaps cost: `python -m benchmarks.hostile_sitemaps`.

A gzip file and a Content-Encoding that unpack to 1.5 GB each, and seven indexes that list each other, served on this
machine and read by `scanlane sitemap` in a process of its own. Prints the process's peak memory, beside that of an
ordinary file, and how many files were fetched.
"""

import asyncio
import json
import os
import subprocess
import sys
import zlib
from collections import Counter
from typing import Any

from aiohttp import web

MEGABYTE = 1 << 20
UNPACKED = 1500
INDEXES = 7
ONE_PAGE = b"<urlset><url><loc>/a</loc></url>"


def bomb() -> bytes:
    """A sitemap of one page and 1.5 GB of nothing, packed."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    pieces = [packer.compress(ONE_PAGE), *(packer.compress(b" " * MEGABYTE) for _ in range(UNPACKED))]
    return b"".join([*pieces, packer.compress(b"</urlset>"), packer.flush()])


def answer(path: str, packed: bytes) -> web.Response:
    """What the site has at a path."""
    if path == "/bomb.xml.gz":
        return web.Response(body=packed)
    if path == "/bomb.xml":
        return web.Response(body=packed, headers={"Content-Encoding": "gzip"})
    if path.startswith("/index"):
        listed = (f"<sitemap><loc>/index{n}.xml</loc></sitemap>" for n in range(INDEXES))
        return web.Response(text=f"<sitemapindex>{''.join(listed)}</sitemapindex>")
    return web.Response(body=ONE_PAGE + b"</urlset>") if path == "/plain.xml" else web.Response(status=404)


def read(url: str) -> dict[str, Any]:
    """Read a sitemap in another process; answer its peak in MB, and what it says of the files."""
    command = [sys.executable, "-m", "scanlane", "sitemap", url, "--json", "--allow-network", "127.0.0.0/8"]
    process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": "src"}, stdout=subprocess.PIPE)
    assert process.stdout is not None
    printed = process.stdout.read()
    # Not process.wait(): only this call tells what the process has used.
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return {"peak_mb": round(usage.ru_maxrss / 1024), "files": json.loads(printed)["files"]}


async def main() -> None:
    """Serve, read, print."""
    packed, fetched = bomb(), Counter[str]()

    async def handle(request: web.Request) -> web.Response:
        fetched[request.path] += 1
        return answer(request.path, packed)

    app = web.Application()
    app.router.add_get("/{path:.*}", handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        for name in ("plain.xml", "bomb.xml.gz", "bomb.xml", "index0.xml"):
            fetched.clear()
            found = await asyncio.to_thread(read, f"http://127.0.0.1:{runner.addresses[0][1]}/{name}")
            warnings = sorted({code for file in found["files"] for code in file["warnings"]})
            files = sum(fetched.values()) - fetched["/robots.txt"]
            print(f"{name:>12}: {files} files fetched, peak {found['peak_mb']} MB {', '.join(warnings)}")
    finally:
        await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main())
