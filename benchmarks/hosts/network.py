"""Machines of a run's own: network namespaces without a name, which the kernel takes back with their last process.

This process itself must already live in a namespace of its own: it is the hub, to which every machine has one wire.
"""

import asyncio
import contextlib
import subprocess
from collections.abc import AsyncIterator, Sequence
from ipaddress import IPv4Interface

HUB = IPv4Interface("10.213.77.1/24")
ANSWERS_WITHIN = 10.0
# Nothing is refused and nothing reset: packets vanish in both directions, as behind a pulled plug.
BLACK_HOLE = """
table inet cut {
    chain arriving {
        type filter hook input priority 0; policy drop;
    }
    chain leaving {
        type filter hook output priority 0; policy drop;
    }
}
"""
HEALED = "delete table inet cut\n"


class Machine:
    """One machine: a network namespace that a waiting process keeps alive."""

    def __init__(self, number: int, holder: asyncio.subprocess.Process) -> None:
        self.name = f"machine{number}"
        self.address = IPv4Interface((HUB.ip + 1 + number, HUB.network.prefixlen))
        self._holder = holder

    def command(self, *words: str) -> list[str]:
        """The command line that runs these words on this machine."""
        return ["nsenter", f"--net=/proc/{self._holder.pid}/ns/net", "--", *words]

    async def cut_off(self) -> None:
        """From now on no packet comes or goes, and nobody is told."""
        await _do(*self.command("nft", "-f", "-"), given=BLACK_HOLE)

    async def heal(self) -> None:
        """Let packets pass again."""
        await _do(*self.command("nft", "-f", "-"), given=HEALED)

    async def plug_in(self) -> None:
        """Lay the wire between this machine and the hub."""
        end = ["peer", "name", "wire", "netns", str(self._holder.pid)]
        await _do("ip", "link", "add", "name", self.name, "type", "veth", *end)
        await _do("ip", "link", "set", self.name, "master", "hub", "up")
        await _do(*self.command("ip", "address", "add", str(self.address), "dev", "wire"))
        await _do(*self.command("ip", "link", "set", "wire", "up"))

    async def close(self) -> None:
        """Let the kernel take the machine back."""
        if self._holder.returncode is None:
            self._holder.kill()
        await self._holder.wait()


@contextlib.asynccontextmanager
async def network(number: int) -> AsyncIterator[Sequence[Machine]]:
    """So many machines, each with a wire to the hub."""
    await _do("ip", "link", "set", "lo", "up")
    await _do("ip", "link", "add", "name", "hub", "type", "bridge")
    await _do("ip", "address", "add", str(HUB), "dev", "hub")
    await _do("ip", "link", "set", "hub", "up")
    async with contextlib.AsyncExitStack() as made:
        machines = []
        for place in range(1, number + 1):
            machine = Machine(place, await _holder())
            made.push_async_callback(machine.close)
            await machine.plug_in()
            machines.append(machine)
        yield machines


async def _holder() -> asyncio.subprocess.Process:
    """A process in a new namespace. It ends with us, for its standard input does."""
    holder = await asyncio.create_subprocess_exec(
        "unshare", "--net", "cat", stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdin is not None
    assert holder.stdout is not None
    holder.stdin.write(b"there\n")
    # The echo comes from the program after unshare: the namespace is made.
    async with asyncio.timeout(ANSWERS_WITHIN):
        if await holder.stdout.readline() != b"there\n":
            raise RuntimeError(f"unshare ended with status {await holder.wait()}")
    return holder


async def _do(*command: str, given: str = "") -> None:
    process = await asyncio.create_subprocess_exec(
        *command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    async with asyncio.timeout(ANSWERS_WITHIN):
        said, _ = await process.communicate(given.encode())
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {said.decode().strip()}")
