"""A name server of the tests' own: real wire format, UDP on loopback; it counts what it is asked."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import cast

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

SILENCE = "silence"
FAILURE = "failure"

# By name: records as a zone file writes them, or how the server fails. Names that are missing do not exist.
Zone = Mapping[str, tuple[str, ...] | str]


class NameServer(asyncio.DatagramProtocol):
    """Answers from a zone. `asked` counts (name, type)."""

    def __init__(self, zone: Zone) -> None:
        self.zone = dict(zone)
        self.asked: Counter[tuple[str, str]] = Counter()
        self.address = ""
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember the way back."""
        self._transport = cast(asyncio.DatagramTransport, transport)
        host, port = transport.get_extra_info("sockname")[:2]
        self.address = f"{host}:{port}"

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer one question."""
        query = dns.message.from_wire(data)
        [question] = query.question
        name, kind = question.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(question.rdtype)
        self.asked[name, kind] += 1
        known = self.zone.get(name)
        if known == SILENCE or self._transport is None:
            return
        response = dns.message.make_response(query)
        response.flags |= dns.flags.RA | dns.flags.AA
        if known is None:
            response.set_rcode(dns.rcode.NXDOMAIN)
        elif isinstance(known, str):
            response.set_rcode(dns.rcode.SERVFAIL)
        else:
            for record in known:
                ttl, type_, rest = record.split(" ", 2)
                if type_ in (kind, "CNAME"):
                    response.answer.append(dns.rrset.from_text(question.name, int(ttl), "IN", type_, rest))
        self._transport.sendto(response.to_wire(), addr)


@asynccontextmanager
async def name_server(zone: Zone) -> AsyncIterator[NameServer]:
    """The server while the block runs."""
    loop = asyncio.get_running_loop()
    transport, server = await loop.create_datagram_endpoint(lambda: NameServer(zone), local_addr=("127.0.0.1", 0))
    try:
        yield server
    finally:
        transport.close()
