import time
from uuid import UUID

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
