"""The published ways to talk a crawler into visiting the inside, and name servers that take part in it.

The outside is 127.0.0.2; the inside is everything else on this machine. Spellings follow the public lists of
server-side request forgery (PayloadsAllTheThings, smokescreen, safeurl), written anew for a loopback inside.
"""

import socket
from dataclasses import dataclass, field

from aiohttp.abc import AbstractResolver, ResolveResult

OUTSIDE = "127.0.0.2"

LITERALS = (
    "127.0.0.1",
    "127.0.0.3",
    "127.255.255.254",
    "0.0.0.0",
    "0",
    "localhost",
    "localhost.",
    "LOCALHOST",
    "a.localhost",
    "2130706433",
    "0x7f000001",
    "0x7f.0x0.0x0.0x1",
    "0x7f.1",
    "0x00000007f.0.0.1",
    "017700000001",
    "0177.0.0.1",
    "00000177.0.0.01",
    "0177.0.0x0.1",
    "127.1",
    "127.0.1",
    "127.0.0.1.",
    "127.000.000.001",
    "4294967295",
    "18377048065",
    "425.510.425.510",
    "①②⑦.⓪.⓪.①",
    "⑯⑨。②⑤④。⑯⑨｡②⑤④",
    "１２７．０．０．１",
    "127。0。0。1",
    "127｡0｡0｡1",
    "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ",
    "loc\u00adalhost",
    "%6c%6f%63%61%6c%68%6f%73%74",
    "127%2e0%2e0%2e1",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[0000::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:127.0.0.1]",
    "[::ffff:0:127.0.0.1]",
    "[::127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b:1::127.0.0.1]",
    "[2002:7f00:1::]",
    "[2001:0:7f00:1::]",
    "[fec0::1]",
    "[::1%25lo]",
    "[::1%lo]",
    "[fe80::1%25lo]",
    "[::1",
    "::1",
    f"{OUTSIDE}@127.0.0.1",
    f"{OUTSIDE}:80@127.0.0.1",
    f"{OUTSIDE}\\@127.0.0.1",
    f"127.0.0.1\\@{OUTSIDE}",
    f"{OUTSIDE}%00.127.0.0.1",
    f"{OUTSIDE}%09@127.0.0.1",
    f"{OUTSIDE}#@127.0.0.1",
    f"{OUTSIDE}?@127.0.0.1",
    f"{OUTSIDE}&@127.0.0.1",
    f"a@127.0.0.1:80#@{OUTSIDE}",
    f"127.0.0.1%23@{OUTSIDE}",
    f"{OUTSIDE};127.0.0.1",
    f"{OUTSIDE},127.0.0.1",
    "127.0.0.1\t",
    "127.0.\t0.1",
    "127.0.0.1\n",
    "127.0.\r\n0.1",
    "127.0.0.1%0d%0aHost:%20x",
    "127.0.0.1 ",
    " 127.0.0.1",
    "127.0.0.1\x00",
)

# Each name with its answers, one after the other; the last one repeats.
NAMES: dict[str, tuple[tuple[str, ...], ...]] = {
    "inside.example": (("127.0.0.1",),),
    "inside6.example": (("::1",),),
    "mapped.example": (("::ffff:127.0.0.1",),),
    "zero.example": (("0.0.0.0",),),
    "localtest.example": (("127.0.0.1", "::1"),),
    "127.0.0.1.nip.example": (("127.0.0.1",),),
    "7f000001.nip.example": (("127.0.0.1",),),
    "www.127-0-0-1.sslip.example": (("127.0.0.1",),),
    "spoofed.burpcollaborator.example": (("127.0.0.1",),),
    "inside-first.example": (("127.0.0.1", OUTSIDE),),
    "outside-first.example": ((OUTSIDE, "127.0.0.1"),),
    "rebinding.example": ((OUTSIDE,), ("127.0.0.1",)),
    "rebinding-back.example": ((OUTSIDE,), ("127.0.0.1",), (OUTSIDE,), ("::1",)),
    "alias.example": (("127.0.0.1",),),
}

# The name at the end of a chain of CNAMEs, as a resolver reports it.
ALIASES = {"alias.example": "www.public.example"}

OTHER_SCHEMES = (
    "file:///etc/passwd",
    "file://127.0.0.1:{port}/etc/passwd",
    "gopher://127.0.0.1:{port}/_x",
    "dict://127.0.0.1:{port}/",
    "ftp://127.0.0.1:{port}/",
    "sftp://127.0.0.1:{port}/",
    "tftp://127.0.0.1:{port}/x",
    "ldap://127.0.0.1:{port}/",
    "ldaps://127.0.0.1:{port}/",
    "jar:http://127.0.0.1:{port}!/",
    "netdoc:///etc/passwd",
    "data:text/html,http://127.0.0.1:{port}/",
    "javascript:fetch('http://127.0.0.1:{port}/')",
    "ws://127.0.0.1:{port}/",
    "//127.0.0.1:{port}/",
    "///127.0.0.1:{port}/",
    "\\\\127.0.0.1:{port}/",
    "/\\127.0.0.1:{port}/",
    "http:\\\\127.0.0.1:{port}/",
    "http:127.0.0.1:{port}/",
    "http:/127.0.0.1:{port}/",
    "http:///127.0.0.1:{port}/",
    "HTTP://127.0.0.1:{port}/",
    "\thttp://127.0.0.1:{port}/",
    "ht\ttp://127.0.0.1:{port}/",
    "unix:/var/run/docker.sock",
)


@dataclass
class ScriptedResolver(AbstractResolver):
    """Answers from the script; a name that is not in it leads inside."""

    asked: dict[str, int] = field(default_factory=dict)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The next scripted answer."""
        answers = NAMES.get(host, (("127.0.0.1",),))
        times = self.asked.get(host, 0)
        self.asked[host] = times + 1
        addresses = answers[min(times, len(answers) - 1)]
        return [_result(ALIASES.get(host, host), address, port) for address in addresses]

    async def close(self) -> None:
        """Nothing is held."""


def urls(port: int) -> list[str]:
    """Every way as a URL on that port of the inside; what may change its mind comes three times."""
    hosts = [*LITERALS, *NAMES, *NAMES, *NAMES]
    return [f"http://{host}:{port}/" for host in hosts]


def _result(host: str, address: str, port: int) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    return ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=flags)
