"""What reading a page costs: `python -m benchmarks.extraction [FOLDER] [--json]`.

Reads every .html file below the folder, or a few samples, and prints the
milliseconds of CPU per page and the share of each step. The steps are those of `scanlane.domain.pages.read`, each run
once more on its own, so their sum is a little above the whole. Each page is read several times; the best counts, for
other programs on the machine only ever add. What a site's pages share (scripts, hosts, numbers) is then read already;
`first_mean_ms` is the mean of the first readings, as of pages that share nothing.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from scanlane.domain import charset, contacts, html, pages

TIMES = 3
KIND = "text/html"
URL = "https://www.harbour-bakery.example/"
SAMPLES = (
    "<p>Write to <a href='mailto:info@harbour-bakery.example'>us</a> or call 030 1234567.</p>",
    "<script>document.write('info' + '@' + 'harbour-bakery.example')</script>",
    "<ul>" + "<li class=item><a href='/bread'>Bread</a> and <b>rolls</b></li>" * 200 + "</ul>",
)
Steps = dict[str, float]


def best(action: Callable[[], object]) -> float:
    """The milliseconds of CPU that an action costs at best."""
    spent = []
    for _ in range(TIMES):
        started = time.process_time()
        action()
        spent.append(time.process_time() - started)
    return min(spent) * 1000


def steps(body: bytes, url: str) -> Steps:
    """The milliseconds of each step of reading one page."""
    markup = charset.decode(body, KIND)
    document = html.parse(markup)

    def fresh(known: tuple[str, ...] = ()) -> contacts.Page:
        # A page works each of its parts out once: a step is measured on a page that has all before it.
        page = contacts.Page(url, document)
        for name in known:
            getattr(page, name)
        return page

    def alone(after: tuple[str, ...], names: tuple[str, ...]) -> float:
        before = best(lambda: fresh(after))
        return max(0.0, best(lambda: fresh((*after, *names))) - before)

    facts = ("json_ld", "microdata", "declared_hosts")
    text = ("shown", "unseen")
    found = (*facts, *text, "emails", "region")
    return {
        "decode": best(lambda: charset.decode(body, KIND)),
        "parse": best(lambda: html.parse(markup)),
        "facts": alone((), facts),
        "text": alone(facts, text),
        "emails": alone((*facts, *text), ("emails", "region")),
        "phones, profiles": max(0.0, best(lambda: contacts.find(fresh(found))) - best(lambda: fresh(found))),
    }


def measured(bodies: list[tuple[str, bytes]]) -> dict[str, object]:
    """The figures over all pages, in milliseconds of CPU."""
    started = time.process_time()
    for name, body in bodies:
        pages.read(body, URL + name, KIND)
    first = (time.process_time() - started) * 1000 / len(bodies)
    whole = {name: best(lambda body=body, name=name: pages.read(body, URL + name, KIND)) for name, body in bodies}  # type: ignore[misc]
    parts = [steps(body, URL + name) for name, body in bodies]
    return {
        "pages": len(bodies),
        "kilobytes": round(statistics.mean(len(body) for _, body in bodies) / 1000, 1),
        "first_mean_ms": round(first, 3),
        "mean_ms": round(statistics.mean(whole.values()), 3),
        "median_ms": round(statistics.median(whole.values()), 3),
        "worst_ms": round(max(whole.values()), 1),
        "worst_page": max(whole, key=lambda name: whole[name]),
        "steps_ms": {step: round(statistics.mean(part[step] for part in parts), 3) for step in parts[0]},
    }


def main() -> None:
    """Read, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    files = sorted(options.folder.rglob("*.html")) if options.folder else []
    bodies = [(file.name, file.read_bytes()) for file in files] or [
        (f"sample-{number}", sample.encode()) for number, sample in enumerate(SAMPLES)
    ]
    pages.read(SAMPLES[0].encode(), URL, KIND)
    figures = measured(bodies)
    if options.json:
        print(json.dumps(figures))
        return
    for name, figure in figures.items():
        print(f"{name:12} {figure}")


if __name__ == "__main__":
    main()
