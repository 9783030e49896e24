"""How domains receive mail, asked of a real name server over UDP."""

import pytest

from scanlane.clients.mail_dns import MailDns
from scanlane.domain.mail_verdicts import MailState
from tests.scanlane.clients.name_server import FAILURE, SILENCE, name_server

ZONE = {
    "shop.test": ("7200 MX 20 backup.mail.test.", "3600 MX 10 Mail.mail.test."),
    "null.test": ("300 MX 0 .",),
    "implicit.test": ("600 A 192.0.2.1",),
    "implicit6.test": ("600 AAAA 2001:db8::1",),
    "empty.test": ("60 TXT hello",),
    "broken.test": FAILURE,
    "silent.test": SILENCE,
    "xn--bckerei-5wa.test": ("60 MX 1 mail.test.",),
}


@pytest.mark.parametrize(
    ("domain", "state", "hosts", "ttl"),
    [
        ("shop.test", MailState.MX, ("mail.mail.test", "backup.mail.test"), 3600),
        ("null.test", MailState.NULL_MX, (), 300),
        ("implicit.test", MailState.IMPLICIT, ("implicit.test",), 600),
        ("implicit6.test", MailState.IMPLICIT, ("implicit6.test",), 600),
        ("empty.test", MailState.NO_HOST, (), 0),
        ("missing.test", MailState.NO_DOMAIN, (), 0),
        ("xn--bckerei-5wa.test", MailState.MX, ("mail.test",), 60),
        ("a" * 64 + ".test", MailState.NO_DOMAIN, (), 0),
    ],
)
async def test_the_answer_is_read(domain: str, state: MailState, hosts: tuple[str, ...], ttl: int) -> None:
    async with name_server(ZONE) as server, MailDns([server.address]) as dns:
        answer = await dns.ask(domain)

    assert (answer.state, answer.hosts, answer.ttl) == (state, hosts, ttl)


@pytest.mark.parametrize("domain", ["broken.test", "silent.test"])
async def test_a_server_that_fails_or_is_silent_is_asked_again_and_is_no_verdict(domain: str) -> None:
    async with name_server(ZONE) as server, MailDns([server.address], timeout=0.1, tries=2) as dns:
        answer = await dns.ask(domain)

    assert answer.state is MailState.UNKNOWN
    assert server.asked[domain, "MX"] >= 2


async def test_where_there_are_mx_records_nothing_else_is_asked() -> None:
    async with name_server(ZONE) as server, MailDns([server.address]) as dns:
        await dns.ask("shop.test")

    assert server.asked == {("shop.test", "MX"): 1}
