import time
from uuid import UUID

from tests.worklane.benches import JobBench
from worklane.postgres.ids import new_id


class TestNewId:
    def test_ids_of_one_process_grow(self) -> None:
        ids = [new_id() for _ in range(10_000)]

        assert ids == sorted(ids)
        assert len(set(ids)) == 10_000

    def test_it_is_a_uuid_of_version_7_that_tells_its_time(self) -> None:
        before, made, after = time.time_ns() // 1_000_000, UUID(str(new_id())), time.time_ns() // 1_000_000 + 1

        assert (made.version, made.variant) == (7, "specified in RFC 4122")
        assert before <= made.int >> 80 <= after


class TestTheDatabasesOwn:
    async def test_ids_that_the_server_makes_grow_too(self, jobs: JobBench) -> None:
        version = await jobs.pool.fetchval("select current_setting('server_version_num')::int")
        made = [await jobs.pool.fetchval("select worklane_id()") for _ in range(50)]

        assert {one.version for one in made} == {7 if version >= 180_000 else 4}
        assert made == sorted(made) or version < 180_000
