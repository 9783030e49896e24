"""Good manners of a whole process towards each host."""

import asyncio
from datetime import timedelta

import pytest

from scanlane.clients.website_errors import ServerBusy
from scanlane.services.host_gate import MOST_IDLE_HOSTS, HostBusy, HostGate
from tests.scanlane.services.paper_website import Gate

URL = "https://bakery.example/a"


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def gate_on(clock: Clock) -> HostGate:
    """A gate on that clock."""
    return HostGate(monotonic=clock, sleep=clock.sleep)


async def pass_through(gate: HostGate, url: str = URL, *, gap: float = 0.0) -> None:
    """Come and go."""
    async with gate.turn(url, gap=gap):
        pass


class TestTurns:
    async def test_at_most_two_are_at_a_host_at_once(self) -> None:
        host_gate, doors = HostGate(), [Gate() for _ in range(3)]

        async def visit(door: Gate) -> None:
            async with host_gate.turn(URL):
                await door.pass_through()

        async with asyncio.TaskGroup() as visits:
            for door in doors:
                visits.create_task(visit(door))
            await doors[1].reached.wait()
            third_came_early = doors[2].reached.is_set()
            doors[0].opened.set()
            await doors[2].reached.wait()
            for door in doors[1:]:
                door.opened.set()

        assert not third_came_early

    async def test_between_two_requests_there_is_a_gap(self) -> None:
        clock = Clock()
        gate = gate_on(clock)

        for _ in range(3):
            await pass_through(gate, gap=0.5)

        assert clock.slept == [0.5, 0.5]

    async def test_hosts_do_not_wait_for_each_other(self) -> None:
        clock = Clock()
        gate = gate_on(clock)

        await pass_through(gate, gap=5)
        await pass_through(gate, "https://hill.example/", gap=5)

        assert clock.slept == []

    async def test_both_schemes_of_a_host_share_its_gate(self) -> None:
        clock = Clock()
        gate = gate_on(clock)

        await pass_through(gate, "http://bakery.example/", gap=1)
        await pass_through(gate, "https://bakery.example/", gap=1)

        assert clock.slept == [1]

    async def test_a_full_host_keeps_nobody_for_longer_than_the_patience(self) -> None:
        gate = HostGate(patience=timedelta(milliseconds=20))

        async with gate.turn(URL), gate.turn(URL):
            with pytest.raises(HostBusy):
                await pass_through(gate)


class TestPauses:
    async def test_a_server_that_asks_for_patience_gets_it(self) -> None:
        clock = Clock()
        gate = gate_on(clock)

        with pytest.raises(ServerBusy):
            async with gate.turn(URL):
                raise ServerBusy(retry_after=timedelta(seconds=4))
        await pass_through(gate)

        assert clock.slept == [4]

    async def test_a_long_pause_is_not_waited_for_but_told(self) -> None:
        gate = gate_on(Clock())
        gate.pause(URL, timedelta(hours=1))

        with pytest.raises(HostBusy) as caught:
            await pass_through(gate)

        assert caught.value.retry_after == timedelta(hours=1)

    async def test_hosts_in_a_pause_are_not_forgotten_when_there_are_very_many(self) -> None:
        clock = Clock()
        gate = gate_on(clock)
        gate.pause(URL, timedelta(hours=1))

        for number in range(2 * MOST_IDLE_HOSTS):
            await pass_through(gate, f"https://h{number}.example/")

        assert len(gate._hosts) <= MOST_IDLE_HOSTS + 1
        with pytest.raises(HostBusy):
            await pass_through(gate)
