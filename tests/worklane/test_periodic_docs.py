"""The example of docs/periodic.md, run as it stands there."""

import re
from pathlib import Path
from typing import Any

from tests.conftest import Server
from tests.worklane.periodic_bench import JOBS, SLOTS, fresh_bench
from worklane import events

PAGE = Path(__file__).parents[2] / "docs" / "periodic.md"


class TestPage:
    async def test_the_example_prunes_by_its_schedule(self, server: Server) -> None:
        (code,) = re.findall(r"```python periodic\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
        names: dict[str, Any] = {}
        exec(compile(code, str(PAGE), "exec", dont_inherit=True), names)

        async with fresh_bench(server) as bench:
            scheduler = names["make_scheduler"](bench.queue, SLOTS, bench.sessions, bench.log)

            scheduler.start()
            taken = await bench.log.saw(events.SlotTaken)
            scheduler.shutdown(wait=False)
            await bench.drain(names["make_prune"](JOBS, SLOTS, bench.pool))

            [job] = await bench.jobs()
            assert (taken.task, job["status"]) == ("prune", "complete")
