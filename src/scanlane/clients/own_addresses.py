"""The addresses of this machine itself. A public address of one's own leads to services that trust their neighbours."""

import ipaddress
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

# Linux lists every address of every interface here (proc_pid_net(5)).
PROC_NET = Path("/proc/net")


def find_own_addresses(proc_net: Path = PROC_NET) -> frozenset[str]:
    """Every address of every interface where the system lists them, else those that lead to the internet.

    Nothing is sent: the files of Linux are read, and a UDP socket is asked from where it would send.
    """
    return frozenset([*_ipv4_of(proc_net / "fib_trie"), *_ipv6_of(proc_net / "if_inet6"), *_outward()])


def _ipv4_of(table: Path) -> Iterator[str]:
    """The routing table names an address, and on the line below that it is a local one."""
    address = ""
    for line in _lines(table):
        words = line.split()
        if len(words) == 2 and words[0] == "|--":
            address = words[1]
        elif words == ["/32", "host", "LOCAL"]:
            yield address


def _ipv6_of(table: Path) -> Iterator[str]:
    """Each line begins with an address of an interface: 32 hexadecimal digits."""
    for line in _lines(table):
        with suppress(ValueError):
            yield str(ipaddress.IPv6Address(bytes.fromhex(line.split(" ", 1)[0])))


def _lines(table: Path) -> list[str]:
    try:
        return table.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return []


def _outward() -> Iterator[str]:
    for family, documentation_address in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((documentation_address, 9))
            yield str(probe.getsockname()[0])
