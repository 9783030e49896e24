"""`make bench-crawl KIT=folder`: our crawl, with storage and without, beside Scrapy and Crawlee on real pages.

The kit is a folder that holds the site and the runner of the comparison (`compare.py`, `site.sh`, `crawl_scrapy.py`,
`crawl_crawlee.py`); it is not part of this project, for its pages are other people's. The peers get an environment of
their own in the data directory. Prints a table of medians; `--json`: the runner's document.
"""

import argparse
import json
import os
import shlex
import subprocess
import sys
import urllib.request
from pathlib import Path

from scanlane.settings import read_settings

PEERS = ("scrapy==2.19.0", "crawlee[parsel,beautifulsoup]==1.11.0")
NEEDED = ("compare.py", "site.sh", "crawl_scrapy.py", "crawl_crawlee.py", "truth.txt")
PROGRAMS = ("nginx", "zstd", "curl")
SITE = f"http://127.0.0.1:{os.environ.get('KIT_PORT', '8099')}/p/0.html"
FIGURES = ("pages", "emails", "cpu_s_per_1000", "loop_cpu_s_per_1000", "pages_per_s", "rss_mb", "foreign_cores")
SCAN = "-m scanlane scan {url} --json --delay 0 --allow-network 127.0.0.0/8 --max-pages 500 --thorough"


class Missing(Exception):
    """Something that the comparison needs is not there; the message says what to do."""


def kit_folder(named: str) -> Path:
    """The kit. Raises Missing."""
    if not named:
        raise Missing("say where the crawl kit is: make bench-crawl KIT=/path/to/kit")
    folder = Path(named).expanduser().resolve()
    missing = [name for name in NEEDED if not (folder / name).is_file()]
    if missing:
        raise Missing(f"{folder} is not a crawl kit: it has no {', '.join(missing)}")
    return folder


def serve(kit: Path) -> None:
    """Start the site, unless it is up. Raises Missing."""
    try:
        urllib.request.urlopen(SITE, timeout=3).close()
    except OSError:
        done = subprocess.run([str(kit / "site.sh"), "up"], capture_output=True, text=True, check=False)
        if done.returncode:
            reason = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
            raise Missing(f"the site cannot be served (needs {', '.join(PROGRAMS)}): {reason[0]}") from None


def peers_python(given: str, cache: Path) -> Path:
    """A Python that has the peers: the one given, or one of an environment that is made once. Raises Missing."""
    python = Path(given) if given else cache / "peers" / "bin" / "python"
    if not python.exists():
        if given:
            raise Missing(f"{given} is not there")
        print(f"making an environment for the peers in {cache / 'peers'} ...", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", str(cache / "peers")], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *PEERS], check=True)
    found = subprocess.run([str(python), "-c", "import scrapy, crawlee"], capture_output=True, check=False)
    if found.returncode:
        raise Missing(f"{python} has not both of Scrapy and Crawlee; remove its folder to make it anew")
    return python


def commands(kit: Path, peers: Path, more: str) -> dict[str, str]:
    """The command lines by name, the first being what the others are measured against."""
    ours = f"{shlex.quote(sys.executable)} {SCAN} {more}".strip()
    return {
        "Scrapy": f"{peers} {kit / 'crawl_scrapy.py'} {{url}}",
        "Crawlee": f"{peers} {kit / 'crawl_crawlee.py'} {{url}}",
        "scanlane, nothing stored": f"{ours} --no-save",
        "scanlane": ours,
    }


def compare(kit: Path, lines: dict[str, str], repeats: int) -> dict[str, object]:
    """Run the kit's comparison; answer its document."""
    command = [sys.executable, str(kit / "compare.py"), *lines.values(), "--reps", str(repeats), "--url", SITE]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise Missing("the kit's comparison failed, see above; if the site was started by hand, set KIT_WORK as then")
    found: dict[str, object] = json.loads(done.stdout)
    return found


def show(lines: dict[str, str], found: dict[str, object]) -> None:
    """The medians as a table; milliseconds for each page are seconds for a thousand."""
    medians = found["medians"]
    assert isinstance(medians, dict)
    print(f"{'':26}" + "".join(f"{figure:>21}" for figure in FIGURES))
    for name, line in lines.items():
        print(f"{name:26}" + "".join(f"{medians[line].get(figure, '-')!s:>21}" for figure in FIGURES))


def main() -> int:
    """Compare once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kit", default=os.environ.get("KIT", ""))
    parser.add_argument("--peers-python", default=os.environ.get("PEERS_PYTHON", ""), help="one that has the peers")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--scan-options", default="", help="more options of scanlane scan")
    parser.add_argument("--json", action="store_true", help="the whole document")
    said = parser.parse_args()
    cache = read_settings().data_dir / "bench-crawl"
    # What is stored in the comparison goes to an embedded server of its own, not to anybody's data.
    os.environ["SCANLANE_DATA_DIR"] = str(cache / "data")
    os.environ.pop("SCANLANE_DATABASE_URL", None)
    try:
        kit = kit_folder(said.kit)
        serve(kit)
        lines = commands(kit, peers_python(said.peers_python, cache), said.scan_options)
        found = compare(kit, lines, said.repeats)
    except Missing as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if said.json:
        print(json.dumps({"commands": lines, **found}, indent=1))
    else:
        show(lines, found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
